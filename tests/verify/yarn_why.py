#!/usr/bin/env python3
"""Compares what kenning reads of yarn.lock with Yarn 1 (`yarn list`, `yarn why`, and `npm ls` on what it installed) and
with Yarn 4 (`yarn info`, `yarn why`), on three projects.

    python3 tests/verify/yarn_why.py KENNING

Yarn 1.22.22 and 4.18.1 are installed for it; needs the npm registry.
"""
import json, os, re, sys, tempfile

from locks import APP, FRONT, compare, finish, relations, run, write

kenning = os.path.abspath(sys.argv[1])

MONO = {
    "package.json": {
        "name": "mono", "version": "1.0.0", "private": True, "workspaces": ["packages/*"],
        "dependencies": {"string-width-cjs": "npm:string-width@^4.2.0", "ms": "^2.0.0", "linked": "file:./linked"},
        "devDependencies": {"eslint": "^8.57.0", "typescript": "^5.4.0"},
        "optionalDependencies": {"fsevents": "^2.3.3"}, "resolutions": {"minimatch": "3.1.2"},
    },
    "linked/package.json": {"name": "linked", "version": "0.0.2", "dependencies": {"ms": "^2.1.0"}},
    "packages/web/package.json": {
        "name": "@acme/web", "version": "2.0.0",
        "dependencies": {
            "@acme/api": "^1.0.0", "react": "^18.2.0", "react-dom": "^18.2.0", "styled-components": "^6.0.0",
            "string-width": "^5.0.0", "ms": "2.0.0",
        },
        "devDependencies": {"vite": "^5.0.0", "@types/react": "^18.0.0"}, "peerDependencies": {"postcss": "^8.0.0"},
    },
    "packages/api/package.json": {
        "name": "@acme/api", "version": "1.2.0",
        "dependencies": {"express": "^4.18.0", "pg": "^8.0.0"},
        "devDependencies": {"jest": "^29.0.0", "ts-node": "^10.0.0", "typescript": "^4.9.0"},
    },
}
PATCH = """diff --git a/index.js b/index.js
index 7e6f0c5..7e6f0c6 100644
--- a/index.js
+++ b/index.js
@@ -1,3 +1,4 @@
+// patched
 /*!
  * is-odd <https://github.com/jonschlinkert/is-odd>
  *
"""
PROJECTS = {"mono": (MONO, ["ms", "semver"]), "app": (APP, ["ms"]), "front": (FRONT, ["semver", "react"])}


def berry_mono():
    """The same with what Yarn 1 does not have."""
    files = json.loads(json.dumps(MONO))
    root, web, api = (files[path]["dependencies"] for path in files if "linked" not in path)
    root.update({"sass": "^1.70.0", "resolve": "^1.22.0", "bufferutil": "^4.0.1"})
    root["is-odd"] = "patch:is-odd@npm%3A3.0.1#./is-odd.patch"
    files["package.json"]["resolutions"] = {
        "minimatch": "3.1.2", "debug@npm:4.4.3/ms": "2.1.2", "pg@npm:^8.0.0": "8.11.0"
    }
    files["is-odd.patch"] = PATCH
    web["@acme/api"] = "workspace:^"
    files["packages/web/package.json"]["optionalDependencies"] = {"fsevents": "^2.3.0"}
    files["packages/api/package.json"]["devDependencies"].update({"mono": "*", "use-sync-external-store": "^1.2.0"})
    files["packages/api/package.json"]["devDependencies"]["react"] = "^17.0.2"
    return files


def real(name):
    """Name and range of `name@range`, with the package that an alias means."""
    name, range = re.match(r"(@?[^@]+)@(.*)", name).groups()
    alias = re.match(r"npm:(@?[^@]+)@(.+)", range)
    # `yarn list` shows an alias with its version, without the real name.
    return alias.groups() if alias else (name.removesuffix("-cjs"), range)


def listed(entries, packages, edges):
    """The packages of `yarn list`, and the names of what each needs."""
    for entry in entries:
        if entry.get("shadow"):
            continue
        package = real(entry["name"])
        packages.add(package)
        for child in entry["children"]:
            if child.get("shadow"):
                edges.add((package, real(child["name"])[0]))
        listed(entry["children"], packages, edges)


def installed(tree, edges, members):
    """The edges of `npm ls` without peers: where Node.js finds each need."""
    start = tree["name"], tree["version"]
    own = set(tree.get("_dependencies") or {})
    if start in members:
        own |= set(tree.get("devDependencies") or {})
    for name, child in tree.get("dependencies", {}).items():
        if child.get("version") and not child.get("missing"):
            if name in own and not child.get("extraneous"):
                edges.add((start, (child.get("name") or name, child["version"])))
            installed(dict(child, name=child.get("name") or name), edges, members)


def check_classic(name, folder, files, asked, yarn):
    run([*yarn, "install", "--ignore-scripts", "--non-interactive", "--ignore-engines"], folder)
    found = relations(kenning, os.path.join(folder, "yarn.lock"))
    members = {(f["name"], f["version"]) for path, f in files.items() if "linked" not in path}
    root = files["package.json"]["name"], files["package.json"]["version"]
    needs = [relation for relation in found if relation.type != "PART_OF" and relation.end[1]]
    is_there = lambda package: os.path.exists(os.path.join(folder, "node_modules", package))
    absent = lambda edge: None if is_there(edge[1][0]) else "to a package for another platform"
    packages, edges = set(), set()
    listed(json.loads(run([*yarn, "list", "--json"], folder))["data"]["trees"], packages, edges)
    ours = {relation.end for relation in needs} - members
    assert len(ours) > 100
    away = lambda package: None if is_there(package[0]) else "for another platform"
    compare(f"{name}: yarn list, packages", ours, packages - members, away)
    # What several versions need is written below the place of each copy only.
    ours = {(relation.start, relation.end[0]) for relation in needs if relation.start not in members}
    compare(f"{name}: yarn list, needs by name", ours, {edge for edge in edges if edge[0] not in members},
            lambda edge: "of a package for another platform" if not is_there(edge[0][0]) else
            None if is_there(edge[1]) else "to a package for another platform")
    theirs = set()
    tree = json.loads(run(["npm", "ls", "--all", "--json", "--long"], folder, may_fail=True))
    installed(tree, theirs, members)
    links = {(root, member) for member in members}
    far = lambda edge: None if is_there(edge[0][0]) or edge[0] in members else "of a package for another platform"
    compare(f"{name}: npm ls on what is installed", {relation[:2] for relation in needs}, theirs - links,
            lambda edge: absent(edge) or far(edge))
    for package in asked:
        check_reasons(name, folder, package, needs, yarn, root)


def check_reasons(name, folder, package, needs, yarn, root):
    """`yarn why`: every step of the chains that it shows is a need; lines with "Found" name folders."""
    names = {(relation.start[0], relation.end[0]) for relation in needs}
    steps = set()
    text = "\n".join(line for line in run([*yarn, "why", "--json", package], folder).splitlines() if "Found" not in line)
    for chain in re.findall(r'\\"([^"\\ ]+#[^"\\ ]+)\\"', text):
        parts = []
        for part in chain.split("#"):
            if parts and parts[-1].startswith("@") and "/" not in parts[-1]:
                parts[-1] += "/" + part
            elif part != "_project_":
                parts.append(part.removesuffix("-cjs"))
        steps |= set(zip(parts, parts[1:]))
    if not steps:
        print(f"        {name}: yarn why {package} shows no chain")
        return
    alone = lambda step: "of places that it does not show" if step not in steps else None
    compare(f"{name}: yarn why {package}, steps", names, steps, alone)


def locator(text, versions):
    name, reference = re.match(r"(@?[^@]+)@(.*)", re.sub(r"@virtual:[0-9a-f]+#", "@", text)).groups()
    return name, versions[re.sub(r"@virtual:[0-9a-f]+#", "@", text)]


def check_berry(name, folder, files, asked, yarn):
    write(folder, {"yarn.lock": "", ".yarnrc.yml": "enableGlobalCache: false\nenableTelemetry: false\n"})
    # Not one of the variables that make Yarn refuse to write a lock.
    env = {key: value for key, value in os.environ.items() if key != "CI"}
    run([*yarn, "install", "--mode=update-lockfile"], folder, env=env)
    found = relations(kenning, os.path.join(folder, "yarn.lock"))
    needs = [relation for relation in found if relation.type != "PART_OF"]
    lines = run([*yarn, "info", "--all", "--recursive", "--virtuals", "--json"], folder, env=env).splitlines()
    entries = [json.loads(line) for line in lines]
    plain = lambda text: re.sub(r"@virtual:[0-9a-f]+#", "@", text)
    versions = {plain(entry["value"]): entry["children"]["Version"] for entry in entries}
    theirs = set()
    for entry in entries:
        start = locator(entry["value"], versions)
        for need in entry["children"].get("Dependencies", []):
            theirs.add((start, locator(need["locator"], versions)))
        for peer in entry["children"].get("Peer dependencies", []):
            if peer["locator"]:
                theirs.add((start, locator(peer["locator"], versions)))
    # Peers that different needers answer differently have no version in the lock.
    open_peers = {(relation.start, relation.end[0]) for relation in needs if not relation.end[1]}
    several = {edge for edge in theirs if (edge[0], edge[1][0]) in open_peers}
    ours = {relation[:2] for relation in needs if relation.end[1]}
    # Yarn gives each package with a peer an optional peer on its types, which no file has.
    types = {edge for edge in theirs - ours - several if edge[1][0].startswith("@types/")}
    left_out = f"left out: {len(several)} peers with several answers, {len(types)} peers on types"
    assert len({end for _, end in ours}) > 100
    blocks = open(os.path.join(folder, "yarn.lock")).read().split("\n\n")

    def both(edge):
        named = [block for block in blocks if f'resolution: "{edge[0][0]}@npm:{edge[0][1]}"' in block]
        is_both = named and len(re.findall(rf'\n    "?{re.escape(edge[1][0])}"?: ', named[0])) > 1
        return "a peer, too, which yarn info leaves out" if is_both else None

    compare(f"{name}: yarn info ({left_out})", ours, theirs - several - types, both)
    for package in asked:
        edges = set()
        for line in run([*yarn, "why", package, "--json"], folder, env=env).splitlines():
            entry = json.loads(line)
            for child in entry["children"].values():
                edges.add((locator(entry["value"], versions), locator(child["locator"], versions)))
        peers = {relation[:2] for relation in needs if relation.kind == "peer"}
        into = {edge for edge in ours if edge[1][0] == package}
        shown = lambda edge: "a peer, which yarn why does not show" if edge in peers else None
        compare(f"{name}: yarn why {package}", into, edges - several, shown)


with tempfile.TemporaryDirectory() as tools:
    run(["npm", "install", "--prefix", tools, "yarn@1.22.22", "@yarnpkg/cli-dist@4.18.1"], tools)
    classic = ["node", os.path.join(tools, "node_modules/yarn/bin/yarn.js")]
    berry = ["node", os.path.join(tools, "node_modules/@yarnpkg/cli-dist/bin/yarn.js")]
    for name, (files, asked) in PROJECTS.items():
        with tempfile.TemporaryDirectory() as folder:
            write(folder, files)
            check_classic(f"Yarn 1 {name}", folder, files, asked, classic)
        with tempfile.TemporaryDirectory() as folder:
            files = berry_mono() if name == "mono" else files
            write(folder, files)
            check_berry(f"Yarn 4 {name}", folder, files, asked, berry)
finish()
