#!/usr/bin/env python3
"""Changes queries a little and measures that no change costs much: a query a little off the beaten shape must cost a
little more.

    python3 tests/verify/perturb.py KENNING [--persons 20000] [--most 3] [--only NAME]

Each query runs as it is and with one perturbation: something that changes neither what it means nor what work it is (a
WITH before it, one more aggregate, an expression around a key, a parameter for a constant, a property set on one other
node before …). A twin may cost MOST times its query and half a millisecond more; one that seems to cost more is timed
twice again. The answers must be the same. Prints a table; exits 1 if a twin is too slow or answers differently.
"""
import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# Milliseconds of noise that are nothing.
NOISE = 0.5

QUERIES = {
    "count": "MATCH (p:Person) WHERE p.age > 40 RETURN count(*) AS n",
    "group": "MATCH (p:Person) RETURN p.age AS k, count(*) AS n ORDER BY k",
    "group_text": "MATCH (p:Person) RETURN p.gender AS k, count(*) AS n ORDER BY k",
    "group_date": "MATCH (p:Person) RETURN p.born.year AS k, count(*) AS n ORDER BY k",
    "sum": "MATCH (p:Person) RETURN avg(p.age) AS n, sum(p.age) AS s",
    "hop": "MATCH (p:Person)-[:FOLLOWS]->(q:Person) WHERE q.age > 70 RETURN count(*) AS n",
    "hop_group": "MATCH (p:Person)-[:FOLLOWS]->(q:Person) RETURN q.gender AS k, count(*) AS n ORDER BY k",
    "relation": "MATCH (p:Person)-[f:FOLLOWS]->(q:Person) WHERE f.weight > 90 RETURN count(*) AS n",
    "mutual": "MATCH (p:Person)-[:FOLLOWS]->(q:Person)-[:FOLLOWS]->(p) RETURN count(*) AS n",
    "distinct": "MATCH (p:Person)-[:FOLLOWS]->(q:Person) WHERE p.age = 30 RETURN count(DISTINCT q) AS n",
    "top": "MATCH (p:Person) RETURN p.id AS k, p.age AS n ORDER BY n DESC, k LIMIT 10",
    "exists": "MATCH (p:Person) WHERE EXISTS { (p)-[:FOLLOWS]->(q:Person) WHERE q.age > 78 } RETURN count(*) AS n",
    "optional": "MATCH (p:Person) OPTIONAL MATCH (p)-[:FOLLOWS]->(q:Person) WHERE q.age > 78 "
    "RETURN p.age AS k, count(q) AS n ORDER BY k",
    "seek": "MATCH (p:Person {id: 77})-[:FOLLOWS]->(q:Person) RETURN q.id AS k, 1 AS n ORDER BY k",
    "join": "MATCH (p:Person), (q:Person) WHERE p.age = 20 AND q.born = p.born RETURN count(*) AS n",
    "in": "MATCH (p:Person) WHERE p.age IN [20, 30, 40, 50, 60] RETURN count(*) AS n",
    "reach": "MATCH (p:Person {id: 77})-[:FOLLOWS*1..3]->(q:Person) RETURN count(DISTINCT q) AS n",
}


def replaced(pattern, by):
    """The query with the first match of the pattern replaced; None if there is none."""

    def perturb(query):
        twin = re.sub(pattern, by, query, count=1)
        return twin if twin != query else None

    return perturb


PERTURBATIONS = {
    "with before": lambda query: "WITH 1 AS one " + query,
    "unwind before": lambda query: "UNWIND [1] AS one " + query,
    "call around": lambda query: None if "ORDER BY" in query else f"CALL () {{ {query} }} RETURN *",
    "parameter": replaced(r"(> |= |id: )(\d+)", r"\1toInteger('\2')"),
    "expression": replaced(r"\b([pq])\.(age|born\.year) AS k", r"\1.\2 + 0 AS k"),
    "expression in where": replaced(r"WHERE ([pqf])\.(age|weight) ", r"WHERE \1.\2 + 0 "),
    "one more aggregate": replaced(r"count\((\*|q|DISTINCT q)\) AS n", r"count(\1) AS n, max(p.age) AS more"),
    "constant aggregate": replaced(r"count\((\*|q|DISTINCT q)\) AS n", r"count(\1) AS n, max(1) AS more"),
    "condition that holds": replaced(r"RETURN", "WITH * WHERE p.id >= 0 RETURN"),
    "rename": replaced(r"RETURN", "WITH *, p AS other RETURN"),
    "or": replaced(r"WHERE (\w)\.(\w+) > (\d+)", r"WHERE (\1.\2 > \3 OR \1.\2 > \3 + 1)"),
    "any end": replaced(r"\(q:Person\)", "(q:Person:Person)"),
    "named relation": replaced(r"\[:FOLLOWS\]", "[any_name:FOLLOWS]"),
    "two types": replaced(r"\[:FOLLOWS\]", "[:FOLLOWS|NOBODY]"),
    "twice distinct": replaced(r"RETURN (?!count|sum)", "RETURN DISTINCT "),
}

# Twins that cost more than they should: what the ends of relationships are is known to chains of columns alone, so that
# a row for each relationship is made where a count would do. How much more they may cost.
KNOWN = {
    "hop_group / one more aggregate": 25,
    "hop_group / condition that holds": 25,
    "exists / one more aggregate": 20,
    "exists / constant aggregate": 20,
}

parser = argparse.ArgumentParser()
parser.add_argument("kenning")
parser.add_argument("--persons", type=int, default=20000)
parser.add_argument("--most", type=float, default=3.0)
parser.add_argument("--only", default="")
parser.add_argument("--runs", type=int, default=5)
arguments = parser.parse_args()


def kenning(*rest):
    return subprocess.run([arguments.kenning, *map(str, rest)], capture_output=True, text=True, check=False)


def make(folder, persons):
    """A graph of persons who follow each other, made from a seed."""
    draw = random.Random(7)
    people, follows = folder / "people.csv", folder / "follows.csv"
    with people.open("w", encoding="utf-8") as out:
        out.write("id:ID(P),id:int,age:int,gender,born:date,note\n")
        for number in range(persons):
            born = f"{draw.randint(1940, 2005)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
            out.write(f"{number},{number},{draw.randint(18, 80)},{draw.choice(['f', 'm', 'x'])},{born},n{number}\n")
    with follows.open("w", encoding="utf-8") as out:
        out.write(":START_ID(P),:END_ID(P),weight:int\n")
        for number in range(10 * persons):
            out.write(f"{draw.randrange(persons)},{draw.randrange(persons)},{draw.randint(0, 99)}\n")
    graph = folder / "g.kenning"
    made = kenning("import", graph, f"--nodes=Person={people}", f"--relationships=FOLLOWS={follows}")
    assert made.returncode == 0, made.stderr
    return graph


def timed(graph, queries):
    """Least milliseconds and answer of each query, by name."""
    with tempfile.NamedTemporaryFile("w", suffix=".cypher") as file:
        file.write("".join(f"// name: {name}\n{query};\n" for name, query in queries.items()))
        file.flush()
        done = kenning("bench", graph, "--queries", file.name, "--runs", arguments.runs, "--format", "json", "--timeout", "60s")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    return {row["query"]: (row["ms_min"], row.get("value")) for row in rows if row["query"] in queries}


def answer(rows, width):
    """The columns that a query and its twins share, as a bag: a twin has no others before them."""
    return sorted(json.dumps(row[:width]) for row in rows)


def main():
    twins = {}
    for name, query in QUERIES.items():
        if arguments.only in name:
            twins[name] = query
            for change, perturb in PERTURBATIONS.items():
                twin = perturb(query)
                if twin:
                    twins[f"{name} / {change}"] = twin
    with tempfile.TemporaryDirectory() as folder:
        graph = make(Path(folder), arguments.persons)
        changed = Path(folder) / "changed.kenning"
        changed.write_bytes(graph.read_bytes())
        done = kenning(changed, "-c", "MATCH (p:Person {id: 5}) SET p.note = 'new'", "-c", "CREATE (:Other)")
        assert done.returncode == 0, done.stderr
        found = timed(graph, twins)
        bases = {name: query for name, query in twins.items() if " / " not in name}
        for name, result in timed(changed, bases).items():
            found[f"{name} / one change before"] = result
        bad = [line for name in found if " / " in name and (line := judged(name, twins, found, graph, changed))]
    ratios = sorted(found[name][0] / max(found[base_of(name)][0], 0.01) for name in found if " / " in name)
    print(f"{len(ratios)} twins, median {ratios[len(ratios) // 2]:.2f}, most {ratios[-1]:.2f}; {len(bad)} too slow or different")
    sys.exit(1 if bad else 0)


def base_of(name):
    return name.split(" / ")[0]


def judged(name, twins, found, graph, changed):
    """Prints the ratio of a twin; gives the line if it is too slow or answers differently."""
    base = base_of(name)
    query, twin = twins[base], twins.get(name, twins[base])
    on = graph if name in twins else changed
    most = KNOWN.get(name, arguments.most)
    (before, expected), (after, value) = found[base], found[name]
    for _ in range(2):
        if after <= most * before + NOISE:
            break
        (before, expected), (after, value) = timed(graph, {"q": query})["q"], timed(on, {"q": twin})["q"]
        found[base], found[name] = (before, expected), (after, value)
    width = len(expected[0]) if expected else 0
    same = answer(expected, width) == answer(value, width)
    wrong = "DIFFERENT" if not same else "SLOW" if after > most * before + NOISE else ""
    line = f"{name:45} {before:9.2f} {after:9.2f}  {after / max(before, 0.01):6.2f}  {wrong}"
    print(line, flush=True)
    return line if wrong else None


if __name__ == "__main__":
    main()
