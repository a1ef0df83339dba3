#!/usr/bin/env python3
"""Asks the same questions of graphs here and of their copies on a server, and compares the answers line by line.

    python3 tests/verify/remote.py --kenning BIN --server bolt://HOST:PORT [--graphs N] [--seed N] [--debian DIR]
    python3 tests/verify/remote.py --kenning BIN --start 'COMMAND PORT FOLDER' …

The server is emptied; the password of a user in its address is that of KENNING_PASSWORD. With --start, the command is run with a free port and a folder in place of PORT and FOLDER; it must
print `ready` and stay. Each graph (the embedded one, random ones, with --debian Debian's packages) is copied into the
server and back into a file, whose nodes then have the order that they have there, and every word is asked of both. What
differs is printed, and the script ends with 1. --debian prints times beside, too.
"""
import argparse, os, random, re, shlex, shutil, socket, subprocess, sys, tempfile, time

import graphs

# What only a graph on another machine says.
ASIDE = re.compile(r"(\d+ relations? came over|terms are looked for among|CREATE INDEX FOR)")
OPENSTACK = """DEPS trove; DEPS trove DEPTH 1; IMPACT keystone; IMPACT mariadb HARD; WHY horizon TO mariadb ALL;
WHY horizon TO mariadb EACH; WHY mariadb TO horizon; WHY nova TO rabbitmq UP TO 5; SHOW nova; SHOW router; FIND router;
ORDER OF trove; ORDER; CYCLES; CRITICAL; CRITICAL FOR horizon; COMMON nova, neutron; DIFF nova, neutron; FANIN;
FANOUT OF nova, horizon; FANIN OF keystone; DEPS nova EXCEPT DEPS neutron; DEPS nova VIA "depends on"; DEPS routers;
WHY nova TO rabbitmq AVOIDING nova-api; IMPACT keystone RANKED; DEPS blok storage; SHOW dvr; WHATIF REMOVE rabbitmq IMPACT keystone;
DEPS (MATCH (n:Service) WHERE n.name STARTS WITH 'I' RETURN n); DEPS nova ROLLUP; DEPS nova WHERE relationship.source STARTS WITH 'Nova';
CALL trace.deps('nova') YIELD term, depth RETURN term.name, depth ORDER BY term.name;"""
TYPES = ["DEPENDS_ON", "PROVIDES_TO", "USES", "PART_OF", "RELATED_TO", "FEEDS"]


def words(rng, names):
    """Questions about a random graph."""
    a, b, c = (rng.choice(names) for _ in range(3))
    options = ["", " HARD", " DEPTH 2", " VIA DEPENDS_ON", " WHERE depth < 3", " CONFIDENCE 0.5", " RANKED"]
    option = rng.choice(options)
    return "\n".join(f"{statement};" for statement in [
        f"DEPS {a}{option}", f"IMPACT {b}{option}", f"DEPS {a}, {b}", f"WHY {a} TO {b}", f"WHY {b} TO {c} ALL",
        f"WHY {a} TO {c} EACH", f"WHY {a} TO {b} UP TO 4", f"WHY {a} TO {b} HARD", f"SHOW {c}", f"ORDER OF {a}", "ORDER",
        "CYCLES", f"CYCLES THROUGH {b}", "CRITICAL", f"CRITICAL FOR {a}", f"CRITICAL FOR {a} TO {b}", f"COMMON {a}, {b}",
        f"DIFF {b}, {c}", "FANIN", f"FANOUT OF {a}, {c}", f"FANIN OF {b}", f"DEPS {a} UNION IMPACT {b}", f"FIND {a}",
        "MATCH (n) RETURN count(n)", "DEPS nobody",
    ])


def random_graph(rng):
    """Statements that make a small graph, and the names in it."""
    count = rng.randint(2, 14)
    names = [f"t{number}" for number in range(count)]
    lines = []
    for name in names:
        aliases = f", aliases: ['{name} service']" if rng.random() < 0.2 else ""
        lines.append(f"CREATE (:{rng.choice(['Service', 'Library'])} {{name: '{name}'{aliases}}});")
    for _ in range(rng.randint(0, 3 * count)):
        properties = []
        if rng.random() < 0.3:
            properties.append(f"confidence: {rng.choice([0.3, 0.6, 0.9])}")
        if rng.random() < 0.2:
            properties.append(f"any_of: '{rng.choice('xy')}'")
        if rng.random() < 0.3:
            properties.append("evidence: 'it says so'")
        start, end = rng.choice(names), rng.choice(names)
        lines.append(f"MATCH (a {{name: '{start}'}}), (b {{name: '{end}'}}) "
                     f"CREATE (a)-[:{rng.choice(TYPES)} {{{', '.join(properties)}}}]->(b);")
    if rng.random() < 0.5:
        lines.append(f"CREATE RELATIONSHIP TYPE FEEDS FAILURE {rng.choice(['ALONG', 'AGAINST DEGRADES', 'NONE'])};")
    return "\n".join(lines), names


class Side:
    def __init__(self, kenning, server, folder):
        self.kenning, self.server, self.folder = kenning, server, folder
        self.environment = dict(os.environ, XDG_DATA_HOME=folder, NO_COLOR="1")

    def run(self, *arguments, check=True):
        done = subprocess.run([self.kenning, *arguments], capture_output=True, text=True, env=self.environment)
        if check and done.returncode:
            raise SystemExit(f"kenning {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done

    def empty(self):
        batches = "MATCH (n) CALL { WITH n DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"
        if self.run(self.server, "-c", batches, check=False).returncode:
            self.run(self.server, "-c", "MATCH (n) DETACH DELETE n")
        shutil.rmtree(os.path.join(self.folder, "kenning"), ignore_errors=True)

    def answers(self, graph, script):
        done = self.run(graph, "-f", script, "--format", "tree", "--keep-going", "--timeout", "120s", check=False)
        lines = [line for line in (done.stdout + done.stderr).split("\n") if not ASIDE.search(line)]
        # Notes stand in another order where some are told of the whole.
        return "\n".join(line.replace(self.server, "GRAPH").replace(graph, "GRAPH") for line in lines)

    def compare(self, graph, questions, what):
        """Copies a graph there and back, and asks of both; gives the number of differences."""
        self.empty()
        script, back = os.path.join(self.folder, "words.cypher"), os.path.join(self.folder, "back.kenning")
        with open(script, "w") as file:
            file.write(questions)
        started = time.time()
        self.run("copy", graph, self.server)
        into = time.time() - started
        started = time.time()
        self.run("copy", self.server, back, "--overwrite")
        out = time.time() - started
        here, there = self.answers(back, script), self.answers(self.server, script)
        if sorted(here.split("\n")) == sorted(there.split("\n")):
            return 0, into, out
        print(f"== {what}: answers differ; {questions!r}")
        for number, (own, other) in enumerate(zip(here.split("\n"), there.split("\n"))):
            if own != other:
                print(f"line {number}:\n  here  {own[:300]}\n  there {other[:300]}")
                break
        return 1, into, out


INSIDE = """BEGIN; CREATE (:Inside {name: 'q'})-[:DEPENDS_ON]->(:Inside {name: 'r'}); DEPS q; SHOW q; FIND q; DEPS nobody;
:schema
SHOW RELATIONSHIP TYPES; CREATE (:Inside {name: 's'}); MATCH (n:Inside) RETURN count(n) AS inside; ROLLBACK;
MATCH (n:Inside) RETURN count(n) AS after;"""


def transaction(side):
    """Words in an open transaction see what it changed, and leave it open."""
    side.empty()
    script = os.path.join(side.folder, "inside.cypher")
    with open(script, "w") as file:
        file.write(INSIDE)
    said = side.run(side.server, "-f", script, "--format", "csv", "--keep-going", check=False)
    text = said.stdout + said.stderr
    wanted = ["depends on", "inside\n3", "rolled back", "after\n0"]
    missing = [part for part in wanted if part not in text] + [bad for bad in ["no transaction is open"] if bad in text]
    if missing:
        print(f"== an open transaction: {missing}\n{text}")
    return 1 if missing else 0


def debian(side, folder):
    """Debian's packages: the counts of the words there and here, and how long each takes."""
    base = os.path.join(side.folder, "debian.kenning")
    side.run("import", base, *graphs.FLAGS["debian"](folder))
    side.empty()
    started = time.time()
    side.run("copy", base, side.server)
    print(f"copy of Debian into the server: {time.time() - started:.1f} s")
    side.run(side.server, "-c", "CREATE INDEX FOR (n:Package) ON (n.name)", check=False)
    wrong = 0
    for word in ["DEPS gnome", "IMPACT libssl3", "WHY gnome TO libssl3", "FANOUT OF gnome", "CYCLES THROUGH gnome UP TO 3"]:
        times, counts = [], []
        for graph in (base, side.server):
            started = time.time()
            done = side.run(graph, "-c", word, "--format", "csv", check=False)
            times.append(time.time() - started)
            counts.append(len(done.stdout.split("\n")))
        same = "" if counts[0] == counts[1] else "DIFFERENT"
        wrong += bool(same)
        print(f"{word:32} {counts[0]:7} {counts[1]:7} lines  {times[0]:6.2f} {times[1]:6.2f} s  {same}")
    return wrong


def started(command, folder):
    """A server of its own, and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [word.replace("PORT", str(port)).replace("FOLDER", folder) for word in shlex.split(command)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if line.strip() == "ready":
            return process, f"bolt://127.0.0.1:{port}"
    raise SystemExit(f"{command} has ended before it was ready")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kenning", required=True)
    parser.add_argument("--server")
    parser.add_argument("--start")
    parser.add_argument("--graphs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--debian")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kenning-remote-") as folder:
        process, server = None, arguments.server
        if arguments.start:
            process, server = started(arguments.start, os.path.join(folder, "store"))
        try:
            side, wrong = Side(os.path.abspath(arguments.kenning), server, folder), 0
            wrong += side.compare("openstack", OPENSTACK, "the embedded graph")[0]
            wrong += transaction(side)
            for number in range(arguments.graphs):
                rng = random.Random(arguments.seed * 1_000_003 + number)
                statements, names = random_graph(rng)
                graph, script = os.path.join(folder, "g.kenning"), os.path.join(folder, "g.cypher")
                if os.path.exists(graph):
                    os.remove(graph)
                with open(script, "w") as file:
                    file.write(statements)
                side.run(graph, "-f", script)
                wrong += side.compare(graph, words(rng, names), f"graph {number} of seed {arguments.seed}")[0]
            if arguments.debian:
                wrong += debian(side, arguments.debian)
        finally:
            if process:
                process.terminate()
                process.wait()
    print(f"{arguments.graphs + 1} graphs, {wrong} with answers that differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
