"""TLS, names and roles with a driver: `tls_driver.py KENNING FOLDER`. The driver may be 6, or 4.4 for Bolt 4.4."""

import subprocess
import sys
import time
from pathlib import Path

import neo4j
from neo4j import GraphDatabase

sys.path.insert(0, str(Path(__file__).parent))
from run import Server, check  # noqa: E402

KENNING, FOLDER = sys.argv[1], Path(sys.argv[2])
IS_OLD = neo4j.__version__.startswith("4.")
ANN, BOB = ("ann", "secret of ann"), ("bob", "secret of bob")


def files():
    """A certificate of localhost with its key, and two users."""
    key, certificate, users = FOLDER / "key.pem", FOLDER / "certificate.pem", FOLDER / "users"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    command += ["-keyout", key, "-out", certificate, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(command, check=True, capture_output=True)
    with open(users, "w") as file:
        for (name, password), role in [(ANN, "writer"), (BOB, "reader")]:
            command = [KENNING, "password", name, "--role", role]
            file.write(subprocess.run(command, input=password, check=True, capture_output=True, text=True).stdout)
    return ["--tls-cert", certificate, "--tls-key", key, "--auth", users, "--agent", "Neo4j/5.26.0"]


def run(uri, auth, statement, **options):
    with GraphDatabase.driver(uri, auth=auth, **options) as driver:
        with driver.session() as session:
            return session.run(statement).single()


def fails(kind, *arguments, **options):
    started = time.time()
    try:
        run(*arguments, **options)
    except kind as error:
        return error, time.time() - started
    return sys.exit(f"FAILED: {arguments} did not fail")


def encrypted(address):
    for scheme in ["bolt+ssc", "neo4j+ssc"]:
        check(scheme, run(f"{scheme}://{address}", ANN, "CREATE (n:T) RETURN count(n)").value() == 1)
    host = address.replace("127.0.0.1", "localhost")
    fails(neo4j.exceptions.ServiceUnavailable, f"bolt+s://{host}", ANN, "RETURN 1")
    check("bolt+s refuses a certificate that nobody signed", True)
    if not IS_OLD:
        trusted = neo4j.TrustCustomCAs(str(FOLDER / "certificate.pem"))
        found = run(f"bolt://{host}", ANN, "RETURN 1", encrypted=True, trusted_certificates=trusted)
        check("a certificate that is trusted", found.value() == 1)
    fails(Exception, f"bolt://{address}", ANN, "RETURN 1")
    check("nothing is answered without TLS", True)


def users(address):
    uri = f"bolt+ssc://{address}"
    check("a reader reads", run(uri, BOB, "MATCH (n:T) RETURN count(n)").value() == 2)
    error, _ = fails(neo4j.exceptions.ClientError, uri, BOB, "CREATE (n:T) RETURN n")
    check("a reader may not write", error.code == "Neo.ClientError.Statement.AccessMode", error.code)
    told = set()
    for auth in [("ann", "wrong"), ("nobody", "wrong")]:
        error, spent = fails(neo4j.exceptions.AuthError, uri, auth, "RETURN 1")
        check(f"{auth[0]} is refused after a while", spent > 0.5 and error.code == "Neo.ClientError.Security.Unauthorized", spent)
        told.add(error.message)
    check("the refusal is the same for both", len(told) == 1, told)
    fails(neo4j.exceptions.AuthError, uri, None, "RETURN 1")


def old_bolt(address):
    """What Bolt 4.4 has of its own: numbers of nodes, times by their local clock."""
    with GraphDatabase.driver(f"neo4j+ssc://{address}", auth=ANN) as driver:
        driver.verify_connectivity()
        with driver.session() as session:
            summary = session.run("RETURN 1").consume()
            check("Bolt 4.4", summary.server.protocol_version == (4, 4), summary.server.protocol_version)
            row = session.run("CREATE (a:A {x: 1})-[r:R]->(b:B) RETURN a, r, b, id(a) AS number").single()
            check("numbers", row["a"].id == row["number"] and row["r"].nodes[1].id == row["b"].id, row)
            statement = "RETURN datetime('2024-07-01T12:00[Europe/Stockholm]') AS zone, datetime('2024-07-01T12:00+02:00') AS offset"
            row = session.run(statement).single()
            check("times", (str(row["zone"].tzinfo), row["zone"].hour, row["offset"].hour) == ("Europe/Stockholm", 12, 12), row)
            for value in row.values():
                check("times come back", session.run("RETURN $value", value=value).single().value() == value, value)
            counters = session.write_transaction(lambda tx: tx.run("CREATE (:A)").consume().counters)
            check("counters", counters.nodes_created == 1)
            check("a bookmark", session.last_bookmark())
            check("rows in portions", sum(row["n"] for row in session.run("UNWIND range(1, 5000) AS n RETURN n")) == 12_502_500)


print(f"neo4j {neo4j.__version__}")
with Server(KENNING, ":memory:", *files()) as server:
    encrypted(server.address)
    users(server.address)
    if IS_OLD:
        old_bolt(server.address)
