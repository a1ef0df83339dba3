#!/usr/bin/env python3
"""Real drivers against `kenning serve`: `tests/clients/run.py target/release/kenning [NAME …]`.

Each client is a pinned package and a script beside this file. The packages are installed into a folder of the cache,
once. A client whose language is not on this machine is reported as skipped; --strict makes that a failure.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "kenning-clients"


class Server:
    """A `kenning serve` whose Bolt address was free; `again` starts it on the same address."""

    def __init__(self, kenning, graph=":memory:", *arguments):
        self.command = [kenning, "serve", graph, "--http", "off", "--log", "warn", *arguments]
        self.address = "127.0.0.1:0"
        self.start()

    def start(self):
        command = [*self.command, "--bolt", self.address]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip().rpartition("//")[2]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def python(name, *packages):
    """The interpreter of an environment with these packages."""
    folder = CACHE / name
    interpreter = folder / "bin" / "python"
    if not interpreter.exists():
        venv.create(folder, with_pip=True)
    if subprocess.run([interpreter, "-m", "pip", "install", "--quiet", *packages]).returncode != 0:
        raise Missing(f"{' '.join(packages)} could not be installed")
    return str(interpreter)


def node(name, *packages):
    """A folder with these packages of npm."""
    need("node")
    need("npm")
    folder = CACHE / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"private": true, "type": "module"}\n')
    if subprocess.run(["npm", "install", "--silent", "--no-save", *packages], cwd=folder).returncode != 0:
        raise Missing(f"{' '.join(packages)} could not be installed")
    return folder


def need(program):
    if shutil.which(program) is None:
        raise Missing(f"{program} is not here")


class Missing(Exception):
    """What a client needs is not on this machine."""


def check(name, condition, detail=""):
    """For the scripts: ends with what was found unless the condition holds."""
    if not condition:
        sys.exit(f"FAILED {name}: {detail}")
    print(f"ok {name}", flush=True)


def run(*command, **options):
    subprocess.run([str(part) for part in command], check=True, timeout=900, **options)


def python_driver(kenning, version):
    interpreter = python(f"python-{version}", f"neo4j=={version}")
    with tempfile.TemporaryDirectory() as folder:
        run(interpreter, HERE / "python_driver.py", kenning, folder)


def javascript(kenning):
    folder = node("javascript", "neo4j-driver@6.3.0")
    shutil.copy(HERE / "javascript_driver.mjs", folder)
    with Server(kenning) as server:
        run("node", "javascript_driver.mjs", server.address, cwd=folder)


def go(kenning):
    need("go")
    folder = CACHE / "go"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "go_driver.go", folder / "main.go")
    (folder / "go.mod").write_text("module client\n\ngo 1.21\n\nrequire github.com/neo4j/neo4j-go-driver/v5 v5.28.4\n")
    if subprocess.run(["go", "mod", "tidy"], cwd=folder).returncode != 0:
        raise Missing("the Go driver could not be fetched")
    run("go", "build", "-o", "client", ".", cwd=folder)
    with Server(kenning) as server:
        run(folder / "client", server.address)


def java(kenning):
    need("mvn")
    need("java")
    folder = CACHE / "java"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "java_driver.xml", folder / "pom.xml")
    command = ["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=jars"]
    if subprocess.run(command, cwd=folder).returncode != 0:
        raise Missing("the Java driver could not be fetched")
    with Server(kenning, ":memory:", "--agent", "Neo4j/2026.08.0") as server:
        run("java", "-cp", "jars/*", HERE / "JavaDriver.java", server.address, cwd=folder)


def compliance(kenning):
    interpreter = python("compliance", "opencypher-compliance==1.0.1", "neo4j==5.28.1")
    with Server(kenning, ":memory:", "--agent", "Neo4j/5.26.0") as server:
        host, _, port = server.address.rpartition(":")
        tool = Path(interpreter).with_name("opencypher-compliance")
        command = [tool, "run", "-a", "bolt", "--host", host, "--port", port, "-q"]
        answer = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=900)
    results = json.loads(answer.stdout)["results"]
    failed = [f"{result['element']}: {result}" for result in results if result["result"] != "pass"]
    print(f"{len(results) - len(failed)} of {len(results)}")
    if failed or not results:
        raise subprocess.CalledProcessError(1, "\n".join(failed))


def tls(kenning, version):
    need("openssl")
    interpreter = python(f"python-{version}", f"neo4j=={version}")
    with tempfile.TemporaryDirectory() as folder:
        run(interpreter, "-W", "ignore::DeprecationWarning", HERE / "tls_driver.py", kenning, folder)


def tool(kenning, name, *packages):
    run(python(name, *packages), "-W", "ignore::DeprecationWarning", HERE / f"tool_{name}.py", kenning)


def mcp(kenning):
    interpreter = python("mcp", "mcp==2.3.0", "jsonschema==4.26.0")
    run(interpreter, HERE / "mcp_client.py", kenning)


CLIENTS = {
    "mcp": mcp,
    "python-6": lambda kenning: python_driver(kenning, "6.4.1"),
    "python-5": lambda kenning: python_driver(kenning, "5.28.1"),
    "javascript": javascript,
    "go": go,
    "java": java,
    "compliance": compliance,
    "tls": lambda kenning: tls(kenning, "6.4.1"),
    "bolt-4.4": lambda kenning: tls(kenning, "4.4.13"),
    "pandas": lambda kenning: tool(kenning, "pandas", "neo4j==6.4.1", "pandas==3.1.1", "networkx==3.6.1"),
    "neomodel": lambda kenning: tool(kenning, "neomodel", "neomodel==7.0.0"),
    "langchain": lambda kenning: tool(kenning, "langchain", "langchain-neo4j==0.11.0"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kenning", type=Path)
    parser.add_argument("clients", nargs="*", default=[], metavar="CLIENT", help=", ".join(CLIENTS))
    parser.add_argument("--strict", action="store_true", help="fail where a client cannot be installed")
    arguments = parser.parse_args()
    if unknown := set(arguments.clients) - set(CLIENTS):
        parser.error(f"no such client: {', '.join(sorted(unknown))}")
    failed = []
    for name in arguments.clients or CLIENTS:
        print(f"== {name}", flush=True)
        try:
            CLIENTS[name](str(arguments.kenning.resolve()))
        except Missing as reason:
            print(f"skipped: {reason}")
            failed += [name] if arguments.strict else []
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            print(f"FAILED: {error}")
            failed.append(name)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
