#!/usr/bin/env python3
"""Runs sixty statements, each as a process with a limit of time or memory, and measures from outside what it took.

    python3 tests/verify/limits.py --kenning BIN [--only WORD] [--every N] [--memory MB] [--time SECONDS] [--slack FACTOR]
                                   [--late FACTOR]

Prints a table in Markdown: for each statement how it ended, how large the process became and, with the limit of time, by how
much it ran over. Twice as it stands in the table: once with a limit of memory and ample time, once the other way round.
Ends with 1 if a process becomes larger than 1.5 times the limit and 100 MB, or runs on for more than 100 ms after its time;
--slack 3 lets both be three times as much, for machines that have other work, --late another factor for the time;
--every 4 runs each fourth statement.
A statement that ran over its time is measured again, and its shorter time counts: other work may have been in its way.
The processes are bounded by the operating system as well, so that a statement that gets away harms nobody.
"""
import argparse, os, resource, subprocess, sys, tempfile, threading, time

CEILING = 6 << 30
PATIENCE = 60
# How often a statement that runs over its time is measured.
AGAIN = 3

NODES = "UNWIND range(1, 120000) AS i CREATE (:N {i: i, s: 'name ' + i})"
CHAIN = "UNWIND range(1, 60000) AS i MATCH (a:N {i: i}) MATCH (b:N {i: i + 1}) CREATE (a)-[:R]->(b)"
STARS = "UNWIND range(1, 300) AS h CREATE (a:H {h: h}) WITH a UNWIND range(1, 200) AS i CREATE (a)-[:R]->(:L {i: i})"
MESH = "UNWIND range(1, 60) AS i UNWIND range(1, 60) AS j MERGE (a:M {i: i}) MERGE (b:M {i: j}) CREATE (a)-[:R]->(b)"
LONG = "reduce(s = 'äbc ', i IN range(1, {}) | s + s)"
DEEP = "reduce(s = [1], x IN range(1, 40) | [s, s])"


def long(doublings):
    return LONG.format(doublings)


# Name, what comes before, the statement.
STATEMENTS = [
    ("product", [], "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN count(*)"),
    ("product, rows", [], "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN a, b"),
    ("product, distinct", [], "UNWIND range(1, 10000) AS a UNWIND range(1, 10000) AS b RETURN DISTINCT a * b AS c"),
    ("product of nodes", [NODES], "MATCH (a:N), (b:N) RETURN count(a.i + b.i)"),
    ("product, sorted", [NODES], "MATCH (a:N), (b:N) RETURN a.s, b.s ORDER BY b.s, a.s"),
    ("product, grouped", [NODES], "MATCH (a:N), (b:N) RETURN a.i + b.i AS k, count(*) ORDER BY k LIMIT 3"),
    ("nested too deep", [], "RETURN reduce(s = [1], x IN range(1, 1000000) | [s])"),
    ("shared =", [], f"WITH {DEEP} AS s, {DEEP} AS t RETURN s = t"),
    ("shared distinct", [], f"WITH {DEEP} AS s RETURN DISTINCT s"),
    ("shared order", [], f"UNWIND [{DEEP}, {DEEP}] AS s RETURN s ORDER BY s"),
    ("shared print", [], f"RETURN {DEEP}"),
    ("shared map", [], "WITH reduce(s = {a: 1}, x IN range(1, 40) | {a: s, b: s}) AS s RETURN s"),
    ("range", [], "RETURN size(range(1, 1000000000))"),
    ("list appended", [], "RETURN size(reduce(s = [], x IN range(1, 10000000) | s + x))"),
    ("list doubled", [], "RETURN size(reduce(s = [1], x IN range(1, 40) | s + s))"),
    ("comprehension", [], "RETURN size([x IN range(1, 20000000) | 'text ' + x])"),
    ("collect", [], "UNWIND range(1, 50000000) AS i RETURN size(collect(i))"),
    ("collect strings", [], "UNWIND range(1, 20000000) AS i RETURN size(collect('a string of some length ' + i))"),
    ("collect distinct", [], "UNWIND range(1, 20000000) AS i RETURN size(collect(DISTINCT 's' + i))"),
    ("collect maps", [], "UNWIND range(1, 20000000) AS i RETURN size(collect({i: i, s: 's' + i}))"),
    ("collect by group", [], "UNWIND range(1, 20000000) AS i RETURN i % 1000 AS k, size(collect('s' + i)) AS n"),
    ("collect subquery", [], "UNWIND range(1, 10) AS j RETURN size(COLLECT { UNWIND range(1, 20000000) AS i RETURN 's' + i })"),
    ("percentile", [], "UNWIND range(1, 50000000) AS i RETURN percentileCont(i, 0.5)"),
    ("string doubled", [], "RETURN size(reduce(s = 'a', x IN range(1, 40) | s + s))"),
    ("normalize", [], f"UNWIND range(1, 100) AS i RETURN size(normalize({long(20)}, 'NFKD'))"),
    ("split", [], "RETURN size(split(reduce(s = 'ab,', i IN range(1, 24) | s + s), ','))"),
    ("split by nothing", [], f"RETURN size(split({long(23)}, ''))"),
    ("replace", [], f"RETURN size(replace({long(23)}, 'b', 'bbbbbbbbbbbbbbbbbbbbbbbb'))"),
    ("toUpper", [], f"UNWIND range(1, 1000) AS i RETURN size(toUpper({long(22)}))"),
    ("reverse", [], f"UNWIND range(1, 1000) AS i RETURN size(reverse({long(22)}))"),
    ("substring", [], f"WITH {long(22)} AS s UNWIND range(1, 100000) AS i RETURN max(substring(s, i))"),
    ("strings compared", [], f"WITH {long(22)} AS s, {long(22)} + 'x' AS t UNWIND range(1, 100000) AS i RETURN count(s + i < t)"),
    ("regex", [], f"WITH {long(22)} AS s UNWIND range(1, 1000) AS i RETURN count(s =~ '.*(a|b|c)+z')"),
    ("regex, large", [], "RETURN 'a' =~ '(((a{100}){100}){100})'"),
    ("rows", [], "UNWIND range(1, 30000000) AS i RETURN i, 'text ' + i AS t"),
    ("sort numbers", [], "UNWIND range(1, 40000000) AS i WITH rand() AS r ORDER BY r RETURN max(r)"),
    ("sort strings", [], "UNWIND range(1, 20000000) AS i WITH 'text ' + rand() AS r ORDER BY r RETURN count(r)"),
    ("sort lists", [], "UNWIND range(1, 10000000) AS i WITH [rand(), i] AS r ORDER BY r RETURN count(r)"),
    ("distinct strings", [], "UNWIND range(1, 20000000) AS i WITH DISTINCT 'text ' + i AS r RETURN count(r)"),
    ("union", [], "UNWIND range(1, 20000000) AS i RETURN 'a' + i AS t UNION UNWIND range(1, 20000000) AS i RETURN 'b' + i AS t"),
    ("set list", [NODES], "MATCH (n:N) SET n.big = range(1, 1000)"),
    ("set string", [NODES], "MATCH (n:N) SET n.big = reduce(s = 'text', i IN range(1, 12) | s + s)"),
    ("set map", [NODES], "MATCH (n:N) SET n += {a: range(1, 300), b: range(1, 300)}"),
    ("create", [], "UNWIND range(1, 30000000) AS i CREATE (:N {i: i, s: 'text ' + i})"),
    ("create pairs", [], "UNWIND range(1, 10000000) AS i CREATE (:A {i: i})-[:R {w: i}]->(:B)"),
    ("merge", [], "UNWIND range(1, 20000000) AS i MERGE (:N {i: i % 5000000})"),
    ("foreach", [], "FOREACH (i IN range(1, 20000000) | CREATE (:N {i: i}))"),
    ("detach delete", [NODES, CHAIN], "MATCH (n) DETACH DELETE n"),
    ("delete and create", [NODES], "UNWIND range(1, 100) AS i MATCH (n:N) CREATE (m:N {i: n.i}) DELETE n"),
    ("paths", [MESH], "MATCH p = (a:M)-[:R*1..8]->(b:M) RETURN count(p)"),
    ("paths, rows", [MESH], "MATCH p = (a:M)-[:R*1..8]->(b:M) RETURN p"),
    ("shortest paths", [MESH], "MATCH p = ALL SHORTEST (a:M)-[:R]->+(b:M)-[:R]->+(c:M) RETURN count(p)"),
    ("subqueries", [NODES], "MATCH (n:N) CALL (n) { MATCH (m:N) WHERE m.i > n.i RETURN count(m) AS c } RETURN sum(c)"),
    ("exists", [NODES], "MATCH (n:N) WHERE EXISTS { MATCH (m:N) WHERE m.i + n.i = -1 } RETURN count(n)"),
    ("betweenness", [STARS, MESH], "CALL algo.betweenness() YIELD node RETURN count(*)"),
    ("pagerank", [STARS, MESH], "UNWIND range(1, 100000) AS i CALL algo.pagerank() YIELD node RETURN count(*)"),
    ("cycles", [MESH], "CYCLES UP TO 100000000"),
    ("all dependencies", [MESH], "MATCH (n:M) CALL trace.deps(n) YIELD term RETURN count(*)"),
    ("unique constraint", [NODES], "CREATE CONSTRAINT FOR (n:N) REQUIRE n.s IS UNIQUE"),
    ("plus", [], "UNWIND range(1, 1000000000) AS i RETURN sum(i * i % 7)"),
]

FORMATS = {"product, rows": "csv", "rows": "json", "paths, rows": "jsonl"}


def run(kenning, before, statement, extra, shown):
    """How it ended, seconds for the last statement, and MB of the process."""
    arguments = [kenning, ":memory:"]
    for text in before:
        arguments += ["-c", text]
    arguments += ["-c", ":timing on", "-c", statement, *extra]
    if shown:
        arguments += ["--format", shown]
    bound = lambda: resource.setrlimit(resource.RLIMIT_AS, (CEILING, CEILING))
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begin = time.monotonic()
        process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=out, stderr=err, preexec_fn=bound)
        timer = threading.Timer(PATIENCE, process.kill)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begin
        process.returncode = status
        timer.cancel()
        err.seek(0)
        said = err.read().decode("utf-8", "replace")
    ends = [word for word in ("MemoryLimit", "TimeLimit", "ValueTooLarge") if f"[{word}]" in said]
    if os.WIFSIGNALED(status):
        end = f"signal {os.WTERMSIG(status)}"
    else:
        end = ends[0] if ends else "answered" if status == 0 else "failed"
    return end, seconds, usage.ru_maxrss / 1024


def preparation(kenning, before, known):
    """Seconds and MB that the statements before take."""
    key = tuple(before)
    if key not in known:
        known[key] = run(kenning, before, "RETURN 1", [], None)[1:]
    return known[key]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kenning", required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--memory", type=int, default=200)
    parser.add_argument("--time", type=float, default=1.0)
    parser.add_argument("--slack", type=float, default=1.0)
    parser.add_argument("--late", type=float)
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    most = options.slack * (1.5 * options.memory + 100)
    longest = (options.late or options.slack) * 0.1
    known, wrong = {}, []
    print(f"| statement | ends with {options.memory} MB | peak MB | ends with {options.time:g} s | over by ms |")
    print("|---|---|---:|---|---:|")
    for name, before, statement in STATEMENTS[::options.every]:
        if options.only not in name:
            continue
        # What is made before must fit the limits as well.
        first, base = preparation(options.kenning, before, known)
        memory = [f"--memory={options.memory}MB", "--timeout=20s"]
        end, _, peak = run(options.kenning, before, statement, memory, FORMATS.get(name))
        timed = [f"--timeout={int(options.time * 1000)}ms", "--memory=3GB"]
        if first > options.time:
            timed[0] = f"--timeout={int((first + options.time) * 1000)}ms"
        limit = max(options.time, first + options.time if first > options.time else 0)
        over = None
        for _ in range(AGAIN):
            late, seconds, _ = run(options.kenning, before, statement, timed, FORMATS.get(name))
            this = max(0.0, seconds - first - limit) if late == "TimeLimit" else 0.0
            over = this if over is None else min(over, this)
            if over <= longest:
                break
        print(f"| {name} | {end} | {peak:.0f} | {late} | {over * 1000:.0f} |", flush=True)
        if end.startswith("signal") or late.startswith("signal"):
            wrong.append(f"{name}: ended by a signal")
        if peak > most + base:
            wrong.append(f"{name}: {peak:.0f} MB under a limit of {options.memory}")
        if over > longest:
            wrong.append(f"{name}: {over * 1000:.0f} ms after its time")
    for what in wrong:
        print(f"wrong: {what}", file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
