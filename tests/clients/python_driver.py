"""Neo4j's Python driver against `kenning serve`, versions 5.28 and 6: `python_driver.py KENNING FOLDER`."""

import asyncio
import sys
import time
from datetime import date, datetime
from pathlib import Path

import neo4j
import pytz
from neo4j import AsyncGraphDatabase, GraphDatabase, Query
from neo4j.spatial import CartesianPoint, WGS84Point
from neo4j.time import Date, DateTime, Duration, Time

sys.path.insert(0, str(Path(__file__).parent))
from run import Server  # noqa: E402

KENNING, FOLDER = sys.argv[1:]
# The driver before 6 wants this.
AGENT = ["--agent", "Neo4j/5.26.0", "--timeout", "10m"]


def check(name, condition, detail=""):
    if not condition:
        sys.exit(f"FAILED {name}: {detail}")
    print(f"ok {name}", flush=True)


def fails(code, run):
    try:
        run()
    except neo4j.exceptions.Neo4jError as error:
        check(code, error.code == code, error)
        return error
    return sys.exit(f"FAILED: {code} was expected, but nothing failed")


def memory(server):
    for line in open(f"/proc/{server.process.pid}/status"):
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def connections(server):
    for scheme in ["bolt", "neo4j"]:
        with GraphDatabase.driver(f"{scheme}://{server.address}") as driver:
            driver.verify_connectivity()
            check(f"{scheme}:// connects", driver.get_server_info().agent == "Neo4j/5.26.0")
            records, summary, keys = driver.execute_query("RETURN 1 AS n")
            check(f"{scheme}:// runs", (records[0]["n"], keys) == (1, ["n"]))
            check(f"{scheme}:// names the database", summary.database == "memory", summary.database)
            for name in ["neo4j", "memory"]:
                driver.execute_query("RETURN 1", database_=name)
            code = "Neo.ClientError.Database.DatabaseNotFound"
            fails(code, lambda: driver.execute_query("RETURN 1", database_="other"))


def values(driver):
    there_and_back = [
        None, True, False, 0, -1, 2**63 - 1, -(2**63), 1.5, float("inf"), "", "x" * 70_000, "naïve ☃ 𝄞",
        [], [1, "a", None, [2.5]], {}, {"a": {"b": [1]}}, list(range(1000)),
        Date(2024, 2, 29), Time(12, 34, 56, 789_000_001), Time(1, 2, 3, 4, tzinfo=pytz.FixedOffset(-300)),
        DateTime(2024, 2, 29, 12, 34, 56, 7), DateTime(1950, 1, 1, 0, 0, 0, 1, tzinfo=pytz.FixedOffset(90)),
        Duration(months=14, days=-3, seconds=5, nanoseconds=6), Duration(seconds=-1, nanoseconds=-500),
        CartesianPoint((1.0, -2.5)), CartesianPoint((1.0, 2.0, 3.0)), WGS84Point((12.5, 55.7)),
        WGS84Point((12.5, 55.7, 10.0)),
    ]
    for value in there_and_back:
        back = driver.execute_query("RETURN $value AS value", value=value).records[0]["value"]
        check(f"{str(value)[:40]!r} comes back", back == value and type(back) is type(value), back)
    nan = driver.execute_query("RETURN $value AS value", value=float("nan")).records[0]["value"]
    check("NaN comes back", nan != nan)
    zoned = driver.execute_query("RETURN datetime('2024-07-01T12:00[Europe/Stockholm]') AS value").records[0]["value"]
    check("a zone comes by name", str(zoned.tzinfo) == "Europe/Stockholm" and zoned.hour == 12, zoned)
    back = driver.execute_query("RETURN $value AS value", value=zoned).records[0]["value"]
    check("a zone comes back", back == zoned and str(back.tzinfo) == "Europe/Stockholm", back)
    native = driver.execute_query("RETURN $d AS d, $t AS t", d=date(2024, 1, 2), t=datetime(2024, 1, 2, 3, 4)).records[0]
    check("Python's own dates", (native["d"].to_native(), native["t"].to_native()) == (date(2024, 1, 2), datetime(2024, 1, 2, 3, 4)))
    fails("Neo.ClientError.Statement.ArgumentError", lambda: driver.execute_query("RETURN $b", b=b"\x00\x01"))


def entities(driver):
    driver.execute_query("CREATE (:Person {name: 'Ann', born: date('1990-01-01')})-[:KNOWS {since: 2001}]->(:Person:Old {name: 'Bob'})")
    record = driver.execute_query("MATCH p = (a {name: 'Ann'})-[r]->(b) RETURN a, r, b, p, [a, r] AS list, {n: b} AS map").records[0]
    a, r, b, p = record["a"], record["r"], record["b"], record["p"]
    check("labels and properties", (a.labels, dict(a), b.labels) == (frozenset({"Person"}), {"name": "Ann", "born": Date(1990, 1, 1)}, frozenset({"Person", "Old"})))
    check("relationships", (r.type, r["since"], r.start_node, r.end_node) == ("KNOWS", 2001, a, b))
    check("paths", (list(p.nodes), list(p.relationships)) == ([a, b], [r]))
    check("in lists and maps", (record["list"], record["map"]) == ([a, r], {"n": b}))
    found = driver.execute_query("MATCH (n) WHERE elementId(n) = $id RETURN n.name AS name", id=b.element_id).records
    check("element ids find their nodes", [row["name"] for row in found] == ["Bob"])
    back = driver.execute_query("MATCH p = (b {name: 'Bob'})<-[]-(a)-[]->(b2) RETURN p").records
    check("no path walks a relationship twice", back == [])
    check("data()", record.data()["a"] == {"name": "Ann", "born": Date(1990, 1, 1)})


def transactions(driver):
    with driver.session() as session:
        with session.begin_transaction() as transaction:
            transaction.run("CREATE (:T)")
            check("a transaction sees its own change", transaction.run("MATCH (n:T) RETURN count(n)").single().value() == 1)
            with driver.session() as other:
                check("others do not", other.run("MATCH (n:T) RETURN count(n)").single().value() == 0)
            transaction.rollback()
        check("rolled back", session.run("MATCH (n:T) RETURN count(n)").single().value() == 0)
        counters = session.execute_write(lambda tx: tx.run("CREATE (:T {a: 1})-[:U]->(:T)").consume().counters)
        check("counters", (counters.nodes_created, counters.relationships_created, counters.properties_set, counters.labels_added) == (2, 1, 1, 2), counters)
        check("a managed read", session.execute_read(lambda tx: tx.run("MATCH (n:T) RETURN count(n)").single().value()) == 2)
        bookmarks = session.last_bookmarks()
        check("a bookmark", len(bookmarks.raw_values) == 1)
        with driver.session(bookmarks=bookmarks) as next_session:
            check("a session after it", next_session.run("MATCH (n:T) RETURN count(n)").single().value() == 2)
        with session.begin_transaction() as transaction:
            first, second = transaction.run("UNWIND range(1, 5000) AS n RETURN n"), transaction.run("UNWIND range(1, 3000) AS n RETURN -n")
            pairs = [(next(iter(first)).value(), next(iter(second)).value()) for _ in range(2500)]
            check("two results at once", pairs == [(n, -n) for n in range(1, 2501)])
            transaction.commit()
    wrong = neo4j.Bookmarks.from_raw_values(["not-a-bookmark"])
    with driver.session(bookmarks=wrong) as session:
        fails("Neo.ClientError.Transaction.InvalidBookmark", lambda: session.run("RETURN 1").consume())
    with driver.session(default_access_mode=neo4j.READ_ACCESS) as session:
        fails("Neo.ClientError.Statement.AccessMode", lambda: session.run("CREATE (:No)").consume())
    attempts = []

    def work(transaction):
        """Reads, lets another writer in the first time, then writes: a conflict, which the driver tries again."""
        transaction.run("MATCH (n:T) RETURN count(n)").consume()
        attempts.append(1)
        if len(attempts) == 1:
            driver.execute_query("CREATE (:T)")
        transaction.run("CREATE (:T {conflict: true})").consume()

    with driver.session() as session:
        session.execute_write(work)
    check("a conflict is tried again", len(attempts) == 2, attempts)


def errors(driver):
    error = fails("Neo.ClientError.Statement.SyntaxError", lambda: driver.execute_query("MATCH (n)\nRETURN m"))
    check("the error has its place", "`m`" in error.message or "m" in error.message, error.message)
    if hasattr(error, "gql_status"):
        position = error.diagnostic_record.get("_position")
        check("GQL status and position", (error.gql_status, position) == ("42001", {"offset": 17, "line": 2, "column": 8}), position)
    fails("Neo.ClientError.Statement.ParameterMissing", lambda: driver.execute_query("RETURN $x"))
    fails("Neo.ClientError.Statement.ArithmeticError", lambda: driver.execute_query("RETURN 1 / $x", x=0))
    fails("Neo.ClientError.Procedure.ProcedureNotFound", lambda: driver.execute_query("CALL no.such()"))
    driver.execute_query("CREATE CONSTRAINT one FOR (n:One) REQUIRE n.id IS UNIQUE")
    driver.execute_query("CREATE (:One {id: 1})")
    error = fails("Neo.ClientError.Schema.ConstraintValidationFailed", lambda: driver.execute_query("CREATE (:One {id: 1})"))
    check("it is a ConstraintError", isinstance(error, neo4j.exceptions.ConstraintError))
    with driver.session() as session:
        result = session.run("UNWIND range(2000, 0, -1) AS n RETURN 10 / n AS q")
        seen = []
        fails("Neo.ClientError.Statement.ArithmeticError", lambda: seen.extend(row["q"] for row in result))
        check("a failure while streaming", len(seen) == 2000, len(seen))
        check("the session goes on", session.run("RETURN 1").single().value() == 1)


def summaries(driver):
    kinds = [("RETURN 1", "r"), ("CREATE (:S)", "w"), ("CREATE (n:S) RETURN n", "rw"), ("CREATE INDEX s FOR (n:S) ON (n.x)", "s")]
    for statement, kind in kinds:
        check(f"{statement} is {kind}", driver.execute_query(statement).summary.query_type == kind)
    warned = driver.execute_query("MATCH (n:Nowhere) RETURN n").summary
    check("a warning", any("Nowhere" in str(warning) for warning in warned.notifications or []), warned.notifications)
    statuses = [status.gql_status for status in warned.gql_status_objects]
    check("its statuses", statuses[0] == "02000" and "01N50" in statuses, statuses)
    plan = driver.execute_query("EXPLAIN MATCH (n:S) RETURN n.x").summary.plan
    check("a plan", plan["operatorType"] and "string-representation" in plan["args"], plan)
    profile = driver.execute_query("PROFILE MATCH (n:S) RETURN n.x").summary.profile
    check("a profile", profile["operatorType"] is not None, profile)


def tools(driver):
    """What drivers and tools send unasked."""
    components = driver.execute_query("CALL dbms.components() YIELD name, versions, edition RETURN name, versions, edition").records
    check("dbms.components", len(components) == 1 and components[0]["edition"], components)
    check("db.ping", driver.execute_query("CALL db.ping()").records[0]["success"] is True)
    databases = driver.execute_query("SHOW DATABASES").records
    check("SHOW DATABASES", [row["name"] for row in databases] == ["memory"], databases)
    labels = {row["label"] for row in driver.execute_query("CALL db.labels() YIELD label RETURN label").records}
    check("db.labels", "Person" in labels, labels)


def streaming(driver, server):
    before = memory(server)
    started, count, peak = time.time(), 0, 0
    with driver.session(fetch_size=1000) as session:
        for record in session.run("UNWIND range(1, 1000000) AS n RETURN n, 'row ' + n AS text"):
            count += 1
            if count % 50_000 == 0:
                peak = max(peak, memory(server))
    check("a million rows", count == 1_000_000, count)
    print(f"   {time.time() - started:.1f} s, {max(0, peak - before) >> 20} MiB more memory in the server")
    check("in flat memory", peak - before < 64 << 20, peak - before)
    with driver.session(fetch_size=10) as session:
        result = session.run("UNWIND range(1, 1000000) AS n RETURN n")
        next(iter(result))
        started = time.time()
        result.consume()
        check("what is left is discarded", time.time() - started < 1)


def stopping(driver, server):
    long = "UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b RETURN sum(a * b)"
    started = time.time()
    with driver.session() as session:
        query = Query(long, timeout=0.3, metadata={"who": "test"})
        fails("Neo.ClientError.Transaction.TransactionTimedOut", lambda: session.run(query).consume())
    check("a time limit", 0.2 < time.time() - started < 2, time.time() - started)
    asyncio.run(cancelled(server, long))
    check("a cancelled statement leaves the server free", driver.execute_query("RETURN 1").records[0][0] == 1)


async def cancelled(server, long):
    """Cancels the task that waits for a statement: the driver closes its connection."""
    async with AsyncGraphDatabase.driver(f"bolt://{server.address}") as driver:
        task = asyncio.create_task(driver.execute_query(long))
        await asyncio.sleep(0.3)
        task.cancel()
        ended = await asyncio.gather(task, return_exceptions=True)
        check("a cancelled task", isinstance(ended[0], asyncio.CancelledError), ended)


def restarts():
    with Server(KENNING, f"{FOLDER}/kept.kenning", *AGENT) as server:
        with GraphDatabase.driver(f"neo4j://{server.address}", max_transaction_retry_time=20) as driver:
            with driver.session() as session:
                session.run("CREATE (:Kept)").consume()
                bookmarks = session.last_bookmarks()
            server.stop()
            server.start()
            with driver.session(bookmarks=bookmarks) as session:
                kept = session.execute_read(lambda tx: tx.run("MATCH (n:Kept) RETURN count(n)").single().value())
                check("the driver finds the restarted server", kept == 1)


def main():
    print(f"neo4j {neo4j.__version__}")
    with Server(KENNING, ":memory:", *AGENT) as server:
        connections(server)
        with GraphDatabase.driver(f"bolt://{server.address}") as driver:
            for test in [values, entities, transactions, errors, summaries, tools]:
                test(driver)
            stopping(driver, server)
            streaming(driver, server)
    restarts()


main()
