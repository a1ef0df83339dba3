#!/usr/bin/env python3
"""Measures how fast kenning writes beside its peers, in one run, and prints tables in Markdown.

    python3 tests/verify/writes.py --kenning BIN [--writers BIN] [--data DEBIAN_DIR] [--social DIR] [--lsqb DIR]
        [--engines sqlite,ladybug,duckdb,neo4j] [--neo4j PORT | --neo4j-start start.sh] [--only commits,bulk,…]

Everything is on disk and durable, transaction included. What is compared runs in turns, round after round; tables show
the median of the rounds, and ratios the median of the ratios within a round. --writers is the program of
examples/writers.rs. Peers: pip install ladybug duckdb neo4j. --folder chooses the disk.
"""
import argparse, contextlib, json, os, re, shutil, statistics, subprocess, sys, tempfile, time

import graphs, peers
from driver import Kenning

HERE = os.path.dirname(os.path.abspath(__file__))
QUERIES = os.path.join(HERE, "../../benches/queries")
TIME = re.compile(r"([\d.,]+) (µs|us|ms|s|min)\)\s*$", re.M)
UNITS = {"µs": 1e-6, "us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0}
COMMIT = "CREATE (:N {{i: {0}, name: 'name {0}'}});\n"
LOGGED = "UNWIND range({}, {}) AS i CREATE (:Log {{i: i, text: 'a text of node ' + toString(i)}})"
# Runs for a while without writing, so that the file can be looked at, or the process killed, before it is closed.
PAUSE = "RETURN 'all ' + 'written' AS mark;\nUNWIND range(1, 200000000) AS i RETURN sum(i % 7);\n"


class Bench:
    """Where measurements run, with what."""

    def __init__(self, arguments):
        self.arguments, self.kenning = arguments, Kenning(arguments.kenning)
        self.rounds, self.count = arguments.rounds, arguments.commits
        self.root = tempfile.mkdtemp(prefix="kenning-writes-", dir=arguments.folder)
        self.number = 0
        self.bases = {}

    def folder(self):
        self.number += 1
        path = os.path.join(self.root, str(self.number))
        os.mkdir(path)
        return path

    def base(self, name):
        """The database file of a graph, made once; None without its data."""
        data = {"debian": self.arguments.data, "social": self.arguments.social, "lsqb": self.arguments.lsqb}[name]
        if data and name not in self.bases:
            self.bases[name] = os.path.join(self.root, f"{name}.kenning")
            self.kenning.must("import", self.bases[name], *graphs.FLAGS[name](data))
        return self.bases.get(name)

    def copy(self, name):
        """A fresh database: empty, or a copy of a graph."""
        path = os.path.join(self.folder(), "g.kenning")
        if name != "empty":
            shutil.copy(self.base(name), path)
            os.sync()
        return path

    def engines(self):
        """The peers that were asked for and can be started."""
        chosen = self.arguments.engines.split(",")
        makers = {"sqlite": peers.SQLite, "duckdb": peers.DuckDB, "ladybug": peers.Ladybug, "neo4j": self.neo4j}
        for name in makers:
            if name in chosen:
                try:
                    yield name, makers[name]()
                except Exception as error:
                    print(f"note: {name} is left out: {error}", file=sys.stderr)

    def neo4j(self):
        store = os.path.join(self.root, "neo4j")
        return peers.Neo4j(self.arguments.neo4j, self.arguments.neo4j_start, store)


def median(values):
    return statistics.median(values) if values else None


def ratio(over, under):
    """The median of the ratios within each round."""
    return median([a / b for a, b in zip(over, under)])


def table(title, head, rows):
    print(f"\n### {title}\n")
    print("| " + " | ".join(head) + " |\n|" + "---|" + "---:|" * (len(head) - 1))
    for row in rows:
        print("| " + " | ".join("" if cell is None else str(cell) for cell in row) + " |")
    sys.stdout.flush()


def number(value, unit="", digits=1):
    return None if value is None else f"{value:,.{digits}f}{unit}"


# Single commits


def kenning_commits(bench, file, count, *options):
    """Seconds of a process that runs so many statements from its standard input."""
    script = "".join(COMMIT.format(i) for i in range(count))
    start = time.perf_counter()
    bench.kenning.must(file, *options, "-f", "-", script=script, timeout=3600, what="single commits")
    return time.perf_counter() - start


def bytes_of_a_commit(bench):
    """What a commit appends to the log, seen before the file is closed."""
    file, count = bench.copy("empty"), 1000
    bench.kenning.must(file, "-c", "CREATE (:N {i: 0, name: 'name'})")
    before = os.path.getsize(file)
    with bench.kenning.start(file, "-f", "-", script="".join(COMMIT.format(i) for i in range(count)) + PAUSE) as running:
        if not running.wait_for("all written"):
            raise SystemExit(f"no commit came through: {running.errors()[:300]}")
        grown = os.path.getsize(file) - before
    return max(1, round(grown / count))


def commits(bench):
    """Commits a second of one statement each, synced."""
    size, count, seconds = bytes_of_a_commit(bench), bench.count // bench.rounds, {}
    graph_names = ["empty", *(["debian"] if bench.base("debian") else [])]
    engines = [engine for _, engine in bench.engines()]
    for _ in range(bench.rounds):
        for name in graph_names:
            seconds.setdefault(name, []).append(kenning_commits(bench, bench.copy(name), count))
        seconds.setdefault("bare", []).append(peers.bare_appends(bench.folder(), count, size))
        for engine in engines:
            seconds.setdefault(engine.name, []).append(engine.commits(bench.folder(), count))
    [engine.close() for engine in engines]
    names = {"empty": "kenning, empty graph", "debian": "kenning, Debian's graph", "bare": f"append of {size} bytes + fdatasync"}
    rows = []
    for key, times in seconds.items():
        rate = median([count / t for t in times])
        rows.append([names.get(key, key), number(rate, "/s", 0), number(ratio(times, seconds["empty"]), "×", 2), number(ratio(seconds["bare"], times), "", 2)])
    head = ["", "commits", "time against kenning", "share of the bare rate"]
    table(f"{count * bench.rounds:,} single-statement commits, synced", head, rows)


# Many writers


def writers_run(bench, file, writers, count, durability, mode="create"):
    """What examples/writers.rs measured."""
    command = [bench.arguments.writers, file, str(writers), str(count), durability, mode]
    done = subprocess.run(command, capture_output=True, text=True, timeout=7200)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stderr[:500]}")
    return json.loads(done.stdout)


def group(bench):
    """16 writers in one process that share the syncs, against one writer."""
    if not bench.arguments.writers:
        return print("\nnote: group commit is left out without --writers")
    servers = [engine for name, engine in bench.engines() if name == "neo4j"]
    count, rates = bench.count // bench.rounds, {}
    for _ in range(bench.rounds):
        for writers in (1, 16):
            report = writers_run(bench, bench.copy("empty"), writers, count * (4 if writers > 1 else 1), "full")
            rates.setdefault(("kenning", writers), []).append(report["commits"] / report["seconds"])
        for server in servers:
            for writers in (1, 16):
                work = count // 16 * 16
                rates.setdefault((server.name, writers), []).append(work / server.writers(work, writers))
    [server.close() for server in servers]
    rows = []
    for name in ["kenning", *(server.name for server in servers)]:
        one, many = rates[name, 1], rates[name, 16]
        rows.append([name, number(median(one), "/s", 0), number(median(many), "/s", 0), number(ratio(many, one), "×", 2)])
    table("Group commit: synced commits of threads that wait for each other", ["", "1 writer", "16 writers", "ratio"], rows)


# Bulk work


def kenning_bulk(bench):
    """Seconds of each step in a script on a fresh file, as the shell's timing tells, and what is there afterwards."""
    lines = [":timing on"]
    for step in peers.STEPS:
        lines.append(peers.CYPHER[step] + ";")
        if step == "create":
            lines.append("CREATE INDEX x_i FOR (n:X) ON (n.i);")
    file = os.path.join(bench.folder(), "g.kenning")
    start = time.perf_counter()
    done = bench.kenning.run(file, "--format", "csv", "-f", "-", script="\n".join(lines), timeout=3600)
    wall = time.perf_counter() - start
    times = [float(value.replace(",", "")) * UNITS[unit] for value, unit in TIME.findall(done.stderr + done.stdout)]
    if done.returncode or len(times) != len(peers.STEPS) + 1:
        raise SystemExit(f"kenning's bulk work failed: {(done.stdout + done.stderr)[-500:]}")
    if sum(times) < 0.7 * wall - 0.1:
        print(f"note: kenning's statements took {sum(times):.2f} s of {wall:.2f} s; the rest is start and close", file=sys.stderr)
    del times[1]
    rows = bench.kenning.rows(file, "MATCH (n:X) OPTIONAL MATCH (n)-[r:NEXT]->() RETURN count(DISTINCT n), sum(n.v), count(r)")
    return dict(zip(peers.STEPS, times)), tuple(map(int, rows[0]))


def bulk(bench):
    """A hundred thousand changes in one statement, beside engines that do the same."""
    engines = [engine for name, engine in bench.engines() if name != "sqlite"]
    times = {}
    for _ in range(bench.rounds):
        runs = [("kenning", lambda: kenning_bulk(bench))]
        runs += [(engine.name, lambda engine=engine: engine.bulk(bench.folder())) for engine in engines]
        for name, run in runs:
            seconds, counted = run()
            if counted != peers.AFTER:
                print(f"WRONG: {name} ends with {counted}, not {peers.AFTER}")
            for step, value in seconds.items():
                times.setdefault((name, step), []).append(value)
    [engine.close() for engine in engines]
    names = [engine.name for engine in engines]
    rows = []
    for step, title in peers.STEPS.items():
        mine = times["kenning", step]
        best = min(names, key=lambda name: median(times[name, step]), default=None)
        cells = [number(median(times[name, step]) * 1e3) for name in ["kenning", *names]]
        rows.append([title, *cells, number(ratio(times[best, step], mine), "×", 2) if best else None])
    table("Bulk work in one transaction, ms", ["", "kenning", *names, "best peer / kenning"], rows)


# A single MERGE


def merge(bench):
    """A single MERGE over an index against a single CREATE, without the disk."""
    count, script = 20_000, {}
    script["CREATE"] = "".join(f"CREATE (:X {{i: {200_000 + i}}});\n" for i in range(count))
    script["MERGE, found"] = "".join(f"MERGE (:X {{i: {1 + i * 7919 % 100_000}}});\n" for i in range(count))
    script["MERGE, new"] = "".join(f"MERGE (:X {{i: {200_000 + i}}});\n" for i in range(count))
    setup = f"{peers.CYPHER['create']};\nCREATE INDEX x_i FOR (n:X) ON (n.i);\n"
    times = {}
    for _ in range(bench.rounds):
        file = bench.copy("empty")
        bench.kenning.must(file, "-f", "-", script=setup)
        for name, text in {"": "RETURN 1;\n", **script}.items():
            target = os.path.join(bench.folder(), "g.kenning")
            shutil.copy(file, target)
            start = time.perf_counter()
            bench.kenning.must(target, "--durability", "off", "-f", "-", script=text, timeout=3600, what=f"single {name}")
            times.setdefault(name, []).append(time.perf_counter() - start)
    each = {name: [(t - rest) / count * 1e6 for t, rest in zip(times[name], times[""])] for name in script}
    rows = [[name, number(median(each[name])), number(ratio(each[name], each["CREATE"]), "×", 2)] for name in script]
    title = "A single statement on 100,000 indexed nodes, `--durability off`"
    table(title, ["", "µs a statement, text to commit", "against CREATE"], rows)


# The longest commit


def longest(bench):
    """A million commits on the social graph: how long the slowest takes."""
    if not (bench.arguments.writers and bench.base("social")):
        return print("\nnote: the longest commit is left out without --writers and --social")
    rows = []
    for durability, count in (("off", bench.arguments.long), ("full", bench.arguments.long_synced)):
        report = writers_run(bench, bench.copy("social"), 1, count, durability, "mixed")
        cells = [number(report[key], "", 2) for key in ("median_ms", "p99_ms", "p99_99_ms", "longest_ms")]
        rows.append([f"`{durability}`, {count:,} commits", number(count / report["seconds"], "/s", 0), *cells])
    head = ["durability", "commits", "median ms", "99 % ms", "99.99 % ms", "longest ms"]
    table("Commits on the social graph", head, rows)


# Opening after a crash


def crashed(bench, name, statements, file=None, durability="off"):
    """A database whose process was killed after these statements: base and log as they were."""
    file = file or bench.copy(name)
    script = "".join(f"{statement};\n" for statement in statements) + PAUSE
    with bench.kenning.start(file, "--durability", durability, "--format", "csv", "-f", "-", script=script) as running:
        if not running.wait_for("all written", timeout=1800):
            raise SystemExit(f"the statements failed: {running.errors()[-500:]}")
    return file


def opening(bench, file):
    """Seconds until a fresh copy of the file, not synced yet, has answered."""
    copy = os.path.join(bench.folder(), "g.kenning")
    shutil.copy(file, copy)
    os.sync()
    start = time.perf_counter()
    bench.kenning.must(copy, "-c", "CREATE (:Opened)", what="opening after a crash")
    seconds = time.perf_counter() - start
    os.remove(copy)
    return seconds


def write_log(bench, file, goal, batch=20_000):
    """Grows the log by so many bytes, in commits of so many nodes each, by processes that are killed."""
    before = size = os.path.getsize(file)
    done, more = 0, 10
    while size - before < goal:
        parts = range(done, done + more)
        crashed(bench, None, [LOGGED.format(part * batch, (part + 1) * batch - 1) for part in parts], file)
        last, size, done = size, os.path.getsize(file), done + more
        if size <= last:
            return print("note: the log does not grow: a checkpoint took it", file=sys.stderr)
        more = max(1, int((goal - size + before) * done / (size - before)))


def reopen(bench):
    """Opening the social graph with a log of 100 MB after a crash, against dd of that log and a clean opening."""
    if not bench.base("social"):
        return print("\nnote: opening after a crash is left out without --social")
    clean = bench.copy("social")
    bench.kenning.must(clean, "-c", ":checkpoint", "-c", "CREATE (:First)")
    file = bench.copy("social")
    shutil.copy(clean, file)
    before = os.path.getsize(file)
    write_log(bench, file, bench.arguments.log * 1_000_000)
    size = os.path.getsize(file)
    log = size - before
    times = {"crashed": [], "clean": [], "dd": []}
    for _ in range(bench.rounds):
        times["crashed"].append(opening(bench, file))
        times["clean"].append(opening(bench, clean))
        times["dd"].append(copy_with_dd(bench, file, before))
    allowed = [a + b for a, b in zip(times["dd"], times["clean"])]
    rows = [[f"opening and one commit, log of {log / 1e6:.0f} MB", number(median(times["crashed"]) * 1e3)]]
    rows += [["the same without the log", number(median(times["clean"]) * 1e3)], ["`dd` of the log, synced", number(median(times["dd"]) * 1e3)]]
    rows += [["ratio: crashed / (dd + clean)", number(ratio(times["crashed"], allowed), "×", 2)]]
    table("Opening the social graph after a crash", ["", "ms"], rows)


def copy_with_dd(bench, file, skip):
    """Seconds to write the log again, from the page cache."""
    target = os.path.join(bench.folder(), "log")
    command = ["dd", f"if={file}", f"of={target}", "bs=1M", f"skip={skip}", "iflag=skip_bytes", "conv=fdatasync", "status=none"]
    start = time.perf_counter()
    subprocess.run(command, check=True)
    seconds = time.perf_counter() - start
    os.remove(target)
    return seconds


# Queries on a changed graph


def changed(bench):
    """Queries on a graph with one percent of its entities changed, against the same data after a checkpoint."""
    for name in ("debian", "social", "lsqb"):
        if not bench.base(name):
            continue
        dirty = crashed(bench, name, graphs.CHANGES[name])
        clean = os.path.join(bench.folder(), "g.kenning")
        shutil.copy(dirty, clean)
        bench.kenning.must(clean, "-c", ":checkpoint")
        queries = os.path.join(bench.arguments.queries, f"{name}.cypher")
        times = {}
        for _ in range(bench.rounds):
            for kind, file in (("clean", clean), ("dirty", dirty)):
                for query, row in bench_queries(bench, file, queries).items():
                    times.setdefault(query, {}).setdefault(kind, []).append((row["ms_median"], json.dumps(row.get("value"))))
        rows = [compared(query, runs) for query, runs in times.items()]
        worst = max((float(row[3][:-1]) for row in rows if row[3] and row[0] not in ("load", "rss_mb")), default=0)
        head = ["query", "checkpointed", "changed", "ratio", "answers"]
        table(f"{name}: queries with 1 % of the entities changed, ms; worst {worst:.2f}×", head, rows)


def bench_queries(bench, file, queries):
    command = ["bench", file, "--queries", queries, "--runs", "7", "--format", "json"]
    lines = bench.kenning.must(*command, timeout=3600).splitlines()
    return {row["query"]: row for row in map(json.loads, lines)}


def compared(query, runs):
    clean, dirty = runs.get("clean", []), runs.get("dirty", [])
    times = [[ms for ms, _ in kind] for kind in (clean, dirty)]
    same = "same" if {value for _, value in clean} == {value for _, value in dirty} else "DIFFERENT"
    return [query, *(number(median(kind), "", 3) for kind in times), number(ratio(times[1], times[0]), "×", 2), same]


ALL = {"commits": commits, "group": group, "bulk": bulk, "merge": merge, "longest": longest, "reopen": reopen, "changed": changed}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kenning", required=True, help="a release build")
    parser.add_argument("--writers", help="the program of examples/writers.rs, a release build")
    parser.add_argument("--data", help="Debian's graph: packages.csv[.gz], depends.csv[.gz]")
    parser.add_argument("--social", help="the folder that social_graph.py made")
    parser.add_argument("--lsqb", help="LSQB's folder")
    parser.add_argument("--queries", default=QUERIES, help="a folder with debian.cypher, social.cypher, lsqb.cypher")
    parser.add_argument("--engines", default="sqlite,ladybug,duckdb,neo4j")
    parser.add_argument("--neo4j", type=int, default=17687, help="the port of Neo4j")
    parser.add_argument("--neo4j-start", help="start.sh PORT STOREDIR, if none runs on the port")
    parser.add_argument("--folder", help="where files are written: the disk to be measured")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--commits", type=int, default=10_000, help="single commits in all rounds together")
    parser.add_argument("--long", type=int, default=1_000_000, help="commits of the long run without syncs")
    parser.add_argument("--long-synced", type=int, default=1_000_000, help="commits of the long run with syncs")
    parser.add_argument("--log", type=int, default=100, help="megabytes of log to open after a crash")
    parser.add_argument("--only", help=", ".join(ALL))
    arguments = parser.parse_args()
    bench = Bench(arguments)
    print(f"`{' '.join(sys.argv)}`, {time.strftime('%Y-%m-%d')}, {os.cpu_count()} processors")
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, bench.root, True)
        for name in arguments.only.split(",") if arguments.only else ALL:
            ALL[name](bench)


if __name__ == "__main__":
    main()
