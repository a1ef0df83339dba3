#!/usr/bin/env python3
"""Compares what kenning reads of files that real producers write with what is in them, both ways.

    python3 tests/verify/sboms.py KENNING

Makes small projects that resolve to more than 100 packages, and lets npm, cyclonedx-py, uv and, where it is installed,
cargo-cyclonedx write bills of materials; and dbt a manifest. Tools of Python are installed, pinned, in a temporary
folder; npm and cargo-cyclonedx are those of the machine. Compared are all components by name and version, all relations,
and the CycloneDX of npm with its SPDX. Ends with 1 if anything differs.
"""
import collections, json, os, shutil, subprocess, sys, tempfile, urllib.parse, xml.etree.ElementTree

KENNING = os.path.abspath(sys.argv[1])
PINNED = ["cyclonedx-bom==7.5.0", "uv==0.13.9"]
DBT = ["dbt-core==1.10.23", "dbt-duckdb==1.11.1"]
QUERY = """MATCH (a)-[r]->(b)
RETURN a.name, a.version, labels(a)[0], type(r), r.kind, r.any_of, b.name, b.version, labels(b)[0]"""
NPM = {
    "name": "shop", "version": "1.0.0", "private": True, "workspaces": ["packages/*"],
    "dependencies": {"express": "^4.19.0", "ms2": "npm:ms@2.0.0", "chokidar": "^3.6.0", "@babel/core": "^7.24.0"},
    "devDependencies": {"jest": "^29.0.0", "eslint": "^8.57.0"}, "optionalDependencies": {"fsevents": "^2.3.0"},
    "peerDependencies": {"react": "^18.0.0"},
}
MEMBER = {"name": "@shop/web", "version": "0.1.0", "dependencies": {"debug": "^4.0.0"}}
PYTHON = '[project]\nname = "shop"\nversion = "0.1.0"\nrequires-python = ">=3.10"\n' \
    'dependencies = ["fastapi[standard]", "sqlalchemy", "boto3", "jupyter"]\n[project.optional-dependencies]\n' \
    'plot = ["matplotlib"]\n[dependency-groups]\ndev = ["pytest", "mypy"]\n'
wrong = []


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text if isinstance(text, str) else json.dumps(text))
    return path


def read(path):
    with open(path) as file:
        return json.load(file)


def stated(path):
    graph = path + ".kenning"
    run(KENNING, "ingest", path, "-o", graph)
    return json.loads(run(KENNING, graph, "--format", "json", "-c", QUERY))


def spoken(purl, name, version):
    """A package as people say it: the name of its address, if there is one."""
    if not purl:
        return name, version
    path = purl.removeprefix("pkg:").split("#")[0].split("?")[0]
    kind, path = path.split("/", 1)
    path, _, found = path.rpartition("@") if path.rfind("@") > 0 else (path, "", "")
    path = urllib.parse.unquote(path)
    return path.replace("/", ":") if kind == "maven" else path, version or urllib.parse.unquote(found)


def compare(what, wanted, have):
    missing, more = wanted - have, have - wanted
    is_right = wanted and not missing and not more
    print("equal   " if is_right else "DIFFERS ", what, len(wanted))
    if not is_right:
        wrong.append(what)
        print("   in the file alone:", sorted(missing, key=str)[:5], "kenning alone:", sorted(more, key=str)[:5])


def cyclonedx_json(path):
    bom = read(path)
    names = {}

    def add(component):
        name = "/".join(filter(None, [component.get("group"), component["name"]]))
        names[component.get("bom-ref")] = spoken(component.get("purl"), name, component.get("version"))
        for inner in component.get("components", []):
            add(inner)

    for component in [bom["metadata"]["component"]] if "component" in bom["metadata"] else []:
        add(component)
    for component in bom["components"]:
        add(component)
    return {(names[entry["ref"]], names[end]) for entry in bom["dependencies"] for end in entry.get("dependsOn", [])}


def cyclonedx_xml(path):
    root = xml.etree.ElementTree.parse(path).getroot()
    space = root.tag.split("}")[0] + "}"
    text = lambda element, name: (element.findtext(space + name) or "").strip() or None
    names = {}
    for component in root.iter(space + "component"):
        name = "/".join(filter(None, [text(component, "group"), text(component, "name")]))
        names[component.get("bom-ref")] = spoken(text(component, "purl"), name, text(component, "version"))
    entries = root.find(space + "dependencies")
    return {(names[entry.get("ref")], names[end.get("ref")]) for entry in entries for end in entry}


def spdx(path):
    document = read(path)
    names = {}
    for package in document["packages"]:
        purls = [ref["referenceLocator"] for ref in package.get("externalRefs", []) if ref["referenceType"] == "purl"]
        names[package["SPDXID"]] = spoken(purls[0] if purls else None, package["name"], package.get("versionInfo"))
    edges = set()
    for relation in document["relationships"]:
        start, end, kind = relation["spdxElementId"], relation["relatedSpdxElement"], relation["relationshipType"]
        if kind.endswith(("_OF", "_FOR")):
            start, end = end, start
        if "DEPEND" in kind or "PREREQUISITE" in kind:
            edges.add((names[start], names[end]))
    return edges


def needs(rows):
    start = lambda row: (row["a.name"], row["a.version"])
    end = lambda row: (row["b.name"], row["b.version"])
    return {(start(row), end(row)) for row in rows if row["type(r)"].endswith("DEPENDS_ON")}


def npm(folder):
    write(folder + "/package.json", NPM)
    write(folder + "/packages/web/package.json", MEMBER)
    run("npm", "install", "--package-lock-only", "--ignore-scripts", cwd=folder)
    both = []
    for form, path, edges in [("cyclonedx", "npm.cdx.json", cyclonedx_json), ("spdx", "npm.spdx.json", spdx)]:
        path = write(f"{folder}/{path}", run("npm", "sbom", f"--sbom-format={form}", "--package-lock-only", cwd=folder))
        rows = stated(path)
        compare(f"npm {form}", edges(path), needs(rows))
        both.append(needs(rows))
    compare("npm: CycloneDX and SPDX state the same needs", *both)
    kinds = collections.Counter(row["r.kind"] for row in rows if row["type(r)"] == "DEV_DEPENDS_ON")
    print("         kinds of development in SPDX:", dict(kinds))


def python(folder, tools):
    write(folder + "/pyproject.toml", PYTHON)
    run(tools + "/uv", "lock", cwd=folder)
    run(tools + "/uv", "export", "--format", "cyclonedx1.5", "--preview", "-o", "uv.cdx.json", cwd=folder)
    compare("uv export", cyclonedx_json(folder + "/uv.cdx.json"), needs(stated(folder + "/uv.cdx.json")))
    for form, ending, edges in [("JSON", "json", cyclonedx_json), ("XML", "xml", cyclonedx_xml)]:
        path = f"{folder}/py.cdx.{ending}"
        run(tools + "/cyclonedx-py", "environment", tools + "/python", "--output-format", form, "-o", path)
        compare(f"cyclonedx-py {form}", edges(path), needs(stated(path)))


def cargo(folder):
    write(folder + "/Cargo.toml", '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n'
          'reqwest = "0.12"\nclap = { version = "4", features = ["derive"] }\ntokio = { version = "1", features = ["full"] }\n')
    write(folder + "/src/main.rs", "fn main() {}\n")
    for form, edges in [("json", cyclonedx_json), ("xml", cyclonedx_xml)]:
        run("cargo", "cyclonedx", "-f", form, cwd=folder)
        compare(f"cargo cyclonedx {form}", edges(f"{folder}/shop.cdx.{form}"), needs(stated(f"{folder}/shop.cdx.{form}")))


def dbt(folder, tools):
    write(folder + "/dbt_project.yml", 'name: shop\nversion: "1.0"\nprofile: shop\nmodel-paths: [models]\n')
    write(folder + "/profiles.yml", "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb}\n")
    write(folder + "/models/schema.yml", "version: 2\nsources:\n  - name: raw\n    tables: [{name: orders}]\nmodels:\n"
          "  - name: m0\n    columns: [{name: id, data_tests: [unique, not_null]}]\n")
    write(folder + "/models/m0.sql", "select * from {{ source('raw', 'orders') }}\n")
    for number in range(1, 120):
        before = f"select * from {{{{ ref('m{number - 1}') }}}} union all select * from {{{{ ref('m{number // 2}') }}}}\n"
        write(f"{folder}/models/m{number}.sql", before.replace(f"'m{number}'", "'m0'"))
    run(tools + "/dbt", "--no-send-anonymous-usage-stats", "parse", "--profiles-dir", ".", cwd=folder)
    path = folder + "/target/manifest.json"
    manifest = read(path)
    nodes = {**manifest["nodes"], **manifest["sources"]}
    name = lambda id: ".".join(filter(None, [nodes[id].get("source_name"), nodes[id]["name"]]))
    wanted = {((name(id), None), (name(end), None)) for id, ends in manifest["parent_map"].items() for end in ends}
    compare("dbt manifest", wanted, needs(stated(path)))


def environment(folder, packages):
    run(sys.executable, "-m", "venv", folder)
    run(folder + "/bin/pip", "install", "--quiet", *packages)
    return folder + "/bin"


with tempfile.TemporaryDirectory() as temporary:
    npm(temporary + "/npm")
    python(temporary + "/python", environment(temporary + "/tools", PINNED))
    if shutil.which("cargo-cyclonedx"):
        cargo(temporary + "/cargo")
    else:
        print("left out: cargo-cyclonedx is not installed")
    dbt(temporary + "/dbt", environment(temporary + "/dbt-tools", DBT))
print(f"{len(wrong)} differ")
sys.exit(1 if wrong else 0)
