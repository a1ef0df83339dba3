"""Random transactions and the graph that they must leave: what a killed database is compared with."""
import csv, io, random

from driver import require

QUERY = """
MATCH (n:Item) RETURN 'item' AS kind, n.id AS x, n.v AS y, null AS z
UNION ALL MATCH (a:Item)-[r:LINK]->(b:Item) RETURN 'link' AS kind, r.w AS x, a.id AS y, b.id AS z
UNION ALL MATCH (t:Counter) RETURN 'counter' AS kind, t.k AS x, null AS y, null AS z
UNION ALL MATCH (n:Big) RETURN 'big' AS kind, n.k AS x, count(n) AS y, sum(n.i) AS z
UNION ALL MATCH (n:Ballast) WITH count(n) AS x, sum(n.i) AS y, count(n.text) AS z RETURN 'ballast' AS kind, x, y, z
UNION ALL MATCH (n) WITH count(n) AS x RETURN 'nodes' AS kind, x, null AS y, null AS z
UNION ALL MATCH ()-[r]->() WITH count(r) AS x RETURN 'relationships' AS kind, x, null AS y, null AS z
""".strip().replace("\n", " ")
COUNT = "MATCH (t:Counter) SET t.k = {}"


class State:
    """The graph after a number of transactions."""

    def __init__(self, ballast):
        self.number, self.ballast = 0, ballast
        self.items, self.links = {}, {}
        self.big = (0, 0)
        self.indexed = False

    def copy(self):
        other = State(self.ballast)
        other.number, other.big, other.indexed = self.number, self.big, self.indexed
        other.items, other.links = dict(self.items), dict(self.links)
        return other

    def rows(self):
        """What QUERY prints, as a set of lines."""
        k, n = self.big
        rows = [("item", i, v, "") for i, v in self.items.items()]
        rows += [("link", w, a, b) for w, (a, b) in self.links.items()]
        rows += [("counter", self.number, "", "")] + [("big", k, n, n * (n + 1) // 2)] * (n > 0)
        m = self.ballast
        rows += [("ballast", m, m * (m + 1) // 2, m)]
        rows += [("nodes", len(self.items) + n + m + 1, "", ""), ("relationships", len(self.links), "", "")]
        return sorted(tuple(map(str, row)) for row in rows)

    def drop_item(self, item):
        del self.items[item]
        self.links = {w: ends for w, ends in self.links.items() if item not in ends}


class Program:
    """The transactions of a seed: number n is always the same one, given the state after n - 1."""

    def __init__(self, seed):
        self.seed = seed

    def setup(self, ballast):
        """Statements of the first graph, and its state."""
        script = ["CREATE (:Counter {k: 0});", "CREATE INDEX item_id FOR (n:Item) ON (n.id);"]
        if ballast:
            script += [f"UNWIND range(1, {ballast}) AS i CREATE (:Ballast {{i: i, text: 'ballast ' + toString(i)}});"]
        return script, State(ballast)

    def script(self, state, count, between=lambda number: []):
        """The next transactions as lines; `between` adds commands after a transaction."""
        state, lines = state.copy(), []
        for _ in range(count):
            lines += self.step(state)
            lines += between(state.number)
        return "\n".join(lines) + "\n"

    def after(self, state, number):
        """The state after transaction `number`."""
        state = state.copy()
        while state.number < number:
            self.step(state)
        return state

    def step(self, state):
        """Appends one transaction to the state; its statements, the last of which prints `ack-N`."""
        state.number += 1
        chance = random.Random(f"{self.seed}:{state.number}")
        kind = chance.choices(["single", "block", "rolled back", "failing", "big", "schema"], [10, 5, 2, 2, 1, 1])[0]
        acknowledge = f"RETURN 'ack-{state.number}' AS ack;"
        count = COUNT.format(state.number)
        if kind == "single":
            return [f"{count} WITH t {self._change(state, chance)} {acknowledge}"]
        if kind == "big":
            return [self._big(state, chance, count, acknowledge)]
        lines = self._before(kind, state, chance)
        changes = [f"{self._change(state, chance)};" for _ in range(chance.randint(1, 6))]
        if kind == "failing":
            changes.insert(chance.randrange(len(changes) + 1), "UNWIND [1, 0] AS d CREATE (:Item {id: -2, v: 10 / d});")
        if kind == "schema":
            changes.insert(chance.randrange(len(changes) + 1), self._schema(state))
        changes.insert(chance.randrange(len(changes) + 1), count + ";")
        return [*lines, "BEGIN;", *changes, "COMMIT;", acknowledge]

    def _before(self, kind, state, chance):
        """A transaction that is rolled back must leave nothing."""
        if kind != "rolled back":
            return []
        lost = [f"{self._change(state.copy(), chance)};" for _ in range(3)]
        return ["BEGIN;", "CREATE (:Item {id: -1, v: -1});", COUNT.format(-1) + ";", *lost, "ROLLBACK;"]

    def _change(self, state, chance):
        """One change of the graph that leaves one row."""
        kind = chance.choices(["create", "set", "delete", "link", "unlink"], [6, 4, 2, 5, 2])[0]
        fresh = state.number * 100 + chance.randrange(100)
        while fresh in state.items or fresh in state.links:
            fresh += 1_000_000
        if kind == "unlink" and state.links:
            link = chance.choice(list(state.links))
            start, _ = state.links.pop(link)
            return f"MATCH (:Item {{id: {start}}})-[r:LINK {{w: {link}}}]->() DELETE r"
        if kind == "create" or len(state.items) < 5:
            state.items[fresh] = value = chance.randrange(1000)
            return f"CREATE (:Item {{id: {fresh}, v: {value}}})"
        item = chance.choice(list(state.items))
        if kind == "delete" and len(state.items) > 40:
            state.drop_item(item)
            return f"MATCH (n:Item {{id: {item}}}) DETACH DELETE n"
        if kind == "link":
            other = chance.choice(list(state.items))
            state.links[fresh] = (item, other)
            return f"MATCH (a:Item {{id: {item}}}), (b:Item {{id: {other}}}) CREATE (a)-[:LINK {{w: {fresh}}}]->(b)"
        state.items[item] = value = chance.randrange(1000)
        return f"MATCH (n:Item {{id: {item}}}) SET n.v = {value}"

    def _big(self, state, chance, count, acknowledge):
        """Thousands of nodes made or deleted by one statement."""
        if state.big[1]:
            state.big = (0, 0)
            return f"{count} WITH t MATCH (b:Big) DELETE b WITH count(*) AS n {acknowledge}"
        n = chance.randint(500, 5000)
        state.big = (state.number, n)
        made = f"UNWIND range(1, {n}) AS i CREATE (:Big {{i: i, k: {state.number}}})"
        return f"{count} WITH t {made} WITH count(*) AS n {acknowledge}"

    def _schema(self, state):
        state.indexed = not state.indexed
        return "CREATE INDEX item_v FOR (n:Item) ON (n.v);" if state.indexed else "DROP INDEX item_v;"


def number_in(rows, what):
    """The count of transactions that a dump holds."""
    counters = [int(row[1]) for row in rows if row[0] == "counter"]
    require(len(counters) == 1, f"{what}: {len(counters)} counters instead of one")
    return counters[0]


def snapshot(kenning, file, what):
    """The rows of QUERY and the names and labels of the indexes, read in one transaction."""
    indexes = "SHOW INDEXES YIELD name, labelsOrTypes RETURN name, labelsOrTypes"
    commands = ["BEGIN", QUERY, indexes, "COMMIT"]
    arguments = [argument for command in commands for argument in ("-c", command)]
    text = kenning.must(file, "--read-only", "--format", "csv", *arguments, what=f"{what}: reading")
    rows = list(csv.reader(io.StringIO(text)))
    second = next((at for at, row in enumerate(rows) if row[:2] == ["name", "labelsOrTypes"]), len(rows))
    return rows[1:second], rows[second + 1 :]


def compare(kenning, file, program, before, least, most, what):
    """Requires the file to hold the state after exactly one of the numbers least..most; returns that state."""
    rows, indexes = snapshot(kenning, file, what)
    number = number_in(rows, what)
    require(number >= least, f"{what}: transaction {least} was acknowledged, but the file ends with {number}")
    require(number <= most, f"{what}: the file holds transaction {number}, but only {most} were sent")
    state = program.after(before, number)
    found, right = sorted(map(tuple, rows)), state.rows()
    if found != right:
        missing, extra = sorted(set(right) - set(found))[:5], sorted(set(found) - set(right))[:5]
        require(False, f"{what}: after transaction {number} the graph lacks {missing} and has {extra} instead")
    has_index = any(row[0] == "item_v" for row in indexes)
    require(has_index == state.indexed, f"{what}: index item_v is {has_index}, not {state.indexed}, at {number}")
    return state
