"""pandas and networkx through the driver: `tool_pandas.py KENNING`."""

import sys
from pathlib import Path

import networkx
from neo4j import GraphDatabase, Result

sys.path.insert(0, str(Path(__file__).parent))
from run import Server, check  # noqa: E402

MAKE = """
UNWIND range(1, 1000) AS i
CREATE (:P {i: i, half: i / 2.0, day: date('2024-01-01') + duration({days: i}), at: datetime('2024-01-01T00:00Z')})
"""
DOUBLE = "MATCH (a:P), (b:P) WHERE b.i = a.i * 2 CREATE (a)-[:DOUBLE {by: 2}]->(b)"


def frames(driver):
    statement = "MATCH (p:P) RETURN p.i AS i, p.half AS half, p.day AS day, p.at AS at ORDER BY i"
    frame = driver.execute_query(statement, result_transformer_=lambda result: result.to_df(parse_dates=True))
    check("a frame", (frame.shape, frame.i.sum(), frame.half.sum()) == ((1000, 4), 500_500, 250_250.0), frame)
    kinds = [frame[column].dtype.kind for column in frame]
    check("types of columns", kinds == ["i", "f", "M", "M"], frame.dtypes)
    check("days", str(frame.day.iloc[0].date()) == "2024-01-02", frame.day)
    statement = "MATCH (a:P {i: 1})-[r]->(b) RETURN a, r, b"
    wide = driver.execute_query(statement, result_transformer_=lambda result: result.to_df(expand=True)).iloc[0]
    found = (wide["a().prop.i"], wide["r->.type"], wide["r->.prop.by"], wide["b().labels"])
    check("columns of nodes and relationships", found == (1, "DOUBLE", 2, frozenset({"P"})), wide)
    statement = "UNWIND $rows AS row MERGE (q:Q {i: row.i}) SET q.half = row.half"
    driver.execute_query(statement, rows=frame[["i", "half"]].to_dict("records"))
    written = driver.execute_query("MATCH (q:Q) RETURN count(q) AS n, sum(q.half) AS sum").records[0]
    check("a frame is written", tuple(written) == (1000, 250_250.0), written)


def graphs(driver):
    found = driver.execute_query("MATCH (a:P)-[r]->(b) RETURN a, r, b", result_transformer_=Result.graph)
    graph = networkx.DiGraph((r.start_node["i"], r.end_node["i"]) for r in found.relationships)
    check("a graph of networkx", (graph.number_of_nodes(), graph.number_of_edges()) == (750, 500))
    longest = driver.execute_query("MATCH p = (:P)-[:DOUBLE*]->(:P) RETURN max(length(p)) AS longest").records[0]["longest"]
    check("its longest path", networkx.dag_longest_path_length(graph) == longest == 9, longest)


with Server(sys.argv[1]) as server, GraphDatabase.driver(f"neo4j://{server.address}") as driver:
    driver.execute_query(MAKE)
    driver.execute_query(DOUBLE)
    frames(driver)
    graphs(driver)
