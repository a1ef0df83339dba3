#!/usr/bin/env python3
"""Heavy and hostile Bolt clients against `kenning serve`: others are served meanwhile, and memory stays bounded.

    python3 tests/verify/load.py --kenning BIN [--social FILE] [--only load,slow,…]

Needs no package. The graph has 100,000 persons with an index; --social is another database file with persons (id, name)
and FOLLOWS. Prints a line for each promise with what was measured; the exit status is 1 if one was not kept.
"""
import argparse, multiprocessing, os, random, selectors, socket, statistics, struct, subprocess, sys, tempfile, threading, time

import bare
from servers import Kenning

PERSONS = 100_000
POINT = "MATCH (p:Person {id: $id}) RETURN p.name AS name"
MILLION = "UNWIND range(1, 1000000) AS n RETURN n, 'row ' + n AS text"
ENDLESS = "UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b RETURN sum(a * b)"
IDLE, BUSY, PER_SECOND = 1000, 200, 10
MEBI = 1 << 20

broken = []


def promise(name, value, most, unit="ms"):
    """Prints what was measured, and notes it if it is more than was promised."""
    kept = value <= most
    print(f"{'ok    ' if kept else 'BROKEN'} {name}: {value:,.4g} {unit} (at most {most:,.4g})", flush=True)
    if not kept:
        broken.append(name)


def percentile(values, share):
    return sorted(values)[int(len(values) * share)]


def points(port, count, pause=0.0):
    """Milliseconds of point queries on one connection."""
    client, chance, spent = bare.Client(port), random.Random(1), []
    for _ in range(count):
        number = chance.randrange(PERSONS)
        started = time.perf_counter()
        client.run(POINT, {"id": number})
        spent.append((time.perf_counter() - started) * 1e3)
        time.sleep(pause)
    client.close()
    return spent


def busy(port, until, per_second, counted):
    """Many connections in one thread, each of which asks so many point queries a second, or as many as it can."""
    clients = [bare.Client(port) for _ in range(BUSY)]
    chance, done = random.Random(2), 0
    with selectors.DefaultSelector() as selector:
        for client in clients:
            selector.register(client.socket, selectors.EVENT_READ, client)
        due = [(time.perf_counter() + chance.random() / (per_second or 1), client) for client in clients]
        waiting = set()
        while time.perf_counter() < until.value:
            now = time.perf_counter()
            for at, client in [pair for pair in due if pair[0] <= now]:
                due.remove((at, client))
                client.send(request(chance.randrange(PERSONS)))
                waiting.add(client)
            for key, _ in selector.select(0.002):
                client = key.data
                client.receive()
                if client in waiting and bare.last_summary(client.data) and b"\xb1\x71" in client.data:
                    client.data.clear()
                    waiting.discard(client)
                    done += 1
                    due.append((now + (1 / per_second if per_second else 0), client))
    counted.value = done
    for client in clients:
        client.close()


def request(number):
    return bare.message(bare.RUN, POINT, {"id": number}, {}) + bare.message(bare.PULL, {"n": 1000})


class Meanwhile:
    """Busy connections in another process, for as long as the block lasts."""

    def __init__(self, port, per_second):
        self.until, self.done = multiprocessing.Value("d", 1e18), multiprocessing.Value("l", 0)
        self.process = multiprocessing.Process(target=busy, args=(port, self.until, per_second, self.done))

    def __enter__(self):
        self.started = time.perf_counter()
        self.process.start()
        time.sleep(1.5)
        return self

    def __exit__(self, *_):
        self.until.value = time.perf_counter()
        self.process.join(30)
        self.rate = self.done.value / (time.perf_counter() - self.started)


def load(server):
    """Point queries beside many connections."""
    quiet = percentile(points(server.port, 3000), 0.99)
    before = server.memory()
    idle = [bare.Client(server.port) for _ in range(IDLE)]
    print(f"       {IDLE} idle connections take {(server.memory() - before) / IDLE / 1024:.1f} KiB each")
    with Meanwhile(server.port, PER_SECOND) as others:
        loaded = percentile(points(server.port, 2000, 0.001), 0.99)
    print(f"       p99 {quiet:.2f} ms alone; {loaded:.2f} ms beside {BUSY} connections with {others.rate:,.0f} queries/s")
    promise(f"p99 beside {IDLE} idle and {BUSY} busy connections, by its quiet value", loaded / quiet, 10, "times")
    with Meanwhile(server.port, None) as others:
        loaded = statistics.median(points(server.port, 300, 0.001))
    print(f"       median {loaded:.2f} ms while {BUSY} connections ask as fast as they can, {others.rate:,.0f} queries/s")
    for client in idle:
        client.close()


def slow(server):
    """Clients that take no rows, or read nothing of what they asked for."""
    quiet = percentile(points(server.port, 2000), 0.99)
    before = server.memory()
    readers = [bare.Client(server.port) for _ in range(100)]
    for at, client in enumerate(readers):
        client.send(bare.message(bare.RUN, MILLION, {}, {}))
        if at % 2:
            client.send(bare.message(bare.PULL, {"n": -1}))
    # The buffers of 100 sockets are filled first.
    settle(lambda: used(server) > 0.05, 60)
    promise("processor time of 100 slow readers", used(server), 0.05, "s a second")
    loaded = percentile(points(server.port, 2000), 0.99)
    promise("p99 beside 100 slow readers, by its quiet value", loaded / quiet, 10, "times")
    promise("memory of a slow reader", (server.memory() - before) / len(readers) / MEBI, 4, "MiB")
    for client in readers:
        client.close()
    promise("statements left open 1 s after slow readers went", settle(lambda: running(server), 1), 0, "statements")


def used(server):
    """Processor time that the server needs in a second."""
    before = server.cpu()
    time.sleep(1)
    return server.cpu() - before


def running(server):
    return server.counter("kenning_statements_running")


def settle(measure, seconds):
    """Waits until the measure is 0, at most so long; returns it."""
    until = time.perf_counter() + seconds
    while (value := measure()) and time.perf_counter() < until:
        time.sleep(0.01)
    return value


def halves(server):
    """Clients that close their half, or go in the middle of a message; those that never say who they are."""
    files = server.files()
    for _ in range(200):
        client = bare.Client(server.port)
        client.send(bare.message(bare.RUN, MILLION, {}, {})[:-3])
        client.socket.shutdown(socket.SHUT_WR)
        client.close()
        client = bare.Client(server.port)
        client.send(bare.message(bare.RUN, MILLION, {}, {}) + bare.message(bare.PULL, {"n": -1}))
        client.close()
    promise("files left open by 400 clients that went", settle(lambda: server.files() - files > 2, 2), 0, "files")
    silent = socket.create_connection(("127.0.0.1", server.port))
    started = time.perf_counter()
    silent.settimeout(30)
    silent.recv(1)
    promise("time until a silent client is sent away", time.perf_counter() - started, 11, "s")


def resets(server):
    """Clients that send nothing but RESET, as fast as they can."""
    quiet = percentile(points(server.port, 2000), 0.99)
    server.forget_peak()
    before = server.memory()
    stop = time.perf_counter() + 3
    flood = bare.message(bare.RESET) * 2000

    def one():
        client = bare.Client(server.port)
        client.socket.settimeout(0.2)
        while time.perf_counter() < stop:
            try:
                client.socket.send(flood)
                # Half of them never read.
                if threading.get_ident() % 2:
                    client.socket.recv(1 << 20)
            except OSError:
                pass
        client.close()

    threads = [threading.Thread(target=one) for _ in range(20)]
    [thread.start() for thread in threads]
    loaded = percentile(asked_apart(server.port, 500), 0.99)
    [thread.join() for thread in threads]
    print(f"       p99 {quiet:.2f} ms alone, {loaded:.2f} ms beside 20 clients that send RESETs only")
    promise("more memory for 20 floods of RESETs", (server.memory("VmHWM") - before) / MEBI, 100, "MiB")
    promise("p99 of others beside floods of RESETs", loaded, 1000)


def asked_apart(port, count):
    """Milliseconds of point queries that another process asks."""
    with multiprocessing.Pool(1) as pool:
        return pool.apply(points, (port, count))


def flat(server):
    """A million rows with a small fetch size."""
    client = bare.Client(server.port)
    client.run("UNWIND range(1, 1000) AS n RETURN n")
    server.forget_peak()
    before = server.memory()
    started = time.perf_counter()
    client.run(MILLION, n=100)
    print(f"       a million rows, 100 at a time, in {time.perf_counter() - started:.1f} s")
    promise("more memory for a million rows, 100 at a time", (server.memory("VmHWM") - before) / MEBI, 16, "MiB")
    client.close()


LONG = {
    "an aggregation": ENDLESS,
    "a cross product": "MATCH (a:Person), (b:Person), (c:Person) WHERE a.id + b.id + c.id = -1 RETURN count(*)",
    "walks": "MATCH (a:Person)-[:FOLLOWS*1..30]->(b) RETURN count(*)",
    "shortest paths": "MATCH p = allShortestPaths((a:Person)-[:FOLLOWS*]-(b:Person)) RETURN count(p)",
    "sorting": "UNWIND range(1, 30000000) AS n RETURN n * 7919 % 1000003 AS k ORDER BY k, n SKIP 20000000 LIMIT 1",
    "writing": "UNWIND range(1, 100000000) AS n CREATE (:Never {n: n})",
    "a list": "RETURN reduce(s = 0, x IN range(1, 300000000) | s + x % 7)",
    "betweenness": "CALL algo.betweenness() YIELD node, score RETURN count(*)",
    "distinct": "UNWIND range(1, 100000000) AS n RETURN count(DISTINCT n * 3)",
}


def started(client, server, statement, extra=None):
    """Starts a statement and returns once it runs."""
    client.send(bare.message(bare.RUN, statement, {}, extra or {}) + bare.message(bare.PULL, {"n": -1}))
    time.sleep(0.5)


def stopping(server):
    """RESET, a closed socket and a time limit stop a statement."""
    for name, statement in LONG.items():
        client = bare.Client(server.port)
        started(client, server, statement)
        at = time.perf_counter()
        client.send(bare.message(bare.RESET))
        while client.next()[1:2] != bytes([bare.SUCCESS]) or client.data:
            pass
        promise(f"RESET stops {name}", (time.perf_counter() - at) * 1e3, 100)
        started(client, server, statement)
        client.close()
        at = time.perf_counter()
        left = settle(lambda: running(server), 5)
        promise(f"a closed socket stops {name}", (time.perf_counter() - at) * 1e3 if not left else 5000, 100)
        client = bare.Client(server.port)
        at = time.perf_counter()
        client.send(bare.message(bare.RUN, statement, {}, {"tx_timeout": 500}) + bare.message(bare.PULL, {"n": -1}))
        while client.next()[1] != bare.FAILURE:
            pass
        promise(f"its time limit stops {name}, late by", (time.perf_counter() - at - 0.5) * 1e3, 100)
        client.close()


PARTS = {"load": load, "slow": slow, "halves": halves, "resets": resets, "flat": flat, "stopping": stopping}


def graph(folder):
    """A file with persons, who follow the next three."""
    persons, follows = os.path.join(folder, "person.csv"), os.path.join(folder, "follows.csv")
    with open(persons, "w") as file:
        file.write("id:ID,name\n" + "".join(f"{at},person {at}\n" for at in range(PERSONS)))
    with open(follows, "w") as file:
        pairs = ((at, (at * 31 + k * 7919) % PERSONS) for at in range(PERSONS) for k in range(1, 4))
        file.write(":START_ID,:END_ID\n" + "".join(f"{a},{b}\n" for a, b in pairs))
    return [f"--nodes=Person={persons}", f"--relationships=FOLLOWS={follows}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kenning", required=True)
    parser.add_argument("--social")
    parser.add_argument("--only", default=",".join(PARTS))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kenning-load-") as folder:
        file = os.path.join(folder, "load.kenning")
        if arguments.social:
            file = arguments.social
        else:
            subprocess.run([arguments.kenning, "import", file, *graph(folder)], check=True, stdout=subprocess.DEVNULL)
        with Kenning(arguments.kenning, file) as server:
            client = bare.Client(server.port)
            client.run("CREATE INDEX person_id IF NOT EXISTS FOR (p:Person) ON (p.id)")
            for name in arguments.only.split(","):
                print(f"== {name}", flush=True)
                PARTS[name](server)
            client.run("RETURN 1")
    if broken:
        sys.exit(f"{len(broken)} promises were not kept")


if __name__ == "__main__":
    main()
