#!/usr/bin/env bash
# NetworkX's Cytoscape JSON: nodes are called by texts, edges by numbers.
#
# Guess, written down before the run: `source` and `target` of an edge are the `id` of a node, of the same JSON type.
# Behaviour: for nodes that are integers, `cytoscape_data` writes the id of a node as a text ("1") and the ends of an edge
#   as numbers (1), so that a reader that compares JSON values finds no edge's ends. `name` is the id even where the node
#   has a `label` of its own.
# Seen with: networkx 3.6.1 (PyPI), Python 3.11, 2026-11-30.
# For kenning: the reader of Cytoscape JSON compares ids as they are spelled.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip -q install networkx==3.6.1
cat >try.py <<'PYTHON'
import json, sys
import networkx

graph = networkx.DiGraph()
graph.add_node(1, label="mole")
graph.add_node(2, label="harbour")
graph.add_edge(1, 2)
elements = networkx.cytoscape_data(graph)["elements"]
print(json.dumps(elements, indent=1))
node, edge = elements["nodes"][0]["data"], elements["edges"][0]["data"]
seen = (node["id"], edge["source"], node["name"])
print(f"guessed: one type of id, name 'mole'\nseen:    {seen}")
sys.exit(0 if seen == ("1", 1, "1") else f"changed: {seen}")
PYTHON
venv/bin/python try.py
echo "as described above"
