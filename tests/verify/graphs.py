"""The graphs of the benchmarks as database files, and changes of one percent of each."""
import glob, os, re

SOCIAL_NODES = ["Person", "City", "State", "Country", "Interest"]
SOCIAL_RELATIONSHIPS = ["follows", "lives_in", "has_interest", "city_in", "state_in"]
MORE_LABELS = {"Post": ":Message", "Comment": ":Message", "City": ":Place", "Country": ":Place", "Continent": ":Place"}


def debian(folder):
    packed = ".gz" if os.path.exists(f"{folder}/packages.csv.gz") else ""
    return [f"--nodes=Package={folder}/packages.csv{packed}", f"--relationships={folder}/depends.csv{packed}"]


def social(folder):
    nodes = [f"--nodes={label}={folder}/{label.lower()}.csv" for label in SOCIAL_NODES]
    return nodes + [f"--relationships={kind.upper()}={folder}/{kind}.csv" for kind in SOCIAL_RELATIONSHIPS]


def lsqb(folder):
    flags = ["--delimiter=|"]
    for path in sorted(glob.glob(f"{folder}/*.csv")):
        start, *kind = os.path.basename(path)[:-4].split("_")
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind[0]).upper() if kind else start + MORE_LABELS.get(start, "")
        flags.append(f"--{'relationships' if kind else 'nodes'}={name}={path}")
    return flags


FLAGS = {"debian": debian, "social": social, "lsqb": lsqb}

# Values set on 1 % of the nodes; 0.5 % of the relationships deleted, as many created; a few new nodes. The indexes only
# help to make the relationships.
CHANGES = {
    "debian": [
        "CREATE INDEX package_id FOR (p:Package) ON (p.id)",
        "MATCH (p:Package) WHERE p.id % 100 = 7 SET p.installed_size = p.installed_size + 1, p.section = 'libs'",
        "MATCH (p:Package) WHERE p.id % 200 = 9 SET p.summary = 'asynchronous ' + p.name",
        "MATCH (a:Package)-[r]->(b:Package) WHERE (a.id * 31 + b.id) % 200 = 3 DELETE r",
        "UNWIND range(1, 1900) AS i WITH i * 37 AS x, i * 53 AS y "
        "MATCH (a:Package {id: x}), (b:Package {id: y}) CREATE (a)-[:DEPENDS_ON {alternative: 0}]->(b)",
        "UNWIND range(1, 500) AS i CREATE (:Package {id: 1000000 + i, name: 'new-' + toString(i), section: 'python', summary: ''})",
        "DROP INDEX package_id",
    ],
    "social": [
        "CREATE INDEX person_id FOR (p:Person) ON (p.id)",
        "MATCH (p:Person) WHERE p.id % 100 = 7 SET p.age = p.age + 1, p.gender = 'male'",
        "MATCH (a:Person)-[r:FOLLOWS]->(b:Person) WHERE (a.id * 31 + b.id) % 200 = 3 DELETE r",
        "UNWIND range(1, 12400) AS i WITH i * 7 AS x, i * 7919 % 100000 AS y "
        "MATCH (a:Person {id: x}), (b:Person {id: y}) CREATE (a)-[:FOLLOWS]->(b)",
        "UNWIND range(1, 500) AS i MATCH (c:City {id: i}) "
        "CREATE (:Person {id: 1000000 + i, name: 'new', gender: 'female', age: 30})-[:LIVES_IN]->(c)",
        "DROP INDEX person_id",
    ],
    "lsqb": [
        "MATCH (a:Message)-[r]->(b) WHERE (a.id * 31 + b.id) % 200 = 3 DELETE r",
        "MATCH (a:Person)-[r]->(b) WHERE (a.id * 31 + b.id) % 200 = 3 DELETE r",
        "MATCH (a:Person), (b:Person) WHERE (a.id * 17 + b.id * 5) % 101 = 3 CREATE (a)-[:KNOWS]->(b)",
        "MATCH (c:Comment) WHERE c.id % 100 = 7 MATCH (t:Tag) WHERE t.id % 500 = c.id % 500 CREATE (c)-[:HAS_TAG]->(t)",
        "MATCH (n) WHERE id(n) % 100 = 7 SET n.touched = true",
    ],
}
