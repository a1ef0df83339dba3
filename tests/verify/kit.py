"""What the comparisons share: Debian's package graph as others know it, and answers of `kenning bench`."""
import csv, gzip, itertools, json, os, subprocess, tempfile, time

import igraph


class Debian:
    """The graph in FOLDER (packages.csv.gz, depends.csv.gz), imported with the program KENNING."""

    # What the types mean: from the one that needs to the one that is needed.
    DECLARATION = [
        "CREATE RELATIONSHIP TYPE DEPENDS_ON NAMED 'depends on' FAILURE AGAINST FAILS",
        "CREATE RELATIONSHIP TYPE RECOMMENDS, SUGGESTS FAILURE AGAINST DEGRADES",
        "CREATE RELATIONSHIP TYPE PROVIDES NAMED 'provides' FAILURE ALONG FAILS",
        "CREATE RELATIONSHIP TYPE CONFLICTS NAMED 'conflicts with'",
    ]
    AGAINST_THE_ARROW = "PROVIDES"
    NO_NEED = "CONFLICTS"

    def __init__(self, kenning, folder):
        self.kenning, self.folder = kenning, folder
        self.work = tempfile.TemporaryDirectory()
        self.names = [row[1] for row in self.rows("packages.csv.gz")]
        self.number = {name: at for at, name in enumerate(self.names)}
        self.edges = [(int(row[0]), int(row[1]), row[2]) for row in self.rows("depends.csv.gz")]
        self.database = os.path.join(self.work.name, "debian.kenning")
        data = [f"--nodes=Package={folder}/packages.csv.gz", f"--relationships={folder}/depends.csv.gz"]
        subprocess.run([kenning, "import", self.database, *data], check=True)
        commands = [part for text in self.DECLARATION for part in ("-c", text)]
        subprocess.run([kenning, self.database, *commands], check=True)

    def rows(self, name):
        with gzip.open(os.path.join(self.folder, name), "rt") as file:
            yield from itertools.islice(csv.reader(file), 1, None)

    def stored(self):
        """Every relationship along its arrow, as igraph's graph."""
        return igraph.Graph(n=len(self.names), edges=[(a, b) for a, b, _ in self.edges], directed=True)

    def needs(self, via=None):
        """The edges from those that need to those that are needed, over the types in `via` (all that carry failure)."""
        for start, end, kind in self.edges:
            if kind != self.NO_NEED and (via is None or kind in via):
                yield (end, start) if kind == self.AGAINST_THE_ARROW else (start, end)

    def needing(self, via=None):
        return igraph.Graph(n=len(self.names), edges=list(self.needs(via)), directed=True)

    def ask(self, queries, runs):
        """Rows and least milliseconds by name."""
        file = os.path.join(self.work.name, "queries.cypher")
        with open(file, "w") as out:
            out.writelines(f"// name: {name}\n{query};\n\n" for name, query in queries.items())
        command = [self.kenning, "bench", self.database, "--queries", file, "--runs", str(runs), "--format", "json"]
        lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
        found = {row["query"]: row for row in map(json.loads, lines)}
        return {name: (found[name]["value"], found[name]["ms_min"]) for name in queries}


def least(call, runs):
    """The least milliseconds of several runs."""
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best * 1000
