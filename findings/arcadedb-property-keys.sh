#!/usr/bin/env bash
# ArcadeDB: db.propertyKeys() knows no key that no type declares.
#
# Guess, written down before the run: after `CREATE (:Harbour {name: 'Lee'})` the procedure, which answers Neo4j's clients
#   over Bolt, lists `name`, as Neo4j lists every key in use. (db.labels() lists `Harbour` as soon as there is one.)
# Behaviour: it lists the properties of the schema's types only. A database that is filled by openCypher alone declares none,
#   so that it lists nothing although keys(n) gives the key; once a type declares the property it is there.
# Seen with: arcadedb-embedded 26.10.2 (PyPI, brings its Java), neo4j 6.4.1 (PyPI), Python 3.11, 2026-12-01.
# For kenning: what a remote graph's nodes may be called by is also told from some of its nodes (docs/remote.md).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip -q install arcadedb-embedded==26.10.2 neo4j==6.4.1
cat >try.py <<'PYTHON'
import os, socket, subprocess, sys, time
import arcadedb_embedded, neo4j


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


wheel, bolt = os.path.dirname(arcadedb_embedded.__file__), free_port()
settings = {
    "arcadedb.server.rootPath": os.path.abspath("root"),
    "arcadedb.server.rootPassword": "only-for-this",
    "arcadedb.server.defaultDatabases": "try[root]",
    "arcadedb.server.plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
    "arcadedb.server.httpIncomingHost": "127.0.0.1",
    "arcadedb.server.httpIncomingPort": free_port(),
    "arcadedb.bolt.host": "127.0.0.1",
    "arcadedb.bolt.port": bolt,
}
os.mkdir("root")
options = [f"-D{key}={value}" for key, value in settings.items()]
command = [f"{wheel}/jre/bin/java", "-Xmx1g", *options, "-cp", f"{wheel}/jars/*", "com.arcadedb.server.ArcadeDBServer"]
with open("log", "w") as log:
    server = subprocess.Popen(command, stdout=log, stderr=log)
try:
    for _ in range(240):
        if "ArcadeDB Server started" in open("log").read():
            break
        time.sleep(0.5)
    driver = neo4j.GraphDatabase.driver(f"bolt://127.0.0.1:{bolt}", auth=("root", "only-for-this"))

    def ask(query):
        with driver.session(database="try") as session:
            return [record[0] for record in session.run(query)]

    ask("CREATE (:Harbour {name: 'Lee'})")
    seen = ask("CALL db.labels()"), ask("MATCH (n) RETURN keys(n)"), ask("CALL db.propertyKeys()")
    print(f"guessed: (['Harbour'], [['name']], ['name'])\nseen:    {seen}")
    driver.close()
finally:
    server.terminate()
    server.wait()
sys.exit(0 if seen == (["Harbour"], [["name"]], []) else f"changed: {seen}")
PYTHON
venv/bin/python try.py
echo "as described above"
