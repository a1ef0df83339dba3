"""Peers that do the same writing work as kenning, on disk and durable: SQLite, DuckDB, Ladybug, Neo4j."""
import os, sqlite3, subprocess, threading, time

N = 100_000
STEPS = {
    "create": "`UNWIND range(1, 100000) AS i CREATE (:X {i: i})`",
    "merge": "`MERGE` of 100,000 by an indexed key, half of them new",
    "set": "`SET` on 100,000 nodes",
    "relate": "100,000 relationships between indexed nodes",
    "delete": "`DELETE` of 50,000 nodes",
}
CYPHER = {
    "create": f"UNWIND range(1, {N}) AS i CREATE (:X {{i: i}})",
    "merge": f"UNWIND range({N // 2 + 1}, {N + N // 2}) AS i MERGE (:X {{i: i}})",
    "set": f"MATCH (n:X) WHERE n.i <= {N} SET n.v = n.i * 2",
    "relate": f"UNWIND range(1, {N}) AS i MATCH (a:X {{i: i}}), (b:X {{i: i % {N} + 1}}) CREATE (a)-[:NEXT {{w: i}}]->(b)",
    "delete": f"MATCH (n:X) WHERE n.i > {N} DELETE n",
}
SQL = {
    "create": f"INSERT INTO x SELECT i, NULL FROM range(1, {N + 1}) r(i)",
    "merge": f"MERGE INTO x USING (SELECT i FROM range({N // 2 + 1}, {N + N // 2 + 1}) r(i)) s ON x.i = s.i "
    "WHEN NOT MATCHED THEN INSERT VALUES (s.i, NULL)",
    "set": f"UPDATE x SET v = i * 2 WHERE i <= {N}",
    "relate": f"INSERT INTO next SELECT a.i, b.i, r.i FROM range(1, {N + 1}) r(i) "
    f"JOIN x a ON a.i = r.i JOIN x b ON b.i = r.i % {N} + 1",
    "delete": f"DELETE FROM x WHERE i > {N}",
}
# What must be there after all steps: nodes, sum of v, relationships.
AFTER = (N, N * (N + 1), N)


def timed(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


class SQLite:
    """Single commits only: WAL with synchronous=FULL, which syncs the log at each commit."""

    name = f"SQLite {sqlite3.sqlite_version}"

    def commits(self, folder, count):
        connection = sqlite3.connect(os.path.join(folder, "sqlite.db"), isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE n (i INTEGER, name TEXT)")

        def work():
            for i in range(count):
                connection.execute("INSERT INTO n VALUES (?, ?)", (i, f"name {i}"))

        seconds = timed(work)
        connection.close()
        return seconds

    def close(self):
        pass


class DuckDB:
    def __init__(self):
        import duckdb

        self.module, self.name = duckdb, f"DuckDB {duckdb.__version__}"

    def bulk(self, folder):
        connection = self.module.connect(os.path.join(folder, "duck.db"))
        connection.execute("CREATE TABLE x (i BIGINT, v BIGINT)")
        connection.execute("CREATE TABLE next (a BIGINT, b BIGINT, w BIGINT)")
        seconds = {}
        for step in STEPS:
            seconds[step] = timed(lambda: connection.execute(SQL[step]).fetchall())
            if step == "create":
                connection.execute("CREATE INDEX x_i ON x (i)")
        counted = connection.execute("SELECT count(*), sum(v), (SELECT count(*) FROM next) FROM x").fetchone()
        connection.close()
        return seconds, tuple(map(int, counted))

    def commits(self, folder, count):
        connection = self.module.connect(os.path.join(folder, "duck.db"))
        connection.execute("CREATE TABLE n (i BIGINT, name VARCHAR)")

        def work():
            for i in range(count):
                connection.execute("INSERT INTO n VALUES (?, ?)", (i, f"name {i}"))

        seconds = timed(work)
        connection.close()
        return seconds

    def close(self):
        pass


class Ladybug:
    """A node table needs a primary key, so the key is indexed from the start; relationships by COPY, its fastest way."""

    RELATE = f"COPY NEXT FROM (UNWIND range(1, {N}) AS i RETURN i, i % {N} + 1, i)"

    def __init__(self):
        import ladybug

        self.module, self.name = ladybug, f"Ladybug {ladybug.__version__}"

    def open(self, folder):
        return self.module.Connection(self.module.Database(os.path.join(folder, "ladybug.db")))

    def bulk(self, folder):
        connection = self.open(folder)
        connection.execute("CREATE NODE TABLE X(i INT64, v INT64, PRIMARY KEY(i))")
        connection.execute("CREATE REL TABLE NEXT(FROM X TO X, w INT64)")
        statements = {**CYPHER, "relate": self.RELATE}
        seconds = {step: timed(lambda: connection.execute(statements[step])) for step in STEPS}
        nodes, total = connection.execute("MATCH (n:X) RETURN count(n), sum(n.v)").get_next()
        links = connection.execute("MATCH ()-[r:NEXT]->() RETURN count(r)").get_next()[0]
        return seconds, (nodes, int(total), links)

    def commits(self, folder, count):
        connection = self.open(folder)
        connection.execute("CREATE NODE TABLE N(i INT64, name STRING, PRIMARY KEY(i))")
        create = connection.prepare("CREATE (:N {i: $i, name: $name})")
        return timed(lambda: [connection.execute(create, {"i": i, "name": f"name {i}"}) for i in range(count)])

    def close(self):
        pass


class Neo4j:
    """A server on 127.0.0.1 that start.sh runs, or one that runs already on the port."""

    def __init__(self, port, start=None, store=None):
        import neo4j

        self.process = None
        if start:
            self.process = subprocess.Popen([start, str(port), store], stdout=subprocess.PIPE, text=True)
            while (line := self.process.stdout.readline()).strip() != "ready":
                if not line:
                    raise RuntimeError("Neo4j does not start")
        self.driver = neo4j.GraphDatabase.driver(f"bolt://127.0.0.1:{port}", auth=None)
        components = self.rows("CALL dbms.components() YIELD versions RETURN versions[0] AS v")
        self.name = f"Neo4j {components[0]['v']}"
        # Compiles what the measured statements need.
        self.bulk(None)
        self.commits(None, 500)

    def rows(self, statement, **parameters):
        with self.driver.session(database="neo4j") as session:
            return session.run(statement, parameters).data()

    def empty(self):
        for label in ("X", "N"):
            while self.rows(f"MATCH (n:{label}) WITH n LIMIT 50000 DETACH DELETE n RETURN count(*) AS c")[0]["c"]:
                pass
        self.rows("DROP INDEX x_i IF EXISTS")

    def bulk(self, _):
        self.empty()
        seconds = {}
        for step in STEPS:
            seconds[step] = timed(lambda: self.rows(CYPHER[step]))
            if step == "create":
                self.rows("CREATE INDEX x_i FOR (n:X) ON (n.i)")
                self.rows("CALL db.awaitIndexes(300)")
        counted = self.rows("MATCH (n:X) RETURN count(n) AS n, sum(n.v) AS v")[0]
        links = self.rows("MATCH (:X)-[r:NEXT]->() RETURN count(r) AS c")[0]["c"]
        return seconds, (counted["n"], counted["v"], links)

    def commits(self, _, count):
        self.empty()
        return timed(lambda: self._write(count, 0))

    def writers(self, count, writers):
        """Commits by several writers at once, each with a session of its own."""
        self.empty()
        threads = [threading.Thread(target=self._write, args=(count // writers, at * count)) for at in range(writers)]

        def work():
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]

        return timed(work)

    def _write(self, count, first):
        with self.driver.session(database="neo4j") as session:
            for i in range(first, first + count):
                session.run("CREATE (:N {i: $i, name: $name})", {"i": i, "name": f"name {i}"}).consume()

    def close(self):
        self.driver.close()
        if self.process:
            self.process.terminate()
            self.process.wait()


def bare_appends(folder, count, size):
    """Appends of so many bytes, each followed by fdatasync: what the disk allows."""
    path = os.path.join(folder, "bare.bin")
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    data = os.urandom(size)

    def work():
        for i in range(count):
            os.pwrite(file, data, i * size)
            os.fdatasync(file)

    seconds = timed(work)
    os.close(file)
    os.remove(path)
    return seconds
