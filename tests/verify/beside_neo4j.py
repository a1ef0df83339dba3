#!/usr/bin/env python3
"""Runs statements on kenning and on a real Neo4j, through the same driver, and compares what they answer.

    python3 tests/verify/beside_neo4j.py --kenning BIN --neo4j bolt://HOST:PORT [--queries N] [--seed N] [--only WORD] [--all]
    python3 tests/verify/beside_neo4j.py --kenning BIN --start 'COMMAND PORT FOLDER' …

The Neo4j at that address is emptied. With --start, the command is run with a free port and a folder in place of PORT and
FOLDER; it must print `ready` and stay. Needs the Python package `neo4j`; --queries needs nothing else.

Where statements come from: the scripts in tests/scripts (each file a session of its own, without those of OWN), the
examples of the functions, and generated queries over small random graphs (--queries, seeded).

What is compared: whether a statement fails, its columns, and its rows with their types; as bags, and in their order
where the statement sorts. Nodes, relationships and paths are compared by labels, types and properties. A statement that
Neo4j cannot read is one of kenning's own: it is counted and left out. What stands in docs/differences.md is known.
Everything else is printed, and the script ends with 1.
"""
import argparse, collections, math, os, re, socket, subprocess, sys, tempfile

import neo4j
import neo4j.graph
import neo4j.time

from generate import queries

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# Errors by which Neo4j says that it cannot read a statement.
UNREADABLE = {"Neo.ClientError.Statement.SyntaxError"}
WAIT = 60
# Scripts of what only kenning has, of what each says of its own schema, and of limits, which keep a Neo4j busy long after
# its client has left.
OWN = re.compile(r"scripts/(algorithms|implied|walks|schema|limits|queries/without_effect)")
# What differs for a reason that docs/differences.md gives for another statement, or of which neither answer is wrong.
KNOWN = [
    (r"^MATCH \(a\)-\[r\]->\(\)-\[r\]->", "one name for two relationships of a pattern is an error here"),
    (r"x AND true$", "Neo4j takes what is no truth value, and gives it back"),
    (r"valueType\(value\)", "unions of types are written in another order"),
    (r"toString\(10000000", "how floats are written"),
    (r"^RETURN point\(\{.*(zz|longitude: 1, latitude: 2, x)", "a key that a point has not is an error here"),
    (r"^EXPLAIN ", "Neo4j gives the plan beside an answer without rows"),
    (r"^CALL \{ RETURN 1 AS x NEXT RETURN x UNION", "Neo4j fails with an internal error"),
    (r"errorMessage", "errors have other words"),
    (r"\.realtime\(\)", "the clock stands still within a statement"),
    (r"=~ '(\(\?<=a\*\)|.*Qa)", "Java's patterns know look-behinds of any length, and quotations"),
    (r"^SHOW INDEXES", "Neo4j has two indexes of its own"),
    (r"1 / (0|x)", "whether a condition is asked that another one has decided"),
    (r"\['t1', null\]", "a list that holds null may be stored here"),
]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Side:
    """One of the two servers."""

    def __init__(self, name, address, prefix=""):
        self.name, self.prefix = name, prefix
        self.driver = neo4j.GraphDatabase.driver(address, auth=None, notifications_min_severity="OFF")
        self.driver.verify_connectivity()

    def empty(self):
        self.ask("MATCH (n) DETACH DELETE n")
        for kind in ("CONSTRAINT", "INDEX"):
            answer = self.ask(f"SHOW {kind}{'ES' if kind == 'INDEX' else 'S'} YIELD name RETURN name")
            for row in answer.rows if answer.ok else []:
                if not row[0][1].startswith("index_"):
                    self.ask(f"DROP {kind} `{row[0][1]}` IF EXISTS")

    def ask(self, statement, parameters=None):
        try:
            with self.driver.session() as session:
                result = session.run(self.prefix + statement, parameters or {}, timeout=WAIT)
                keys = result.keys()
                return Answer(True, list(keys), [[plain(value) for value in record.values()] for record in result])
        except (neo4j.exceptions.Neo4jError, neo4j.exceptions.DriverError) as error:
            code = getattr(error, "code", None) or type(error).__name__
            return Answer(False, code, str(getattr(error, "message", error)))
        except RecursionError:
            return Answer(False, "nested too deeply for the driver", "")


Answer = collections.namedtuple("Answer", "ok columns rows")


def plain(value):
    """A value as a tuple that begins with its type and can be compared and sorted."""
    match value:
        case None:
            return ("null",)
        case bool():
            return ("boolean", value)
        case int():
            return ("integer", value)
        case float():
            return ("float", "NaN" if math.isnan(value) else float(f"{value:.13g}"))
        case str():
            return ("string", value)
        case list() | tuple() if type(value) in (list, tuple):
            return ("list", tuple(plain(item) for item in value))
        case dict():
            return ("map", tuple(sorted((key, plain(item)) for key, item in value.items())))
        case neo4j.graph.Node():
            return ("node", tuple(sorted(value.labels)), plain(dict(value)))
        case neo4j.graph.Relationship():
            return ("relationship", value.type, plain(dict(value)))
        case neo4j.graph.Path():
            steps = []
            for node, relationship in zip(value.nodes, value.relationships):
                steps.append((plain(relationship), relationship.start_node == node))
            return ("path", tuple(plain(node) for node in value.nodes), tuple(steps))
        case neo4j.time.DateTime() | neo4j.time.Time():
            return (type(value).__name__, value.iso_format(), str(value.tzinfo))
        case neo4j.time.Date() | neo4j.time.Duration():
            return (type(value).__name__, value.iso_format())
        case _:
            return (type(value).__name__, str(value))


def loose(value):
    """A list without its order, where that is nobody's promise."""
    if value[0] == "list":
        return ("list", tuple(sorted(map(loose, value[1]), key=repr)))
    return value


def script_statements():
    """Each file of scripts: its name and its statements, those before an answer of several lines joined."""
    for folder, _, names in sorted(os.walk(os.path.join(ROOT, "tests/scripts"))):
        for name in sorted(names):
            path = os.path.join(folder, name)
            text = open(path, encoding="utf-8").read()
            found = re.findall(r"(?:^> .*\n)+", text, re.M)
            if name.endswith(".test") and "> :" not in text and not OWN.search(path):
                yield os.path.relpath(path, ROOT), [re.sub(r"^> ?", "", block, flags=re.M).strip() for block in found]


def function_examples():
    """The examples of the functions in the reference."""
    text = open(os.path.join(ROOT, "docs/reference.md"), encoding="utf-8").read()
    for example in re.findall(r"^`([a-zA-Z.]+\(.*\))` → `", text, re.M):
        yield f"RETURN {example} AS x"


def differences():
    """The statements of docs/differences.md: what is known to differ."""
    known = set()
    for line in open(os.path.join(ROOT, "docs/differences.md"), encoding="utf-8"):
        if line.startswith("| `"):
            known |= {part.strip() for part in line.split("`")[1].split(";")}
    return known


def sorts(statement):
    """Whether the rows of the answer are sorted."""
    if re.search(r"\bUNION\b", statement, re.I):
        return False
    last = re.split(r"\bRETURN\b", statement, flags=re.I)[-1]
    return bool(re.search(r"\bORDER\s+BY\b", last, re.I)) and "(" not in re.split(r"ORDER\s+BY", last, flags=re.I)[0]


class Judge:
    def __init__(self, ours, theirs, known, everything):
        self.ours, self.theirs, self.known, self.everything = ours, theirs, known, everything
        self.counts = collections.Counter()
        self.found = []

    def statement(self, source, statement, parameters=None):
        mine, other = self.ours.ask(statement, parameters), self.theirs.ask(statement, parameters)
        verdict = self.verdict(statement, mine, other)
        listed = statement in self.known or any(re.search(pattern, statement) for pattern, _ in KNOWN)
        if verdict not in ("same", "own") and listed:
            verdict = "known"
        self.counts[verdict] += 1
        if verdict not in ("same", "own", "known") or self.everything and verdict == "own":
            self.found.append(verdict)
            print(f"\n{verdict.upper()} {source}\n  {statement}\n  kenning: {shown(mine)}\n  Neo4j:   {shown(other)}", flush=True)

    def verdict(self, statement, mine, other):
        if not mine.ok and not other.ok:
            return "same"
        if not other.ok:
            return "own" if other.columns in UNREADABLE else "fails only there"
        if not mine.ok:
            return "fails only here"
        if mine.columns != other.columns:
            return "columns"
        if re.search(r"\b(collect|labels|keys)\s*\(", statement, re.I):
            mine, other = (answer._replace(rows=[[loose(value) for value in row] for row in answer.rows]) for answer in (mine, other))
        if "LIMIT" in statement.upper() and not sorts(statement):
            return "same" if len(mine.rows) == len(other.rows) else "rows"
        if sorted(mine.rows, key=repr) != sorted(other.rows, key=repr):
            return "rows"
        return "order" if sorts(statement) and mine.rows != other.rows else "same"


def shown(answer):
    if not answer.ok:
        return f"{answer.columns}: {answer.rows[:200]}"
    return f"{answer.columns} {len(answer.rows)} rows {str(answer.rows[:4])[:400]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kenning", required=True)
    parser.add_argument("--neo4j")
    parser.add_argument("--start")
    parser.add_argument("--queries", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--all", action="store_true", help="print also what only kenning reads")
    options = parser.parse_args()
    started = []
    try:
        with tempfile.TemporaryDirectory() as folder:
            sys.exit(run(options, folder, started))
    finally:
        for process in started:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def start(command, ready, started):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    started.append(process)
    for line in process.stdout:
        if ready in line:
            return
    sys.exit(f"{command[0]} did not start")


def run(options, folder, started):
    address = options.neo4j
    if not address:
        port = free_port()
        places = {"PORT": str(port), "FOLDER": folder}
        start([places.get(word, word) for word in options.start.split()], "ready", started)
        address = f"bolt://127.0.0.1:{port}"
    port = free_port()
    command = [options.kenning, "serve", ":memory:", "--bolt", f"127.0.0.1:{port}", "--http", "127.0.0.1:0"]
    start(command, "bolt", started)
    judge = Judge(Side("kenning", f"bolt://127.0.0.1:{port}"), Side("Neo4j", address, "CYPHER 25 "), differences(), options.all)

    def session(source, statements):
        if options.only in source:
            for side in (judge.ours, judge.theirs):
                side.empty()
            for statement in statements:
                judge.statement(source, *([statement] if isinstance(statement, str) else statement))

    for source, statements in script_statements():
        session(source, statements)
    session("functions", function_examples())
    for number in range(0, options.queries, 200):
        seed = options.seed + number
        session(f"generated, seed {seed}", queries(seed, min(200, options.queries - number)))
    print("\n" + ", ".join(f"{count} {verdict}" for verdict, count in judge.counts.most_common()))
    return 1 if judge.found else 0


if __name__ == "__main__":
    main()
