"""Compares what kenning reads of uv.lock with `uv tree`, and what needs a package with `uv tree --invert`.

    python tests/verify/uv_tree.py KENNING
"""
import collections, json, os, re, sys, tempfile

from needs import by_package, compare, is_extra, rows, run, tools, write

UV = "uv==0.13.9"
PROJECTS = {
    "one package, forks, extras, groups": {"pyproject.toml": """
[project]
name = "shop"
version = "0.1.0"
requires-python = ">=3.9"
dependencies = [
  "django>=4.2", "celery[redis]>=5", "httpx[http2]", "pandas", "requests[socks]", "colorama; sys_platform == 'win32'",
  "numpy<2; python_version < '3.11'", "numpy>=2; python_version >= '3.11'",
]
[project.optional-dependencies]
aws = ["boto3", "moto[s3]"]
docs = ["sphinx", "furo"]
all = ["shop[aws,docs]"]
[dependency-groups]
dev = ["pytest", "pytest-django", {include-group = "lint"}]
lint = ["ruff", "mypy", "django-stubs"]
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
"""},
    "a workspace": {"pyproject.toml": """
[project]
name = "space"
version = "1.0.0"
requires-python = ">=3.11"
dependencies = ["api", "jupyterlab"]
[dependency-groups]
dev = ["tox", "core"]
[tool.uv.sources]
api = { workspace = true }
core = { workspace = true }
[tool.uv.workspace]
members = ["packages/*"]
""", "packages/api/pyproject.toml": """
[project]
name = "api"
version = "0.2.0"
requires-python = ">=3.11"
dependencies = ["core[fast]", "fastapi[standard]", "sqlalchemy[asyncio]"]
[tool.uv.sources]
core = { workspace = true }
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
""", "packages/core/pyproject.toml": """
[project]
name = "core"
version = "0.3.0"
requires-python = ">=3.11"
dependencies = ["pydantic"]
[project.optional-dependencies]
fast = ["orjson", "uvloop"]
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
""", "packages/tool/pyproject.toml": """
[project]
name = "tool"
version = "0.4.0"
requires-python = ">=3.11"
dependencies = ["core", "click", "black[jupyter]"]
[tool.uv.sources]
core = { workspace = true }
"""},
    "conflicting extras": {"pyproject.toml": """
[project]
name = "plant"
version = "0.0.1"
requires-python = ">=3.10"
dependencies = ["apache-airflow>=2.9,<3", "dask[complete]", "scikit-learn", "matplotlib"]
[project.optional-dependencies]
cpu = ["torch==2.5.1"]
old = ["torch==2.2.2"]
[dependency-groups]
dev = ["ipython", "pre-commit"]
[tool.uv]
conflicts = [[{extra = "cpu"}, {extra = "old"}]]
"""},
}


def node(identifier):
    """`dask[complete]==2026.8.0@registry+…` or `shop:dev==0.1.0@…`: name, extra or group, version."""
    found = re.match(r"([^\[:=@]+)(?:\[([^\]]*)\]|:([^=@]+))?(?:==([^@]*))?", identifier)
    return found.group(1), found.group(2), found.group(3), found.group(4)


def of_tree(uv, folder):
    """The names of the roots of uv's own graph, and its edges between packages by kind."""
    command = [uv, "tree", "--universal", "--all-groups", "--frozen", "--format", "json"]
    graph = json.loads(run(command, folder))
    edges = collections.defaultdict(set)
    for identifier, entry in graph["resolution"].items():
        name, extra, group, version = node(identifier)
        for need in entry.get("dependencies", []):
            to, to_extra, _, to_version = node(need["id"])
            kind = "dev" if group else "optional" if extra else "normal"
            edges[kind].add(((name, version), (to, to_version)))
    roots = {node(root["id"])[0] for root in graph["roots"]}
    return roots, {kind: {(a, b) for a, b in found if a != b} for kind, found in edges.items()}


def needers(rows, roots, package):
    """All packages from which the package is reached; what an extra adds is needed by those that ask for the extra."""
    start, todo = collections.defaultdict(set), set()
    for row in rows:
        a, b = ((row[f"{end}.name"], row[f"{end}.version"]) for end in "ab")
        if row["r.kind"] != "optional" or a[0] in roots:
            start[b].add(a)
        todo |= {end for end in (a, b) if end[0] == package}
    found = set()
    while todo:
        more = start[todo.pop()] - found
        found |= more
        todo |= more
    return {(name.split("[")[0], version) for name, version in found}


def of_inverted(uv, folder, package):
    text = run([uv, "tree", "--universal", "--all-groups", "--frozen", "--invert", "--no-dedupe", "--package", package], folder)
    found = re.findall(r"^[│ ]*[├└]── ([^\s\[]+)(?:\[[^\]]*\])? v(\S+)", text, re.M)
    return set(found)


def main():
    kenning, different = sys.argv[1], 0
    with tempfile.TemporaryDirectory() as work:
        uv = os.path.join(tools(work, UV), "uv")
        for number, (what, files) in enumerate(PROJECTS.items()):
            folder = os.path.join(work, str(number))
            write(folder, files)
            run([uv, "lock"], folder)
            ours = rows(kenning, os.path.join(folder, "uv.lock"))
            roots, theirs = of_tree(uv, folder)
            for kind in ("normal", "optional", "dev"):
                own = [row for row in ours if row["r.kind"] == kind and not is_extra(row, "a")]
                different += compare(f"{what}, {kind}", by_package(own), theirs.get(kind, set()))
            for package in ("typing-extensions", "idna", "six", "packaging"):
                own, theirs_inverted = needers(ours, roots, package), of_inverted(uv, folder, package)
                different += compare(f"{what}, --invert {package}", own, theirs_inverted)
    sys.exit(different > 0)


main()
