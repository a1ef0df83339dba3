"""Compares what kenning reads of `go mod graph` and go.mod with `go mod graph`, `go list -m all` and `go mod why -m`.

    python tests/verify/go_mod.py KENNING

`go mod why -m` follows imports of packages, tests among them; each of its steps from module to module has to be a
need that kenning states, but for those of modules whose requirements Go prunes: `go mod graph` has no line of them.
"""
import json, os, sys, tempfile

from needs import compare, rows, run, write

EDGES = "MATCH (a)-[r]->(b) RETURN a.name, a.version, type(r), r.kind, r.requested, r.resolved, b.name, b.version"
NODES = "MATCH (a) RETURN a.name, a.version, a.selected"
PROJECTS = {
    "a service": ("""
module example.com/service

go 1.22

require (
	github.com/gin-gonic/gin v1.10.0
	github.com/spf13/viper v1.19.0
	go.opentelemetry.io/otel v1.28.0
	google.golang.org/grpc v1.65.0
	gorm.io/driver/postgres v1.5.9
	gorm.io/gorm v1.25.11
)
""", ["github.com/gin-gonic/gin", "github.com/spf13/viper", "go.opentelemetry.io/otel", "google.golang.org/grpc",
      "gorm.io/driver/postgres", "gorm.io/gorm"]),
    "replace and exclude": ("""
module example.com/operator

go 1.22

require (
	k8s.io/client-go v0.30.0
	sigs.k8s.io/controller-runtime v0.18.0
)

replace k8s.io/client-go => k8s.io/client-go v0.30.1

exclude github.com/google/uuid v1.5.0
""", ["k8s.io/client-go/kubernetes", "sigs.k8s.io/controller-runtime"]),
    "before pruning": ("""
module example.com/old

go 1.16

require (
	github.com/spf13/cobra v1.5.0
	github.com/spf13/viper v1.12.0
	github.com/prometheus/client_golang v1.12.0
)
""", ["github.com/spf13/cobra", "github.com/spf13/viper", "github.com/prometheus/client_golang/prometheus"]),
}


def module(word):
    path, _, version = word.partition("@")
    return path, version or None


def why(folder, modules):
    """The steps from module to module on the chains of imports, and the modules that nothing imports."""
    text, steps, unused = run(["go", "mod", "why", "-m", *modules], folder), set(), set()
    for part in text.split("# ")[1:]:
        name, *chain = [line for line in part.splitlines() if line]
        if chain[0].startswith("("):
            unused.add(name)
            continue
        owners = [owner(package, modules) for package in chain]
        steps |= {(a, b) for a, b in zip(owners, owners[1:]) if a and b and a != b}
    return steps, unused


def owner(package, modules):
    package = package.removesuffix(".test")
    fitting = [name for name in modules if package == name or package.startswith(name + "/")]
    return max(fitting, key=len, default=None)


def main():
    kenning, different = sys.argv[1], 0
    with tempfile.TemporaryDirectory() as work:
        for number, (what, (manifest, packages)) in enumerate(PROJECTS.items()):
            folder = os.path.join(work, str(number))
            imports = "".join(f'import _ "{package}"\n' for package in packages)
            write(folder, {"go.mod": manifest, "main.go": f"package main\n\n{imports}\nfunc main() {{}}\n"})
            run(["go", "mod", "tidy"], folder, GOFLAGS="-mod=mod", GOTOOLCHAIN="local")
            graph = run(["go", "mod", "graph"], folder)
            write(folder, {"go.modgraph": graph})
            file = os.path.join(folder, "go.modgraph")
            ours = rows(kenning, file, EDGES)

            theirs = {tuple(map(module, line.split())) for line in graph.splitlines()}
            stated = {
                ((row["a.name"], row["a.version"]), (row["b.name"], row["b.version"]))
                for row in ours
                if row["type(r)"] == "REQUIRES_AT_LEAST" or row["r.requested"] == row["r.resolved"]
            }
            different += compare(f"{what}, go mod graph", stated, theirs)

            listed = {module(line.replace(" ", "@", 1).split(" ")[0]) for line in run(["go", "list", "-m", "all"], folder).splitlines()}
            selected = {(row["a.name"], row["a.version"]) for row in rows(kenning, file, NODES) if row["a.selected"]}
            different += compare(f"{what}, go list -m all", selected, listed)

            needs = {(row["a.name"], row["b.name"]) for row in ours if row["type(r)"] == "DEPENDS_ON"}
            steps, unused = why(folder, [name for name, _ in listed])
            starts = {name for name, version in listed if (name, version) in {start for start, _ in theirs}}
            pruned = {step for step in steps - needs if step[0] not in starts}
            note = f"{len(unused)} of {len(listed)} modules unused, {len(pruned)} steps from pruned modules"
            different += compare(f"{what}, go mod why -m ({note})", needs & steps, steps - pruned)

            required = json.loads(run(["go", "mod", "edit", "-json"], folder))["Require"]
            theirs = {(need["Path"], need["Version"], "indirect" if need.get("Indirect") else "normal") for need in required}
            for name in ("go.mod", "go.modgraph"):
                own = rows(kenning, os.path.join(folder, name), EDGES)
                root = manifest.split()[1]
                own = {
                    (row["b.name"], row["r.requested"], row["r.kind"])
                    for row in own
                    if row["a.name"] == root and row["type(r)"] == "DEPENDS_ON"
                }
                different += compare(f"{what}, what {name} says of the main module", own, theirs)
    sys.exit(different > 0)


main()
