"""Compares what kenning reads of poetry.lock with Poetry's own reading of it, and with `poetry show --tree`.

    python tests/verify/poetry_tree.py KENNING

`poetry show --tree` prints names without versions and shows the needs of one version of each name, whichever comes
first; so its edges have to be among kenning's, and what it leaves out is checked against Poetry's own classes.
"""
import json, os, re, sys, tempfile

from needs import by_package, compare, is_extra, rows, run, tools, write

POETRY = "poetry==2.5.1"
# PyPI's JSON interface, which Poetry uses by default, is not on every mirror; the simple index is.
SOURCE = """
[[tool.poetry.source]]
name = "simple"
url = "https://pypi.org/simple/"
priority = "primary"
"""
PROJECTS = {
    "a project table with extras and groups": """
[project]
name = "store"
version = "0.1.0"
requires-python = ">=3.10,<4.0"
dependencies = [
  "django>=4.2", "celery[redis]>=5", "httpx[http2]", "pandas", "requests[socks]>=2", "colorama; sys_platform == 'win32'",
]
[project.optional-dependencies]
aws = ["fastapi[standard]", "sqlalchemy[asyncio]"]
[dependency-groups]
dev = ["pytest", "pytest-django", {include-group = "lint"}]
lint = ["mypy"]
[tool.poetry]
package-mode = false
[tool.poetry.group.docs.dependencies]
sphinx = "*"
furo = "*"
""",
    "tables of Poetry": """
[tool.poetry]
name = "lab"
version = "0.1.0"
package-mode = false
[tool.poetry.dependencies]
python = "^3.10"
jupyterlab = "^4.0"
Dask = {extras = ["complete"], version = "*"}
scikit_learn = "*"
Flask = {version = "^3", optional = true}
numpy = [{version = "<2", python = "<3.11"}, {version = ">=2", python = ">=3.11"}]
uvicorn = {version = "*", extras = ["standard"], markers = "sys_platform == 'linux'"}
[tool.poetry.extras]
web = ["Flask"]
[tool.poetry.group.dev.dependencies]
pre-commit = "*"
ipython = "*"
tox = "^4"
[tool.poetry.group.docs]
optional = true
[tool.poetry.group.docs.dependencies]
mkdocs = "*"
""",
    "a web service": """
[project]
name = "desk"
version = "0.1.0"
requires-python = ">=3.11,<4.0"
dependencies = ["apache-airflow-core>=3,<4", "sqlalchemy[asyncio]", "pydantic[email]", "aiohttp[speedups]", "notebook"]
[dependency-groups]
dev = ["tox", "pytest", "hypothesis[cli]"]
[tool.poetry]
package-mode = false
""",
}
# Runs in Poetry's own environment: every edge that Poetry's classes see in the lock file.
EDGES = """
import itertools, json, sys
from pathlib import Path
from poetry.core.packages.utils.utils import create_nested_marker
from poetry.core.version.markers import AnyMarker, EmptyMarker
from poetry.factory import Factory
poetry = Factory().create_poetry(Path(sys.argv[1]))
packages = poetry.locker.locked_packages()
def when(markers):
    marker = EmptyMarker()
    for one in markers.values():
        marker = marker.union(one)
    return marker
edges = set()
root = poetry.package
all_needs = [((root.name, root.version.text), AnyMarker(), need) for need in root.all_requires]
for package in poetry.locker.locked_repository().packages:
    here = when(packages[package].markers)
    all_needs += [((package.name, package.version.text), here, need) for need in package.requires]
for start, here, need in all_needs:
    for package, info in packages.items():
        if package.name != need.name or not need.constraint.allows(package.version):
            continue
        marker = here.intersect(need.marker.without_extras()).intersect(when(info.markers))
        if not marker.is_empty():
            edges.add((start, (package.name, package.version.text)))
print(json.dumps(sorted(edges)))
"""


def of_tree(poetry, folder):
    text = run([poetry, "show", "--tree", "--all", "--no-ansi"], folder)
    edges, path = set(), []
    for line in text.splitlines():
        found = re.match(r"([│ ]*)[├└]── (\S+)", line)
        if not found:
            path = [line.split(" ")[0]]
            continue
        depth = len(found.group(1)) // 4 + 1
        path[depth:] = [found.group(2)]
        edges.add((path[depth - 1], path[depth]))
    return edges


def main():
    kenning, different = sys.argv[1], 0
    with tempfile.TemporaryDirectory() as work:
        programs = tools(work, POETRY)
        for number, (what, text) in enumerate(PROJECTS.items()):
            folder = os.path.join(work, str(number))
            write(folder, {"pyproject.toml": text + SOURCE})
            run([os.path.join(programs, "poetry"), "lock"], folder, POETRY_VIRTUALENVS_CREATE="false")
            ours = by_package(rows(kenning, os.path.join(folder, "poetry.lock")))
            found = json.loads(run([os.path.join(programs, "python"), "-c", EDGES, folder]))
            theirs = {(tuple(start), tuple(end)) for start, end in found if start != end}
            different += compare(f"{what}, Poetry's classes", ours, theirs)
            names = {(a[0], b[0]) for a, b in ours}
            tree = of_tree(os.path.join(programs, "poetry"), folder)
            different += compare(f"{what}, poetry show --tree", names & tree, tree)
    sys.exit(different > 0)


main()
