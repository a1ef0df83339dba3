"""What the comparisons of package readers share: a pinned tool in a temporary folder, edges as kenning reads them."""
import json, os, subprocess, sys, tempfile, venv

QUERY = (
    "MATCH (a)-[r]->(b) RETURN a.name, a.version, labels(a), type(r), r.kind, r.group, r.extra, r.marker, "
    "b.name, b.version, labels(b)"
)


def run(command, folder=None, **environment):
    """What a command prints; its failure is ours."""
    result = subprocess.run(command, cwd=folder, env=dict(os.environ, **environment), capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}: {result.stderr}{result.stdout}")
    return result.stdout


def tools(folder, *requirements):
    """A virtual environment with these packages; returns the folder of its programs."""
    path = os.path.join(folder, "tools")
    venv.create(path, with_pip=True)
    run([os.path.join(path, "bin", "pip"), "install", "--quiet", *requirements])
    return os.path.join(path, "bin")


def write(folder, files):
    """Writes files by their relative paths."""
    for name, text in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as out:
            out.write(text)


def rows(kenning, file, query=QUERY):
    """The rows of a query on the graph that kenning makes of a file, run beside that file."""
    with tempfile.TemporaryDirectory() as work:
        graph = os.path.join(work, "g.kenning")
        folder, name = os.path.split(os.path.abspath(file))
        run([os.path.abspath(kenning), "ingest", name, "-o", graph], folder)
        return json.loads(run([os.path.abspath(kenning), graph, "--format", "json", "-c", query]))


def is_extra(row, end):
    return "Extra" in row[f"labels({end})"]


def by_package(rows):
    """Edges between packages: those of an extra are edges of its package."""
    def package(row, end):
        return row[f"{end}.name"].split("[")[0], row[f"{end}.version"]

    ends = ((package(row, "a"), package(row, "b")) for row in rows)
    # The edge from an extra to its own package is none between packages.
    return {(start, end) for start, end in ends if start != end}


def compare(what, ours, theirs):
    """Prints what only one side has; returns how many these are."""
    for side, only in (("only kenning", ours - theirs), ("only the tool", theirs - ours)):
        for edge in sorted(only, key=str)[:20]:
            print(f"  {side}: {edge}")
    differences = len(ours ^ theirs)
    print(f"{what}: {len(ours & theirs)} the same, {differences} different")
    return differences
