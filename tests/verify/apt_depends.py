#!/usr/bin/env python3
"""Compares what kenning reads of Debian's packages with `apt-cache depends`, both ways.

    python3 tests/verify/apt_depends.py KENNING [PACKAGE…]

Needs a Debian or Ubuntu whose lists are there (`apt-get update`). The packages and all that they need, by Depends and
Pre-Depends, are compared: who needs which name, which needs have alternatives, and who provides a virtual package.
Ends with 1 if anything differs.
"""
import collections, json, os, re, subprocess, sys, tempfile

KENNING = os.path.abspath(sys.argv[1])
PACKAGES = sys.argv[2:] or ["gnome", "vlc", "texlive-full", "default-jdk", "postgresql", "wordpress", "qemu-system", "curl"]
QUERY = """MATCH (a)-[r:DEPENDS_ON|PROVIDES]->(b)
RETURN a.name, type(r), r.kind, r.any_of, b.name, labels(b)[0]"""


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def stated():
    """The rows that kenning makes of `apt-cache dumpavail`."""
    with tempfile.TemporaryDirectory() as folder:
        packages, graph = os.path.join(folder, "Packages"), os.path.join(folder, "g.kenning")
        with open(packages, "w") as file:
            file.write(run("apt-cache", "dumpavail"))
        run(KENNING, "ingest", packages, "-o", graph)
        return json.loads(run(KENNING, graph, "--format", "json", "-c", QUERY))


def asked():
    """By package its needs as (kind, name, whether one of several), and by virtual package its providers."""
    switches = [f"--no-{kind}" for kind in "recommends suggests conflicts breaks replaces enhances".split()]
    needs, providers = collections.defaultdict(set), collections.defaultdict(set)
    package = virtual = None
    among = False
    for line in run("apt-cache", "depends", "--recurse", *switches, *PACKAGES).splitlines():
        if not line.startswith((" ", "<")):
            package, among = line.split(":")[0], False
            needs[package]
        elif need := re.match(r"^ ([ |])(PreDepends|Depends): (<?)([^>]*)", line):
            bar, kind, angle, name = need.groups()
            # A bar joins a need to the next one.
            if package is not None:
                needs[package].add((kind, name.split(":")[0], among or bar == "|"))
            among = bar == "|"
            virtual = name.split(":")[0] if angle else None
        elif line.startswith("    ") and virtual:
            providers[virtual].add(line.strip().split(":")[0])
        elif line.startswith("<"):
            package = virtual = None
    return needs, providers


def main():
    needs, providers = asked()
    have, provided = collections.defaultdict(set), collections.defaultdict(set)
    kinds = {"depends": "Depends", "pre-depends": "PreDepends"}
    for row in stated():
        start, end = row["a.name"], row["b.name"]
        if row["type(r)"] == "PROVIDES":
            provided[end].add(start)
        else:
            group = row["r.any_of"] or ""
            # A need of a name that is provided, too, is a group, but not one of alternatives.
            have[start].add((kinds[row["r.kind"]], end, "|" in group))
    wrong = 0
    for package, wanted in needs.items():
        missing, more = wanted - have[package], have[package] - wanted
        if missing or more:
            wrong += 1
            print(f"DIFFERS  {package}: apt alone {sorted(missing)}, kenning alone {sorted(more)}")
    for virtual, wanted in providers.items():
        # apt calls `perl:any` virtual, too.
        missing = wanted - provided[virtual] - {virtual}
        if missing:
            wrong += 1
            print(f"DIFFERS  providers of {virtual}: apt alone {sorted(missing)}")
    edges = sum(map(len, needs.values()))
    print(f"{len(needs)} packages, {edges} needs, {len(providers)} virtual packages, {wrong} differ")
    sys.exit(1 if wrong or not needs else 0)


main()
