"""LangChain's Neo4jGraph: `tool_langchain.py KENNING`. It reads a schema with APOC only, which kenning does not have."""

import logging
import sys
from pathlib import Path

from langchain_neo4j import Neo4jGraph
from neo4j.exceptions import CypherSyntaxError

sys.path.insert(0, str(Path(__file__).parent))
from run import Server, check  # noqa: E402

logging.disable(logging.WARNING)


with Server(sys.argv[1]) as server:
    graph = Neo4jGraph(url=f"bolt://{server.address}", username="nobody", password="none", refresh_schema=False)
    graph.query("CREATE (:Person {name: 'Ann', tags: ['a', 'b']})-[:KNOWS {since: 2001}]->(:Person {name: 'Bob'})")
    rows = graph.query("MATCH (a:Person)-[r:KNOWS]->(b) WHERE a.name = $name RETURN a, b.name AS name, r.since AS since", {"name": "Ann"})
    check("a query", rows == [{"a": {"name": "Ann", "tags": ["a", "b"]}, "name": "Bob", "since": 2001}], rows)
    try:
        graph.query("MATCH (n RETURN n")
        sys.exit("FAILED: a syntax error did not fail")
    except CypherSyntaxError as error:
        check("an error comes as its own", "expected" in error.message, error)
    labels = graph.query("CALL db.labels() YIELD label RETURN collect(label) AS labels")
    check("the labels", labels == [{"labels": ["Person"]}], labels)
    steps = graph.query("WHY Ann TO Bob")
    check("a walking statement", steps != [], steps)
    graph.close()
