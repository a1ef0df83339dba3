#!/usr/bin/env python3
"""Compares what kenning reads of package-lock.json with `npm ls` and `npm explain`, on three projects.

    python3 tests/verify/npm_ls.py KENNING

npm 11.19.1 is installed for it; needs the npm registry.
"""
import json, os, sys, tempfile

from locks import compare, finish, relations, run, upwards, write

kenning = os.path.abspath(sys.argv[1])

MONO = {
    "package.json": {
        "name": "mono", "version": "1.0.0", "private": True, "workspaces": ["packages/*", "./tools/gen/"],
        "dependencies": {"linked": "file:linked", "string-width-cjs": "npm:string-width@^4.2.0"},
        "devDependencies": {"eslint": "^8.57.0", "typescript": "^5.4.0"},
        "optionalDependencies": {"fsevents": "^2.3.3"},
    },
    "linked/package.json": {
        "name": "linked", "version": "0.0.1", "dependencies": {"ms": "^2.0.0"}, "devDependencies": {"tape": "^5.0.0"},
    },
    "packages/web/package.json": {
        "name": "@acme/web", "version": "2.0.0",
        "dependencies": {
            "@acme/api": "^1.0.0", "react": "^18.0.0", "react-dom": "^18.0.0", "string-width": "^5.0.0",
            "styled-components": "^6.0.0",
        },
        "devDependencies": {"vite": "^5.0.0", "@types/react": "^18.0.0"},
        "peerDependencies": {"postcss": "^8.0.0"}, "peerDependenciesMeta": {"sass": {"optional": True}},
    },
    "packages/api/package.json": {
        "name": "@acme/api", "version": "1.2.0",
        "dependencies": {"express": "^4.18.0", "ms": "2.0.0", "pg": "^8.0.0"},
        "devDependencies": {"jest": "^29.0.0", "eslint": "^8.0.0"},
    },
    "tools/gen/package.json": {
        "name": "gen", "version": "0.1.0", "dependencies": {"handlebars": "^4.7.0", "yargs": "^16.0.0"},
    },
}
APP = {
    "package.json": {
        "name": "app", "version": "0.1.0",
        "dependencies": {
            "fastify": "^4.0.0", "sharp": "^0.33.0", "webpack": "^5.0.0", "node-sass-middleware": "^1.0.0",
        },
        "devDependencies": {"mocha": "^10.0.0", "rollup": "^4.0.0"}, "overrides": {"minimatch": "^9.0.0"},
    }
}
FRONT = {
    "package.json": {
        "name": "@acme/front", "version": "3.0.0",
        "dependencies": {"next": "^14.0.0", "react": "^18.0.0", "react-dom": "^18.0.0", "@mui/material": "^5.0.0"},
        "devDependencies": {"@babel/core": "^7.0.0", "@babel/preset-env": "^7.0.0", "npm": "^10.0.0"},
    }
}
PROJECTS = {"mono": (MONO, ["ms", "semver"]), "app": (APP, ["minimatch", "ms"]), "front": (FRONT, ["semver", "react"])}
KINDS = {"prod": "normal", "peerOptional": "peer"}


def node(entry, name=""):
    return entry.get("name") or name, entry.get("version") or ""


def listed(tree, edges, members):
    """The edges of `npm ls`: what is shared is written out once."""
    for name, child in tree.get("dependencies", {}).items():
        if not child.get("missing") and child.get("version"):
            if node(child, name) not in members or tree.get("name") != members["root"]:
                edges.add((node(tree), node(child, name)))
            listed(child, edges, members)


def explained(entry, edges):
    """The edges of `npm explain`, with kinds."""
    for need in entry.get("dependents", []):
        needer = need["from"]
        is_root = "location" in needer and "name" not in needer
        start = node(roots[0]) if is_root else node(needer)
        if need["type"] != "workspace":
            edges.add((start, node(entry), KINDS.get(need["type"], need["type"])))
        explained(needer, edges)


def check(name, folder, files, asked, npm):
    lock = os.path.join(folder, "package-lock.json")
    run([*npm, "install", "--ignore-scripts", "--no-audit", "--no-fund"], folder)
    assert len(json.load(open(lock))["packages"]) > 100
    manifest = files["package.json"]
    roots[:] = [manifest]
    members = {node(files[path]): path for path in files if path != "package.json" and "linked" not in path}
    members["root"] = manifest["name"]
    tree = json.loads(run([*npm, "ls", "--all", "--long", "--json", "--package-lock-only"], folder, may_fail=True))
    theirs = set()
    listed(tree, theirs, members)
    found = relations(kenning, lock)
    needs = [relation for relation in found if relation.type != "PART_OF"]
    answered = {relation[:2] for relation in needs if relation.end[1]}
    compare(f"{name}: npm ls --all", answered, theirs)
    workspaces = {relation[:2] for relation in found if relation.type == "PART_OF"}
    if len(members) > 1:
        root = node(manifest)
        compare(f"{name}: workspaces", workspaces, {(member, root) for member in members if member != "root"})

    for package in asked:
        edges, goals = set(), set()
        for entry in json.loads(run([*npm, "explain", "--json", package], folder)):
            goals.add(node(entry))
            explained(entry, edges)
        ours = upwards(goals, {(*relation[:2], relation.kind) for relation in needs if relation.end[1]})

        def unseen(edge):
            if edge[1] in members or edge[1][0] == "linked":
                return "to a folder: npm explain ends at the link to it"
            is_there = edge[0] == node(manifest) or os.path.exists(os.path.join(folder, "node_modules", edge[0][0]))
            return None if is_there else "of a package for another platform"

        compare(f"{name}: npm explain {package}", ours, edges, unseen)
    if len(members) == 1:
        older(name, folder, answered, needs, npm)


def older(name, folder, answered, needs, npm):
    """The same project in the formats of npm 6 and 8."""
    lock = os.path.join(folder, "package-lock.json")
    for version in ("2", "1"):
        run([*npm, "install", "--package-lock-only", "--ignore-scripts", "--lockfile-version", version], folder)
        assert str(json.load(open(lock))["lockfileVersion"]) == version
        ours = {relation[:2] for relation in relations(kenning, lock) if relation.end[1]}
        peers = {relation[:2] for relation in needs if relation.kind == "peer" and relation.end[1]}
        others = {relation[:2] for relation in needs if relation.kind != "peer" and relation.end[1]}
        compare(f"{name}: version {version}", ours, answered if version == "2" else (answered - peers) | others)


roots = []
with tempfile.TemporaryDirectory() as tools:
    run(["npm", "install", "--prefix", tools, "npm@11.19.1"], tools)
    npm = ["node", os.path.join(tools, "node_modules/npm/bin/npm-cli.js")]
    for name, (files, asked) in PROJECTS.items():
        with tempfile.TemporaryDirectory() as folder:
            write(folder, files)
            check(name, folder, files, asked, npm)
finish()
