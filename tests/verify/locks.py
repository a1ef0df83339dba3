"""What the comparisons of lock files share: relations as kenning reads them, and a report of differences."""
import json, os, subprocess, sys, tempfile

failures = []

# Projects of which all package managers of JavaScript make more than 100 packages.
APP = {
    "package.json": {
        "name": "app", "version": "0.1.0",
        "dependencies": {"fastify": "^4.0.0", "sharp": "^0.33.0", "webpack": "^5.0.0"},
        "devDependencies": {"mocha": "^10.0.0", "rollup": "^4.0.0"},
    }
}
FRONT = {
    "package.json": {
        "name": "@acme/front", "version": "3.0.0",
        "dependencies": {"next": "^14.0.0", "react": "^18.0.0", "react-dom": "^18.0.0", "@mui/material": "^5.0.0"},
        "devDependencies": {"@babel/core": "^7.0.0", "@babel/preset-env": "^7.0.0"},
    }
}


class Relation(tuple):
    """(start, end, type, kind), where start and end are (name, version)."""

    start = property(lambda self: self[0])
    end = property(lambda self: self[1])
    type = property(lambda self: self[2])
    kind = property(lambda self: self[3])


def relations(kenning, *files):
    """All relations that kenning reads from files, as a list."""
    with tempfile.TemporaryDirectory() as work:
        graph = os.path.join(work, "g.kenning")
        subprocess.run([kenning, "ingest", *files, "-o", graph], check=True)
        query = "MATCH (a)-[r]->(b) RETURN a.name, a.version, type(r), r.kind, b.name, b.version"
        command = [kenning, graph, "--format", "json", "-c", query]
        rows = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    ends = lambda row, side: (row[f"{side}.name"], row[f"{side}.version"] or "")
    return [Relation((ends(row, "a"), ends(row, "b"), row["type(r)"], row["r.kind"] or "")) for row in rows]


def compare(what, ours, theirs, explained=lambda edge: None):
    """Reports edges that one side alone has; `explained` gives the reason why kenning alone has an edge."""
    missing = sorted(set(theirs) - set(ours))
    reasons, extra = {}, []
    for edge in sorted(set(ours) - set(theirs)):
        reason = explained(edge)
        if reason:
            reasons[reason] = reasons.get(reason, 0) + 1
        else:
            extra.append(edge)
    told = "".join(f"; {count} more: {reason}" for reason, count in sorted(reasons.items()))
    print("equal   " if not missing and not extra else "DIFFERS ", f"{what}: {len(set(theirs))} edges{told}")
    for sign, edges in (("  only the tool: ", missing), ("  only kenning: ", extra)):
        for edge in edges[:20]:
            print(sign, *edge)
    if missing or extra or not theirs:
        failures.append(what)


def run(command, folder, env=None, may_fail=False):
    """The standard output of a command."""
    done = subprocess.run(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode and not may_fail:
        sys.exit(f"{' '.join(command)}: {done.stderr}")
    return done.stdout


def write(folder, files):
    """Writes files by their path."""
    for path, text in files.items():
        path = os.path.join(folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as out:
            out.write(text if isinstance(text, str) else json.dumps(text, indent=2))


def upwards(goals, edges):
    """The edges on all chains to the goals."""
    needers = {}
    for edge in edges:
        needers.setdefault(edge[1], []).append(edge)
    found, seen, waiting = set(), set(goals), list(goals)
    while waiting:
        for edge in needers.get(waiting.pop(), ()):
            found.add(edge)
            if edge[0] not in seen:
                seen.add(edge[0])
                waiting.append(edge[0])
    return found


def finish():
    print(f"{len(failures)} differences")
    sys.exit(1 if failures else 0)
