#!/usr/bin/env python3
"""Measures `kenning serve` over Bolt beside Neo4j and ArcadeDB, in one run, and prints a table in Markdown.

    python3 tests/verify/serve.py --kenning BIN [--neo4j-start start.sh] [--social FILE] [--rounds N] [--persons N]

Needs the official driver (`pip install neo4j==6.4.1`); ArcadeDB comes with `pip install arcadedb-embedded`. A peer that
is not on this machine is left out with a note. Every server gets the same statements: they make N persons, each of whom
follows two others, with an index on `id`. Servers take turns, round after round; the table has medians of the rounds,
and ratios are medians of the ratios within a round. Each time is measured twice: with the driver, which needs most of
it to make Python objects, and with sockets alone (bare.py), which shows the server. --social is a database file of
which the time from start to first answer is measured.
"""
import argparse, concurrent.futures, contextlib, os, selectors, signal, statistics, struct, subprocess, sys, tempfile, time

import bare
from servers import ArcadeDB, Kenning, Missing, Neo4j

FOLLOWED = 2
POINT = "MATCH (p:Person {id: $id}) RETURN p.name AS name, p.age AS age"
SOME = "MATCH (p:Person) WHERE p.id < 10000 RETURN p.id AS id, p.name AS name, p.age AS age"
MANY = "MATCH (a:Person)-[:FOLLOWS]->(b:Person) UNWIND range(1, 5) AS k RETURN a.id AS a, b.name AS b, k"
CLIENTS = 16
SECONDS = 2.0
POINTS = 500
# Point queries before the first round, and rounds that are not counted: Java servers compile what they run often.
POINTS_BEFORE, WARM = 10_000, 1
PROCESSES = 4


class Peer:
    """A server that holds the graph, and what is measured of it."""

    def __init__(self, server, persons):
        import neo4j

        self.server, self.persons = server, persons
        auth = server.auth and tuple(server.auth)
        self.driver = neo4j.GraphDatabase.driver(server.uri, auth=auth, notifications_min_severity="OFF")
        self.session = self.driver.session(database=server.database)
        self.socket = bare.Client(server.port, server.auth)
        versions = self.rows("CALL dbms.components() YIELD versions RETURN versions[0] AS version")
        self.name = f"{server.name.split()[0]} {versions[0]['version']}"

    def rows(self, statement, **parameters):
        return self.session.run(statement, parameters).data()

    def load(self):
        """Makes the graph by statements that all servers know, ten thousand nodes or relationships at a time."""
        index = "CREATE INDEX person_id FOR (p:Person) ON (p.id)"
        persons = (
            "UNWIND range($first, $last) AS i "
            "CREATE (:Person {id: i, name: 'person ' + toString(i), age: 18 + i * 7 % 60})"
        )
        follows = (
            "UNWIND range($first, $last) AS i MATCH (a:Person {id: i}) UNWIND range(1, $each) AS k "
            "MATCH (b:Person {id: (i * 31 + k * k * 7919) % $persons}) CREATE (a)-[:FOLLOWS]->(b)"
        )
        self.loading = 0
        if self.rows("MATCH (p:Person) RETURN count(p) AS persons") == [{"persons": self.persons}]:
            return
        started = time.perf_counter()
        self.rows(persons, first=0, last=0)
        self.rows(index)
        for first in range(1, self.persons, 10_000):
            self.rows(persons, first=first, last=min(first + 10_000, self.persons) - 1)
        for first in range(0, self.persons, 10_000):
            self.rows(follows, first=first, last=first + 9_999, each=FOLLOWED, persons=self.persons)
        self.loading = time.perf_counter() - started

    def answers(self):
        """What the statements answer, to be compared."""
        points = [tuple(self.rows(POINT, id=at * 97)[0].values()) for at in range(50)]
        some = sorted(tuple(row.values()) for row in self.rows(SOME))
        many = self.rows(f"{MANY.partition('RETURN')[0]} RETURN count(*) AS n, sum(a.id * k) AS a, sum(size(b.name)) AS b")
        return points, some, tuple(many[0].values())

    # Each measure is a number; for rates more is better.

    def point(self):
        def one(at):
            self.session.run(POINT, id=at * 31 % self.persons).consume()

        return median_time(one, POINTS)

    def point_bare(self):
        return median_time(lambda at: self.bare(POINT, {"id": at * 31 % self.persons}), POINTS)

    def some(self):
        return median_time(lambda _: list(self.session.run(SOME)), 3)

    def some_bare(self):
        return median_time(lambda _: self.bare(SOME, n=1000), 5)

    def many(self):
        return median_time(lambda _: sum(1 for _ in self.session.run(MANY)), 1)

    def many_bare(self):
        return median_time(lambda _: self.bare(MANY, n=1000), 1)

    def many_whole(self):
        return median_time(lambda _: self.bare(MANY, n=-1), 1)

    def bare(self, statement, parameters=None, n=-1):
        return self.socket.run(statement, parameters, n, self.server.database)

    def rate(self):
        """Point queries a second of 16 sessions of the driver, in several processes."""
        jobs = [(self.server.uri, self.server.auth, self.server.database, self.persons, CLIENTS // PROCESSES)] * PROCESSES
        with concurrent.futures.ProcessPoolExecutor(PROCESSES) as pool:
            return sum(pool.map(driver_rate, jobs))

    def rate_bare(self):
        return bare_rate(self.server, self.persons)

    def close(self):
        self.socket.close()
        self.session.close()
        self.driver.close()


def median_time(call, times):
    """The median of the seconds that calls take."""
    spent = []
    for at in range(times):
        started = time.perf_counter()
        call(at)
        spent.append(time.perf_counter() - started)
    return statistics.median(spent)


def driver_rate(job):
    """Answers a second of some sessions, each in a thread."""
    import neo4j

    uri, auth, database, persons, sessions = job
    with neo4j.GraphDatabase.driver(uri, auth=auth) as driver:

        def work(number):
            with driver.session(database=database) as session:
                session.run(POINT, id=0).consume()
                done, until = 0, time.perf_counter() + SECONDS
                while time.perf_counter() < until:
                    session.run(POINT, id=(done * 31 + number * 977) % persons).consume()
                    done += 1
            return done / SECONDS

        with concurrent.futures.ThreadPoolExecutor(sessions) as pool:
            return sum(pool.map(work, range(sessions)))


def bare_rate(server, persons):
    """Answers a second on 16 sockets, each of which asks again once its answer is complete."""
    clients = [bare.Client(server.port, server.auth) for _ in range(CLIENTS)]
    extra = {"db": server.database} if server.database else {}
    request = bare.message(bare.RUN, POINT, {"id": 0}, extra) + bare.message(bare.PULL, {"n": 1000})
    at = request.index(bare.pack("id") + bare.pack(0)) + len(bare.pack("id")) + 1
    before, after = request[:at], request[at + 8 :]
    done = 0
    with selectors.DefaultSelector() as selector:
        for client in clients:
            selector.register(client.socket, selectors.EVENT_READ, client)
            client.socket.sendall(request)
        until = time.perf_counter() + SECONDS
        while time.perf_counter() < until:
            for key, _ in selector.select(1):
                client = key.data
                client.receive()
                summary = complete(client.data)
                if summary:
                    client.data.clear()
                    done += 1
                    client.socket.sendall(before + struct.pack(">q", done * 31 % persons) + after)
    for client in clients:
        client.close()
    return done / SECONDS


def complete(data):
    """Whether the answers to RUN and PULL are here: SUCCESS, a RECORD, SUCCESS."""
    summary = bare.last_summary(data)
    if summary and summary[1] != bare.SUCCESS:
        raise ConnectionError(f"the statement failed: {summary!r}")
    return summary and b"\xb1\x71" in data


# Title, method, unit, factor, target against Neo4j.
MEASURES = [
    ("point query", "point", "ms", 1e3, 3),
    ("point query, sockets", "point_bare", "ms", 1e3, 3),
    ("10,000 rows", "some", "ms", 1e3, 3),
    ("10,000 rows, sockets", "some_bare", "ms", 1e3, 3),
    ("1 M rows", "many", "s", 1, 3),
    ("1 M rows, sockets", "many_bare", "s", 1, 3),
    ("1 M rows by one PULL, sockets", "many_whole", "s", 1, 3),
    ("16 clients", "rate", "/s", 1, 5),
    ("16 clients, sockets", "rate_bare", "/s", 1, 5),
]


def first_answer(kenning, graph):
    """Seconds from the start of the program to an answer about its graph."""
    spent = []
    for _ in range(7):
        started = time.perf_counter()
        with Kenning(kenning, graph) as server:
            client = bare.Client(server.port)
            client.run("MATCH (p:Person {id: 4711}) RETURN p.name")
            spent.append(time.perf_counter() - started)
            client.close()
    return statistics.median(spent)


def chosen(arguments, folder):
    """The servers that can be started, kenning first."""
    yield lambda: Kenning(arguments.kenning, os.path.join(folder, "bench.kenning"), "--timeout", "10m")
    if "neo4j" in arguments.engines:
        store = arguments.neo4j_store or os.path.join(folder, "neo4j")
        yield lambda: Neo4j(arguments.neo4j_start, store, arguments.neo4j)
    if "arcadedb" in arguments.engines:
        yield lambda: ArcadeDB(folder)


def number(value, unit):
    return f"{value:,.0f}" if unit == "/s" else f"{value:.3g}"


def table(peers, found, measures):
    others = peers[1:]
    print("| | " + " | ".join(peer.name for peer in peers) + " |" + "".join(f" × {peer.name} |" for peer in others))
    print("|---|" + "---|" * (len(peers) + len(others)))
    for title, method, unit, factor, _ in measures:
        cells = [number(statistics.median(found[peer, method]) * factor, unit) for peer in peers]
        for peer in others:
            pairs = zip(found[peers[0], method], found[peer, method])
            ratios = [ours / theirs if unit == "/s" else theirs / ours for ours, theirs in pairs]
            cells.append(f"{statistics.median(ratios):.1f}")
        print(f"| {title}{'' if unit == '/s' else f' ({unit})'} | " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kenning", required=True)
    parser.add_argument("--neo4j-start", help="a program that runs Neo4j: PROGRAM PORT FOLDER")
    parser.add_argument("--neo4j", type=int, help="the port of a Neo4j that runs already")
    parser.add_argument("--neo4j-store", help="where Neo4j keeps the graph for the next run")
    parser.add_argument("--engines", default="neo4j,arcadedb")
    parser.add_argument("--social", help="a database file with persons")
    parser.add_argument("--persons", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="names of measures, such as point,rate_bare")
    arguments = parser.parse_args()
    measures = [row for row in MEASURES if not arguments.only or row[1] in arguments.only.split(",")]
    # What was started ends when this is told to end, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="kenning-serve-"))
        peers = []
        for start in chosen(arguments, folder):
            try:
                peer = Peer(stack.enter_context(start()), arguments.persons)
            except Missing as reason:
                print(f"note: left out: {reason}", file=sys.stderr)
                continue
            stack.callback(peer.close)
            peer.load()
            print(f"note: {peer.name} was loaded in {peer.loading:.1f} s", file=sys.stderr, flush=True)
            peers.append(peer)
        answers = [peer.answers() for peer in peers]
        if any(answer != answers[0] for answer in answers):
            sys.exit(f"the answers differ: {[answer[2] for answer in answers]}")
        print(f"note: {len(peers)} servers gave the same answers, {answers[0][2][0]:,} rows", file=sys.stderr, flush=True)
        for peer in peers:
            for at in range(POINTS_BEFORE):
                peer.bare(POINT, {"id": at * 31 % peer.persons})
        found = {(peer, row[1]): [] for peer in peers for row in measures}
        for at in range(WARM + arguments.rounds):
            for title, method, *_ in measures:
                if method == "many" and at != WARM:
                    continue
                for peer in peers:
                    before = peer.server.cpu()
                    value = getattr(peer, method)()
                    cpu = peer.server.cpu() - before
                    print(f"note: round {at}, {title}, {peer.name}: {value:.4g}; {cpu:.2f} s of its CPU", file=sys.stderr)
                    if at >= WARM:
                        found[peer, method].append(value)
        table(peers, found, measures)
    if arguments.social:
        print(f"\nstart to first answer: {first_answer(arguments.kenning, arguments.social) * 1e3:.0f} ms")


if __name__ == "__main__":
    main()
