"""Random queries of the reading language over small random graphs: what two engines must answer alike."""
import random

LABELS = ["A", "B"]
TYPES = ["R", "S"]
KEYS = ["k", "v", "s"]


def queries(seed, count):
    """Statements that make a graph, and then queries of it."""
    source = Source(random.Random(seed))
    return [source.graph()] + [source.query() for _ in range(count)]


class Source:
    def __init__(self, dice):
        self.dice = dice
        self.fresh = 0

    def one(self, *choices):
        return self.dice.choice(choices)

    def chance(self, share):
        return self.dice.random() < share

    def name(self, start):
        self.fresh += 1
        return f"{start}{self.fresh}"

    # The graph.

    def graph(self):
        nodes = self.dice.randint(3, 6)
        parts = [f"(n{at}{self.own_labels()} {self.properties(at)})" for at in range(nodes)]
        for at in range(self.dice.randint(3, 9)):
            ends = self.dice.randrange(nodes), self.dice.randrange(nodes)
            parts.append(f"(n{ends[0]})-[:{self.one(*TYPES)} {self.properties(at)}]->(n{ends[1]})")
        return "CREATE " + ", ".join(parts)

    def own_labels(self):
        return "".join(f":{label}" for label in LABELS if self.chance(0.5))

    def properties(self, at):
        pairs = [f"id: {at}"] + [f"{key}: {self.stored(key)}" for key in KEYS if self.chance(0.7)]
        return "{" + ", ".join(pairs) + "}"

    def stored(self, key):
        match key:
            case "k":
                return str(self.dice.randint(0, 3))
            case "v":
                return self.one("1.5", "-2.0", "3", "true", "'x'", "[1, 2]", "date('2020-01-31')")
            case _:
                return self.one("'a'", "'ab'", "'b'", "''")

    # Queries.

    def query(self):
        self.fresh = 0
        if self.chance(0.1):
            columns = 2
            word = self.one("UNION", "UNION ALL")
            return f" {word} ".join(self.single(columns) for _ in range(2))
        return self.single(self.dice.randint(1, 3))

    def single(self, columns):
        known = {}
        text = [self.match(known, optional=False)]
        for _ in range(self.dice.choice([0, 0, 1, 1, 2])):
            text.append(self.clause(known))
        # Neo4j 2026.08.1 gives null for a computed column that is sorted by, where OPTIONAL MATCH has found nothing.
        text.append(self.returned(known, columns, sorted_too="OPTIONAL" not in " ".join(text)))
        return " ".join(text)

    def clause(self, known):
        match self.dice.randrange(6):
            case 0 | 1:
                return self.match(known, optional=self.chance(0.5))
            case 2:
                name = self.name("u")
                text = f"UNWIND {self.list(known)} AS {name}"
                known[name] = "value"
                return text
            case 3:
                return self.with_(known)
            case 4:
                name, inner = self.name("c"), dict(known)
                nodes = ", ".join(sorted(known))
                text = f"CALL ({nodes}) {{ {self.match(inner, False)} RETURN {self.one('count(*)', 'min(1)')} AS {name} }}"
                known[name] = "value"
                return text
            case _:
                return f"WITH * WHERE {self.condition(known)}"

    def with_(self, known):
        kept = [name for name in sorted(known) if self.chance(0.8)]
        name, value = self.name("w"), self.one("plain", "aggregate", "distinct")
        word, items = "WITH", list(kept)
        if value == "aggregate":
            items.append(f"{self.aggregate(known)} AS {name}")
        else:
            word = "WITH DISTINCT" if value == "distinct" else word
            items.append(f"{self.value(known)} AS {name}")
        for gone in set(known) - set(kept):
            del known[gone]
        known[name] = "value"
        return f"{word} {', '.join(items)}" + (f" WHERE {self.condition(known)}" if self.chance(0.4) else "")

    def match(self, known, optional):
        inner = known
        patterns = ", ".join(self.pattern(inner) for _ in range(self.dice.choice([1, 1, 1, 2])))
        condition = f" WHERE {self.condition(inner)}" if self.chance(0.5) else ""
        return f"{'OPTIONAL ' if optional else ''}MATCH {patterns}{condition}"

    def pattern(self, known):
        text = self.node(known)
        for _ in range(self.dice.choice([0, 1, 1, 1, 2])):
            text += (self.group(known) if self.chance(0.15) else self.relationship(known)) + self.node(known)
        return text

    def group(self, known):
        """A quantified part, or a relationship with a quantifier behind it."""
        quantifier = self.one("{1,2}", "{2}", "{0,1}", "{,2}")
        if self.chance(0.5):
            left, right = self.one(("-", "->"), ("<-", "-"), ("-", "-"))
            return f"{left}[{self.one('', ':R', ':S')}]{right}{quantifier}"
        name = self.name("g")
        known[name] = "relationships"
        start, end = self.name("x"), self.name("y")
        condition = self.one("", "", f" WHERE {name}.k > 0", f" WHERE {start}.k < {end}.k")
        return f"(({start})-[{name}{self.one('', ':R')}]->({end}{self.one('', ':A')}){condition}){quantifier}"

    def node(self, known):
        bound = [name for name, kind in sorted(known.items()) if kind == "node"]
        if bound and self.chance(0.3):
            return f"({self.dice.choice(bound)})"
        name = ""
        if self.chance(0.85):
            name = self.name("n")
            known[name] = "node"
        labels = self.one("", "", "", ":A", ":B", ":A|B", ":!A", ":A&B", ":%")
        properties = f" {{k: {self.dice.randint(0, 3)}}}" if self.chance(0.1) else ""
        return f"({name}{labels}{properties})"

    def relationship(self, known):
        name = ""
        several = self.one("", "", "", "", "*1..2", "*0..1", "*2", "*..3")
        if self.chance(0.6):
            name = self.name("r")
            known[name] = "relationships" if several else "relationship"
        types = self.one("", "", ":R", ":S", ":R|S")
        left, right = self.one(("-", "->"), ("<-", "-"), ("-", "-"))
        return f"{left}[{name}{types}{several}]{right}"

    def condition(self, known, depth=0):
        if depth < 2 and self.chance(0.3):
            joined = f"{self.condition(known, depth + 1)} {self.one('AND', 'OR', 'XOR')} {self.condition(known, depth + 1)}"
            return f"{self.one('', 'NOT ')}({joined})"
        nodes = [name for name, kind in sorted(known.items()) if kind == "node"]
        match self.dice.randrange(9):
            case 0:
                return f"{self.value(known)} {self.one('=', '<>', '<', '<=', '>', '>=')} {self.value(known)}"
            case 1:
                return f"{self.value(known)} IS {self.one('', 'NOT ')}NULL"
            case 2:
                return f"{self.value(known)} IN {self.list(known)}"
            case 3 if nodes:
                return f"{self.dice.choice(nodes)}:{self.one('A', 'B', 'A|B', '!A', 'A&B')}"
            case 4 if nodes:
                return f"EXISTS {{ ({self.dice.choice(nodes)}){self.one('-->', '<--', '--', '-[:R]->')}({self.one('', ':A')}) }}"
            case 5 if nodes:
                return f"COUNT {{ ({self.dice.choice(nodes)})--() }} {self.one('=', '>', '<')} {self.dice.randint(0, 3)}"
            case 6:
                return f"{self.one('any', 'all', 'none', 'single')}(x IN {self.list(known)} WHERE x {self.one('=', '>')} 1)"
            case 7:
                return f"{self.text(known)} {self.one('STARTS WITH', 'ENDS WITH', 'CONTAINS', '=~')} {self.one(repr('a'), repr('b'), repr(''))}"
            case _:
                return f"{self.value(known)} = {self.dice.randint(0, 3)}"

    def holder(self, known):
        return [name for name, kind in sorted(known.items()) if kind in ("node", "relationship")]

    def text(self, known):
        holders = self.holder(known)
        return f"{self.dice.choice(holders)}.s" if holders and self.chance(0.7) else self.one("'ab'", "null", "'b'")

    def number(self, known):
        holders = self.holder(known)
        return f"{self.dice.choice(holders)}.k" if holders and self.chance(0.7) else self.one("1", "2", "0", "null", "1.5")

    def value(self, known):
        holders, values = self.holder(known), [name for name, kind in sorted(known.items()) if kind == "value"]
        match self.dice.randrange(9):
            case 0 | 1 if holders:
                return f"{self.dice.choice(holders)}.{self.one('k', 'v', 's', 'id', 'none')}"
            case 2 if values:
                return self.dice.choice(values)
            case 3:
                return f"{self.number(known)} {self.one('+', '-', '*')} {self.number(known)}"
            case 4:
                return f"{self.one('toUpper', 'size', 'reverse', 'toString')}({self.text(known)})"
            case 5:
                return f"CASE WHEN {self.number(known)} > 1 THEN {self.number(known)} ELSE {self.text(known)} END"
            case 6:
                return f"coalesce({self.number(known)}, {self.text(known)})"
            case 7:
                return self.list(known)
            case _:
                return self.one("null", "true", "0", "1", "'a'", "1.5", self.number(known))

    def list(self, known):
        match self.dice.randrange(4):
            case 0:
                return f"[{self.number(known)}, {self.text(known)}]"
            case 1:
                return f"range(0, {self.dice.randint(0, 3)})"
            case 2:
                return f"[x IN [1, 2, null, 3] WHERE x {self.one('>', '=', '<>')} {self.number(known)} | x + 1]"
            case _:
                return self.one("[]", "[null]", "[1, 2]", "[1.0, 'a', null]", "['a', 'ab']")

    def aggregate(self, known):
        function = self.one("count", "min", "max", "count", "sum", "avg")
        if self.chance(0.2):
            return "count(*)"
        distinct = "DISTINCT " if self.chance(0.3) else ""
        argument = self.number(known) if function in ("sum", "avg") else self.value(known)
        return f"{function}({distinct}{argument})"

    def returned(self, known, columns, sorted_too):
        grouped = self.chance(0.3)
        items, keys = [], []
        for at in range(columns):
            kind = "value"
            if grouped and at == columns - 1:
                text = self.aggregate(known)
            elif known and self.chance(0.5):
                text = self.dice.choice(sorted(known))
                kind = known[text]
            else:
                text = self.value(known)
            items.append(f"{text} AS c{at}")
            # How entities themselves are sorted is each engine's own affair.
            keys.append({"value": f"c{at}", "relationships": f"[x IN c{at} | x.id]"}.get(kind, f"c{at}.id"))
        distinct = "DISTINCT " if not grouped and self.chance(0.2) else ""
        order = ""
        if sorted_too and self.chance(0.3):
            order = " ORDER BY " + ", ".join(key + self.one("", " DESC") for key in keys)
            # Rows with equal keys are equal in every column that is kept.
            order += self.one("", f" SKIP {self.dice.randint(0, 3)}", f" LIMIT {self.dice.randint(0, 4)}")
        return f"RETURN {distinct}{', '.join(items)}{order}"
