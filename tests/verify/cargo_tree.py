#!/usr/bin/env python3
"""Compares what kenning reads of Cargo.lock and `cargo metadata` with `cargo tree`, on three projects.

    python3 tests/verify/cargo_tree.py KENNING

Versions are of the day unless Cargo.lock is kept; cargo 1.95.0 was used. Needs crates.io.
"""
import json, os, re, sys, tempfile

from locks import compare, finish, relations, run, write

kenning = os.path.abspath(sys.argv[1])
package = lambda name, version="0.1.0": f'[package]\nname = "{name}"\nversion = "{version}"\nedition = "2021"\n'

WORKSPACE = {
    "Cargo.toml": """[workspace]
resolver = "2"
members = ["crates/*", "tools/gen"]
exclude = ["outside"]
[workspace.package]
version = "0.3.0"
license = "MIT"
[workspace.dependencies]
serde = { version = "1", features = ["derive"] }
tokio = { version = "1", features = ["rt-multi-thread", "macros"] }
core-lib = { path = "crates/core", package = "acme-core" }
rand = "0.8"
""",
    "crates/core/Cargo.toml": """[package]
name = "acme-core"
version.workspace = true
license.workspace = true
edition = "2021"
[features]
default = ["json"]
json = ["dep:serde_json", "serde/std"]
fast = ["hashbrown?/rayon", "rayon"]
[dependencies]
serde.workspace = true
serde_json = { version = "1", optional = true }
hashbrown = { version = "0.14", optional = true }
rayon = { version = "1", optional = true }
outside = { path = "../../outside" }
[dev-dependencies]
acme-web = { path = "../web" }
proptest = "1"
[build-dependencies]
cc = { version = "1", optional = true }
""",
    "outside/Cargo.toml": package("outside", "1.2.3")
    + '[dependencies]\nlibc = "0.2"\n[dev-dependencies]\ncriterion = "0.5"\n',
    "crates/web/Cargo.toml": package("acme-web", "0.3.0")
    + """[dependencies]
core-lib.workspace = true
tokio = { workspace = true, features = ["net"] }
axum = "0.7"
sqlx = { version = "0.8", features = ["postgres", "runtime-tokio"], optional = true }
rand.workspace = true
rand07 = { package = "rand", version = "0.7" }
[target.'cfg(windows)'.dependencies]
windows-sys = { version = "0.59", features = ["Win32_Foundation"] }
[target.'cfg(unix)'.dependencies]
nix = "0.29"
[target.x86_64-unknown-linux-gnu.dev-dependencies]
nix = "0.29"
[dev-dependencies]
reqwest = { version = "0.12", default-features = false, features = ["json"] }
""",
    "crates/cli/Cargo.toml": package("acme-cli")
    + """[dependencies]
acme-core = { path = "../core", default-features = false }
clap = { version = "4", features = ["derive"] }
[build-dependencies]
clap = "4"
clap_complete = "4"
""",
    "tools/gen/Cargo.toml": package("gen") + '[dependencies]\nregex = "1"\nwalkdir = "2"\n',
}
SHOP = {
    "Cargo.toml": package("shop", "0.2.0")
    + """[features]
default = ["tls"]
tls = ["dep:rustls"]
[dependencies]
actix-web = "4"
diesel = { version = "2", features = ["sqlite", "r2d2"] }
rustls = { version = "0.23", optional = true }
serde = { version = "1", features = ["derive"] }
tracing-subscriber = { version = "0.3", features = ["env-filter"] }
[dev-dependencies]
insta = { version = "1", features = ["yaml"] }
tempfile = "3"
[build-dependencies]
built = "0.7"
"""
}
HISTORY = {
    "Cargo.toml": package("history")
    + """[dependencies]
gix = { version = "0.70", default-features = false, features = ["max-performance-safe"] }
ratatui = "0.29"
crossterm = { version = "0.28", optional = true }
[target.'cfg(target_os = "macos")'.dependencies]
objc2 = "0.6"
[dev-dependencies]
assert_cmd = "2"
"""
}
PROJECTS = {"workspace": WORKSPACE, "shop": SHOP, "history": HISTORY}
TREE = ["cargo", "tree", "--workspace", "--target", "all", "--all-features", "--charset", "ascii", "-f", "{p}|"]
SECTIONS = {"[build-dependencies]": "build", "[dev-dependencies]": "dev"}


def tree(folder, *options):
    """The edges of `cargo tree`, with kinds: a heading names the kind of the siblings after it."""
    edges, path, kinds = set(), [], {}
    for line in run([*TREE, *options], folder).splitlines():
        bars, text = re.match(r"((?:\|   |    )*)(.*)", line).groups()
        depth = len(bars) // 4
        if text in SECTIONS:
            kinds[depth] = SECTIONS[text]
            continue
        if not text:
            continue
        is_below = text[:4] in ("|-- ", "`-- ")
        at = depth + 1 if is_below else 0
        name, version = re.match(r"(\S+) v(\S+)", text[4:] if is_below else text).groups()
        node = (name, version.rstrip("|"))
        del path[at:]
        kinds = {level: kind for level, kind in kinds.items() if level < at}
        if is_below:
            edges.add((path[-1], node, kinds.get(depth, "normal")))
        path.append(node)
    return edges


def optional_needs(metadata):
    """Whether all needs of (start, name of end) are optional; those for the development of others are in no lock."""
    optional = {}
    for package in metadata["packages"]:
        for need in package["dependencies"]:
            if need["kind"] != "dev" or not package["source"]:
                key = (package["name"], package["version"]), need["name"]
                optional[key] = optional.get(key, True) and need["optional"]
    return optional


def check(name, folder):
    run(["cargo", "generate-lockfile"], folder)
    metadata = run(["cargo", "metadata", "--format-version", "1", "--all-features"], folder)
    file = os.path.join(folder, "cargo-metadata.json")
    with open(file, "w") as out:
        out.write(metadata)
    metadata = json.loads(metadata)
    assert len(metadata["packages"]) > 100
    optional = optional_needs(metadata)
    theirs = tree(folder)
    pairs = {edge[:2] for edge in theirs}
    built = {node for edge in pairs for node in edge}
    lock = relations(kenning, os.path.join(folder, "Cargo.lock"))
    members = {(p["name"], p["version"]) for p in metadata["packages"] if not p["source"]}
    of_members = {edge for edge in theirs if edge[0] in members}
    kind = lambda relation: {"optional": "normal"}.get(relation.kind, relation.kind)

    def unused(edge):
        if edge[0] not in built:
            return "of a package that only optional needs lead to, which no feature turns on"
        return "optional, and no feature turns it on" if optional.get((edge[0], edge[1][0])) else None

    compare(f"{name}: Cargo.lock, needs", {relation[:2] for relation in lock}, pairs, unused)
    ours = {(*relation[:2], kind(relation)) for relation in lock if relation.start in members}
    compare(f"{name}: Cargo.lock, kinds of members' needs", ours, of_members)

    resolved = {(*relation[:2], kind(relation)) for relation in relations(kenning, file)}
    compare(f"{name}: cargo metadata, needs and kinds", resolved, theirs, unused)
    used = {edge[:2] for edge in resolved if edge in theirs or not unused(edge)}
    inverted(name, folder, used, pairs)
    duplicates(name, folder, {edge[1] for edge in theirs} | members)


def inverted(name, folder, used, pairs):
    """`cargo tree -i`: the needers of a package, all the way up."""

    def for_host(edge):
        return "to a crate that the host has with fewer features, so that the way ends" if edge in pairs else None

    for target in ("libc", "syn@2.0.119", "serde", "memchr"):
        text = run([*TREE, "-i", target], folder, may_fail=True)
        if not text:
            continue
        edges = {(b, a) for a, b, _ in tree(folder, "-i", target)}
        goal = re.match(r"(\S+) v(\S+?)\|", text).groups()
        above, seen = [goal], {goal}
        needers = {}
        for start, end in used:
            needers.setdefault(end, []).append(start)
        ours = set()
        while above:
            end = above.pop()
            for start in needers.get(end, ()):
                ours.add((start, end))
                if start not in seen:
                    seen.add(start)
                    above.append(start)
        compare(f"{name}: cargo tree -i {target}", ours, edges, for_host)


def duplicates(name, folder, nodes):
    """`cargo tree -d`: what is there in several versions."""
    listed = run([*TREE, "-d", "--depth", "0", "--prefix", "none"], folder)
    theirs = {re.match(r"(\S+) v(\S+?)\|", line).groups() for line in listed.splitlines() if line}
    names = [node[0] for node in nodes]
    several = {node for node in nodes if names.count(node[0]) > 1}
    # cargo also lists one version that is built twice, for the host and for the target.
    twice = {node for node in theirs if names.count(node[0]) == 1}
    compare(f"{name}: cargo tree -d", several, theirs - twice)


for name, files in PROJECTS.items():
    with tempfile.TemporaryDirectory() as folder:
        write(folder, files)
        write(folder, {os.path.join(os.path.dirname(path), "src/lib.rs"): "" for path in files})
        check(name, folder)
finish()
