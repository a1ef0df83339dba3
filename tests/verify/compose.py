#!/usr/bin/env python3
"""Compares what is read of Compose files with the model that compose-go makes of them.

    tests/verify/compose.py target/release/kenning [FILE...]

Needs `go`, with which compose-go (the library of Docker Compose) is built into a temporary folder. Without files, three
random projects of 120 services are compared: needs in both forms, links, shared namespaces, networks, volumes, configs,
secrets, builds, and `extends` within the file and from another.
"""

import json
import os
import random
import subprocess
import sys
import tempfile

TOOL = "github.com/compose-spec/compose-go/v2/cmd@v2.16.2"
TYPES = ["DEPENDS_ON", "OPTIONALLY_DEPENDS_ON", "ATTACHED_TO", "USES_IMAGE", "BUILT_FROM", "MOUNTS", "CONFIGURED_BY"]
QUERY = f"MATCH (a:Service)-[r]->(b) WHERE type(r) IN {TYPES} RETURN a.name, type(r), b.name"


def service(chance, name, others, bases):
    """A random service as lines of YAML."""
    lines = [f"  {name}:"]
    if bases and chance.random() < 0.3:
        lines += ["    extends:"] + chance.choice([[f"      service: {chance.choice(bases)}"], ["      file: more/base.yaml", "      service: base"]])
    if chance.random() < 0.3:
        lines += ["    build:", f"      context: ./src/{name}", "      dockerfile: Dockerfile"]
    else:
        lines += [f"    image: example/{name}:1"]
    pick = lambda most: chance.sample(others, min(len(others), chance.randrange(most + 1)))
    needs = pick(3)
    if needs and chance.random() < 0.5:
        lines += ["    depends_on:"] + [f"      - {need}" for need in needs]
    elif needs:
        lines += ["    depends_on:"]
        for need in needs:
            lines += [f"      {need}:", "        condition: service_started"]
            lines += ["        required: false"] if chance.random() < 0.3 else []
    links = [other for other in pick(1) if other not in needs]
    lines += ["    links:"] + [f'      - "{link}:alias"' for link in links] if links else []
    if chance.random() < 0.1 and others:
        lines += [f'    network_mode: "service:{others[-1]}"'] if others[-1] not in needs + links else []
    elif chance.random() < 0.5:
        lines += ["    networks:"] + [f"      {net}: {{}}" for net in chance.sample(["front", "back", "side"], 2)]
    if chance.random() < 0.5:
        lines += ["    volumes:", f"      - data:/data/{name}", f"      - ./conf/{name}:/conf", "      - /var/run:/run"]
    if chance.random() < 0.3:
        lines += ["    secrets: [token]", "    configs:", "      - source: settings", "        target: /settings"]
    return lines


def project(folder, seed):
    chance, names, lines = random.Random(seed), [], ["services:"]
    for number in range(120):
        lines += service(chance, f"s{number}", names[-20:], [name for name in names[-5:]])
        names.append(f"s{number}")
    lines += ["networks: {front: {}, back: {}, side: {}}", "volumes: {data: {}}"]
    lines += ["secrets: {token: {environment: TOKEN}}", "configs: {settings: {content: x}}"]
    os.makedirs(os.path.join(folder, "more"), exist_ok=True)
    base = "services:\n  base:\n    image: example/base\n    volumes: [./shared:/shared, 'data:/base']\n    secrets: [token]\n"
    for name, text in [("compose.yaml", "\n".join(lines) + "\n"), ("more/base.yaml", base)]:
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)
    return os.path.join(folder, "compose.yaml")


def last(path):
    return path.rstrip("/").rsplit("/", 1)[-1]


def by_compose(tool, path):
    command = [tool, "-format", "json", os.path.basename(path)]
    answer = subprocess.run(command, cwd=os.path.dirname(path) or ".", capture_output=True, text=True)
    if answer.returncode:
        sys.exit(f"{path}: {answer.stderr}")
    relations = set()
    services = json.loads(answer.stdout)["services"]
    for name, service in services.items():
        for need, how in (service.get("depends_on") or {}).items():
            kind = "DEPENDS_ON" if how.get("required", True) else "OPTIONALLY_DEPENDS_ON"
            relations.add((name, kind, need))
        relations |= {(name, "ATTACHED_TO", net) for net in service.get("networks") or {} if net != "default"}
        relations |= {(name, "MOUNTS", last(one["source"])) for one in service.get("volumes") or [] if one.get("source")}
        for key in ("configs", "secrets"):
            relations |= {(name, "CONFIGURED_BY", one["source"]) for one in service.get(key) or []}
        if service.get("image"):
            relations.add((name, "USES_IMAGE", service["image"]))
        if service.get("build"):
            relations.add((name, "BUILT_FROM", last(service["build"]["context"])))
    return set(services), relations


def by_kenning(kenning, path, folder):
    graph = os.path.join(folder, "graph.kenning")
    if os.path.exists(graph):
        os.remove(graph)
    subprocess.run([kenning, "ingest", path, "-o", graph], check=True, capture_output=True)
    answer = subprocess.run([kenning, graph, "--format", "json", "-c", QUERY], check=True, capture_output=True, text=True)
    rows = [list(row.values()) if isinstance(row, dict) else row for row in json.loads(answer.stdout)]
    paths = ("BUILT_FROM", "MOUNTS")
    return {(start, kind, last(end) if kind in paths else end) for start, kind, end in rows}


def main():
    kenning, files = os.path.abspath(sys.argv[1]), sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["go", "install", TOOL], check=True, env={**os.environ, "GOBIN": folder})
        files = files or [project(os.path.join(folder, str(seed)), seed) for seed in range(3)]
        is_same = True
        for path in files:
            services, expected = by_compose(os.path.join(folder, "cmd"), path)
            found = {relation for relation in by_kenning(kenning, path, folder) if relation[0] in services}
            print(f"{path}: {len(expected)} relations, {len(expected - found)} missing, {len(found - expected)} too many")
            for relation in sorted(expected ^ found):
                print("  missing " if relation in expected else "  too many", *relation)
            is_same &= expected == found
    sys.exit(not is_same)


if __name__ == "__main__":
    main()
