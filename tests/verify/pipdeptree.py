"""Compares what kenning reads of `pipdeptree --json`, `--json-tree` and `pip inspect` with each other and the tool.

    python tests/verify/pipdeptree.py KENNING
"""
import json, os, re, sys, tempfile

from needs import compare, is_extra, rows, run, tools

PIPDEPTREE = "pipdeptree==4.2.15"
# Installs faster than pip; pip itself is in the environment, for pip inspect.
UV = "uv==0.13.9"
ENVIRONMENTS = {
    "a web service": ["django", "celery[redis]", "httpx[http2]", "fastapi[standard]", "pandas", "jupyterlab"],
    "notebooks and documents": ["notebook", "sphinx", "nbconvert", "requests[socks]", "httpx[cli,http2]", "tox", "black[jupyter]"],
    "packaging": ["poetry", "twine", "cookiecutter", "aiohttp[speedups]", "pydantic[email]", "scrapy", "mkdocs-material", "flask[async]"],
}


def edges(rows):
    """(from, to, extra) of packages; the things of extras are kenning's own."""
    own = [row for row in rows if not is_extra(row, "a") and not is_extra(row, "b")]
    return {(row["a.name"], row["b.name"], row["r.extra"] or "") for row in own}


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def theirs(pipdeptree, extras):
    """The edges as the tool lists them."""
    listed = json.loads(run([pipdeptree, "--json", "--extras", extras]))
    return {
        (entry["package"]["key"], need["key"], normal(need.get("extra", "")))
        for entry in listed
        for need in entry["dependencies"]
        if entry["package"]["key"] != need["key"]
    }


def main():
    kenning, different = sys.argv[1], 0
    for what, requirements in ENVIRONMENTS.items():
        with tempfile.TemporaryDirectory() as work:
            folder = os.path.join(work, "env")
            uv = os.path.join(tools(work, UV), "uv")
            run([uv, "venv", "--seed", folder])
            pip, pipdeptree = (os.path.join(folder, "bin", name) for name in ("pip", "pipdeptree"))
            run([uv, "pip", "install", "--python", folder, PIPDEPTREE, *requirements])
            files = {
                "pipdeptree.json": run([pipdeptree, "--json"]),
                "pipdeptree-tree.json": run([pipdeptree, "--json-tree", "--all"]),
                "pip-inspect.json": run([pip, "inspect"]),
            }
            for name, text in files.items():
                with open(os.path.join(work, name), "w") as out:
                    out.write(text)
            found = {name: edges(rows(kenning, os.path.join(work, name))) for name in files}
            explicit, active = theirs(pipdeptree, "explicit"), theirs(pipdeptree, "active")
            different += compare(f"{what}, --json", found["pipdeptree.json"], explicit)
            different += compare(f"{what}, --json-tree", found["pipdeptree-tree.json"], explicit)
            plain = {edge for edge in explicit | active if not edge[2]}
            own = found["pip-inspect.json"]
            different += compare(f"{what}, pip inspect without extras", {edge for edge in own if not edge[2]}, plain)
            optional = {edge for edge in explicit | active if edge[2]}
            different += compare(f"{what}, pip inspect, extras", own - plain, optional)
    sys.exit(different > 0)


main()
