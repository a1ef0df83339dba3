"""The same nodes, edges and weights as NetworkX has, of the files that it writes.

    python3 tests/verify/networkx_files.py target/release/kenning

Checked with NetworkX 3.6.1 (pip install networkx). Random graphs (seeds 0 to 59), with and without direction and parallel
edges, are written as GEXF, adjacency_data, cytoscape_data, an edge list with data, a CSV of edges and a dictionary of
dictionaries. An edge list and a CSV have no nodes of their own, a dictionary of dictionaries no parallel edges.
"""

import collections
import csv
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import networkx

GRAPHS = 60
WORDS = ["depends on", "calls", "PART_OF", None]


def graph(seed):
    chance = random.Random(seed)
    kinds = [networkx.DiGraph, networkx.MultiDiGraph, networkx.Graph, networkx.MultiGraph]
    made = chance.choice(kinds)()
    names = [f"n{number}" for number in range(chance.randrange(2, 12))]
    for name in names:
        made.add_node(name, zone=chance.choice(["eu", "us"]))
    for _ in range(chance.randrange(1, 25)):
        data = {"weight": chance.randrange(9)}
        word = chance.choice(WORDS)
        if word:
            data["relation"] = word
        made.add_edge(chance.choice(names), chance.choice(names), **data)
    return made


def write_csv(made, path):
    with open(path, "w", newline="", encoding="utf-8") as out:
        rows = csv.DictWriter(out, ["source", "target", "relation", "weight"])
        rows.writeheader()
        for start, end, data in made.edges(data=True):
            rows.writerow({"source": start, "target": end, "relation": data.get("relation"), "weight": data["weight"]})


def dump(make):
    return lambda made, path: path.write_text(json.dumps(make(made)), encoding="utf-8")


# Name, format, how it is written, whether it has nodes without edges, parallel edges.
FILES = [
    ("g.gexf", "gexf", networkx.write_gexf, True, True),
    ("g.json", "adjacency-data", dump(networkx.adjacency_data), True, True),
    ("g.cyjs", "cytoscape", dump(networkx.cytoscape_data), True, True),
    ("g.edgelist", "pairs", networkx.write_edgelist, False, True),
    ("g.csv", "csv-edges", write_csv, False, True),
    ("d.json", "adjacency-lists", dump(networkx.to_dict_of_dicts), True, False),
]


def ends(start, end, directed):
    return (start, end) if directed else tuple(sorted((start, end)))


def theirs(made):
    directed = made.is_directed()
    edges = (ends(start, end, directed) + (data["weight"],) for start, end, data in made.edges(data=True))
    return set(made.nodes), collections.Counter(edges)


def query(kenning, file, text):
    command = [kenning, str(file), "--no-color", "--format", "json", "-c", text]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def ours(kenning, path, form, directed):
    out = path.with_suffix(".kenning")
    # Another form of the graph was read into it.
    out.unlink(missing_ok=True)
    command = [kenning, "ingest", str(path), "--format", form, "-o", str(out)]
    subprocess.run(command, capture_output=True, check=True)
    nodes = {row["n"] for row in query(kenning, out, "MATCH (n) RETURN n.name AS n")}
    rows = query(kenning, out, "MATCH (a)-[r]->(b) RETURN a.name AS a, b.name AS b, r.weight AS w")
    return nodes, collections.Counter(ends(row["a"], row["b"], directed) + (int(row["w"]),) for row in rows)


def main():
    kenning = sys.argv[1]
    checked = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(GRAPHS):
            made = graph(seed)
            for name, form, write, has_nodes, has_parallel in FILES:
                # A dictionary of dictionaries has an edge without direction twice.
                if not has_parallel and (made.is_multigraph() or not made.is_directed()):
                    continue
                path = pathlib.Path(folder) / f"{seed}-{name}"
                write(made, path)
                (nodes, edges), (got_nodes, got_edges) = theirs(made), ours(kenning, path, form, made.is_directed())
                if (has_nodes and nodes != got_nodes) or edges != got_edges:
                    print(f"{form}, seed {seed}: only NetworkX {edges - got_edges}, only kenning {got_edges - edges}")
                    sys.exit(path.read_text(encoding="utf-8"))
                checked += 1
    print(f"{checked} files of {GRAPHS} graphs: the same")


if __name__ == "__main__":
    main()
