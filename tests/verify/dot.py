"""The same nodes, edges and attributes as Graphviz reads, on random graphs and on files.

    python3 tests/verify/dot.py target/release/kenning [FILE.dot ...]

Needs `gvpr` of Graphviz (apt-get install graphviz; checked with 2.43.0), which prints what cgraph, the library that all
programs of Graphviz read with, makes of a file. Random graphs (seed 1) use the whole language: strict graphs, several
graphs a file, subgraphs that are opened again, sets, chains, lists, ports, defaults, keys, comments, joins, numerals.
Files are compared by their nodes and edges alone, if none of the producers draws them that kenning knows.
"""

import collections
import json
import pathlib
import random
import subprocess
import sys
import tempfile

GRAPHS = 300
PROGRAM = """
BEG_G { printf("G\\t%d\\n", $G.directed); }
N { printf("N\\t%s\\t%s\\n", $.name, hasAttr($, "x") ? aget($, "x") : ""); }
E {
  string x = hasAttr($, "x") ? aget($, "x") : "";
  // kenning reads an arrow at the tail as it is drawn.
  if ($G.directed && hasAttr($, "dir") && aget($, "dir") == "back")
    printf("E\\t%s\\t%s\\t%s\\n", $.head.name, $.tail.name, x);
  else
    printf("E\\t%s\\t%s\\t%s\\n", $.tail.name, $.head.name, x);
}
"""
IDS = ["a", "b", "c", "d", "_e", "é", '"f g"', '"h" + "i"', "1", "-2.5", ".5", '"node"', '"q\\"r"', '"s\\\nt"', "<u<v>>"]


def graphviz(path):
    lines = subprocess.run(["gvpr", PROGRAM, str(path)], capture_output=True, check=True).stdout.decode().splitlines()
    rows = [line.split("\t") for line in lines]
    # Without direction an edge has no first end.
    directed, nodes, edges = True, collections.Counter(), collections.Counter()
    for kind, *values in rows:
        if kind == "G":
            directed = values == ["1"]
        elif kind == "N":
            nodes[tuple(values)] += 1
        else:
            edges[ends(values[:2], directed) + tuple(values[2:])] += 1
    return nodes, edges


def ends(names, directed):
    return tuple(names) if directed else tuple(sorted(names))


def query(kenning, graph, text):
    command = [kenning, str(graph), "--no-color", "--format", "json", "-c", text]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def ours(kenning, path):
    with tempfile.TemporaryDirectory() as folder:
        graph = pathlib.Path(folder) / "g.kenning"
        subprocess.run([kenning, "ingest", str(path), "-o", str(graph)], capture_output=True)
        if not graph.exists():
            # A file that states nothing gives no graph.
            return collections.Counter(), collections.Counter()
        name = "coalesce({0}.id, {0}.name)".format
        nodes = query(kenning, graph, f"MATCH (n) RETURN {name('n')} AS n, coalesce(n.x, '') AS x, labels(n) AS l")
        edges = query(
            kenning,
            graph,
            f"MATCH (a)-[r]->(b) RETURN {name('a')} AS a, {name('b')} AS b, coalesce(r.x, '') AS x, type(r) AS t",
        )
    nodes = [node for node in nodes if "Cluster" not in node["l"]]
    edges = [edge for edge in edges if edge["t"] != "PART_OF"]
    directed = all(edge["t"] != "RELATED_TO" for edge in edges)
    return (
        collections.Counter((node["n"], str(node["x"])) for node in nodes),
        collections.Counter(ends((edge["a"], edge["b"]), directed) + (str(edge["x"]),) for edge in edges),
    )


class Writer:
    """Writes a random graph."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, share):
        return self.random.random() < share

    def blank(self):
        return self.random.choice([" ", " ", " ", "\n", "\t", " /* c */ ", " // c\n", "\n# c\n"])

    def attributes(self, keyed=False):
        if self.chance(0.6):
            return ""
        pairs = [f"x={self.random.choice('pqrs')}"] if self.chance(0.8) else []
        # In a strict graph 2.43.0 looks for an edge of another key in one direction and in the subgraph alone.
        keyed = keyed and not self.strict
        pairs += [f"key=k{self.random.randrange(2)}"] if keyed and self.chance(0.3) else []
        pairs += [self.random.choice(["color=red", "dir=back"])] if self.chance(0.2) else []
        lists = self.random.choice([[pairs], [pairs[:1], pairs[1:]]])
        return "".join("[" + self.random.choice([";", ",", " "]).join(part) + "]" for part in lists)

    def node(self):
        port = self.random.choice(["", "", "", ":p", ":ne", ":p:s"])
        return self.random.choice(IDS) + port

    def subgraph(self, depth):
        head = self.random.choice(["", "subgraph ", "SubGraph S1 ", "subgraph S2 ", 'subgraph "S3" '])
        return head + "{" + self.statements(depth + 1) + "}"

    def operand(self, depth):
        if depth < 3 and self.chance(0.25):
            return self.subgraph(depth)
        return ", ".join(self.node() for _ in range(self.random.choice([1, 1, 1, 2])))

    def statement(self, depth):
        kind = self.random.random()
        if kind < 0.12:
            return f"{self.random.choice(['node', 'Edge', 'graph'])} [{self.random.choice(['x=t', 'x=u', 'shape=box'])}]"
        if kind < 0.17:
            return "label=y"
        if kind < 0.3:
            return self.node() + self.attributes()
        operands = [self.operand(depth) for _ in range(self.random.choice([1, 2, 2, 3]))]
        return self.arrow.join(operands) + self.attributes(len(operands) > 1)

    def statements(self, depth):
        count = self.random.randrange(1, 7 - depth)
        return "".join(self.blank() + self.statement(depth) + self.random.choice([";", "\n"]) for _ in range(count))

    def graph(self):
        directed = self.chance(0.6)
        self.arrow = " -> " if directed else "--"
        self.strict = self.chance(0.3)
        head = ("strict " if self.strict else "") + ("digraph" if directed else "GRAPH")
        return head + self.random.choice(["", " g", ' "x y"']) + " {" + self.statements(0) + "}\n"


def check(kenning, path):
    theirs, mine = graphviz(path), ours(kenning, path)
    for what, wanted, got in zip(("nodes", "edges"), theirs, mine):
        if wanted != got:
            print(f"{path}: {what}: only Graphviz {dict(wanted - got)}, only kenning {dict(got - wanted)}")
            return False
    return True


def main():
    kenning, files = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(GRAPHS):
            path = pathlib.Path(folder) / f"{seed}.gv"
            path.write_text(Writer(seed).graph(), encoding="utf-8")
            if not check(kenning, path):
                sys.exit(path.read_text(encoding="utf-8"))
        wrong = [path for path in files if not check(kenning, pathlib.Path(path))]
    print(f"{GRAPHS} random graphs and {len(files)} files: {len(wrong)} differ")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
