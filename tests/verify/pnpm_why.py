#!/usr/bin/env python3
"""Compares what kenning reads of pnpm-lock.yaml with `pnpm list` and `pnpm why`, on three projects.

    python3 tests/verify/pnpm_why.py KENNING

pnpm 12.21.0 (lockfileVersion 9.0) and 8.15.9 (6.0) are installed for it; needs the npm registry.
"""
import json, os, sys, tempfile

from locks import APP, FRONT, compare, finish, relations, run, upwards, write

kenning = os.path.abspath(sys.argv[1])

PATCH = """diff --git a/readme.md b/readme.md
index 0fc1abb..9fc1abb 100644
--- a/readme.md
+++ b/readme.md
@@ -1,3 +1,4 @@
 # ms
 
 ![CI](https://github.com/vercel/ms/workflows/CI/badge.svg)
+patched
"""
MONO = {
    "pnpm-workspace.yaml": """packages:
  - packages/*
catalog:
  react: ^18.2.0
  react-dom: ^18.2.0
catalogs:
  legacy:
    react: ^17.0.2
patchedDependencies:
  ms@2.1.3: patches/ms@2.1.3.patch
overrides:
  minimatch@^3: 3.1.2
""",
    "patches/ms@2.1.3.patch": PATCH,
    "package.json": {
        "name": "mono", "version": "1.0.0", "private": True,
        "dependencies": {"string-width-cjs": "npm:string-width@^4.2.0", "ms": "^2.0.0"},
        "devDependencies": {"eslint": "^8.57.0", "typescript": "^5.4.0"},
        "optionalDependencies": {"fsevents": "^2.3.3"},
    },
    "packages/web/package.json": {
        "name": "@acme/web", "version": "2.0.0",
        "dependencies": {
            "@acme/api": "workspace:^1.0.0", "react": "catalog:", "react-dom": "catalog:", "styled-components": "^6.0.0",
            "use-sync-external-store": "^1.2.0", "ms": "2.0.0",
        },
        "devDependencies": {"vite": "^5.0.0", "@types/react": "^18.0.0"}, "peerDependencies": {"postcss": "^8.0.0"},
    },
    "packages/api/package.json": {
        "name": "@acme/api", "version": "1.2.0",
        "dependencies": {"express": "^4.18.0", "pg": "^8.0.0", "linked": "link:../../linked"},
        "devDependencies": {"jest": "^29.0.0", "ts-node": "^10.0.0", "typescript": "^4.9.0"},
    },
    "packages/old/package.json": {
        "name": "old", "version": "0.1.0",
        "dependencies": {
            "react": "catalog:legacy", "react-dom": "^17.0.2", "use-sync-external-store": "^1.2.0",
            "@acme/api": "workspace:*", "vend": "file:../../vendor",
        },
        "devDependencies": {"@acme/web": "workspace:*"}, "dependenciesMeta": {"@acme/api": {"injected": True}},
    },
    "vendor/package.json": {"name": "vend", "version": "0.0.1", "dependencies": {"ms": "^2.1.0"}},
    "linked/package.json": {"name": "linked", "version": "0.0.2"},
}
PROJECTS = {"mono": (MONO, ["ms", "react"]), "app": (APP, ["ms"]), "front": (FRONT, ["semver", "react"])}
# Neither in the workspace nor from a registry: the lock knows no versions of them.
FOLDERS = ("linked", "vend")
SECTIONS = {"dependencies": "normal", "devDependencies": "dev", "optionalDependencies": "optional"}


def named(entry, folder, members):
    """Name and version, where links and copies of folders have none of their own."""
    version, name = entry["version"], entry.get("from") or entry["name"]
    if version.startswith(("link:", "file:")):
        return name, members.get(name, "")
    return name, version


def listed(start, entries, folder, members, edges):
    """The edges of `pnpm list`: what is shared is written out once."""
    for entry in entries.values():
        end = named(entry, folder, members)
        edges.add((start, end))
        listed(end, entry.get("dependencies", {}), folder, members, edges)


def explained(entry, folder, members, edges):
    """The edges of `pnpm why`."""
    for needer in entry.get("dependents", []):
        edges.add((named(needer, folder, members), named(entry, folder, members)))
        explained(needer, folder, members, edges)


def check(name, folder, files, asked, pnpm, has_why):
    run([*pnpm, "install", "--ignore-scripts"], folder)
    manifests = [files[path] for path in files if path.endswith("package.json")]
    members = {manifest["name"]: manifest["version"] for manifest in manifests}
    members = {name: version for name, version in members.items() if name not in FOLDERS}
    theirs, kinds = set(), set()
    for project in json.loads(run([*pnpm, "list", "-r", "--depth", "Infinity", "--json"], folder)):
        start = project["name"], project["version"]
        for section, kind in SECTIONS.items():
            entries = project.get(section, {})
            listed(start, entries, folder, members, theirs)
            kinds |= {(start, named(entry, folder, members), kind) for entry in entries.values()}
    found = relations(kenning, os.path.join(folder, "pnpm-lock.yaml"))
    needs = [relation for relation in found if relation.type != "PART_OF"]
    # What no version answers are optional peers, and the folders that links lead to.
    answered = {relation[:2] for relation in needs if relation.end[1] or relation.end[0] in FOLDERS}
    assert len({end for _, end in answered}) > 100
    compare(f"{name}: pnpm list", answered, theirs)
    ours = {(*r[:2], "normal" if r.kind == "peer" else r.kind) for r in needs if r.start[0] in members}
    compare(f"{name}: kinds of members' needs", {r for r in ours if r[1][1] or r[1][0] in FOLDERS}, kinds)
    for package in asked if has_why else ():
        edges, goals = set(), set()
        for entry in json.loads(run([*pnpm, "why", "-r", "--json", package], folder)):
            goals.add(named(entry, folder, members))
            explained(entry, folder, members, edges)
        ends = lambda edge: "to a member, where pnpm why ends" if edge[1][0] in members else None
        compare(f"{name}: pnpm why {package}", upwards(goals, answered), edges, ends)


def without_catalogs(files):
    """The same for pnpm 8, which has no catalogs and keeps its settings in package.json."""
    text = json.dumps(files).replace("catalog:legacy", "^17.0.2").replace("catalog:", "^18.2.0")
    files = json.loads(text)
    if "pnpm-workspace.yaml" in files:
        files["pnpm-workspace.yaml"] = "packages: ['packages/*']\n"
        patched = {"ms@2.1.3": "patches/ms@2.1.3.patch"}
        files["package.json"]["pnpm"] = {"patchedDependencies": patched, "overrides": {"minimatch@^3": "3.1.2"}}
    return files


with tempfile.TemporaryDirectory() as tools:
    for version in ("12.21.0", "8.15.9"):
        at = os.path.join(tools, version)
        os.makedirs(at)
        run(["npm", "install", "--prefix", at, f"pnpm@{version}"], at)
        pnpm = [os.path.join(at, "node_modules/.bin/pnpm")]
        is_old = version.startswith("8.")
        for name, (files, asked) in PROJECTS.items():
            with tempfile.TemporaryDirectory() as folder:
                write(folder, without_catalogs(files) if is_old else files)
                check(f"pnpm {version} {name}", folder, files, asked, pnpm, not is_old)
finish()
