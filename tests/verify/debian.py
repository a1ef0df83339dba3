#!/usr/bin/env python3
"""Compares kenning's tracing words and algorithms with igraph's, NetworkX's and apt's on Debian's package graph.

    python3 tests/verify/debian.py KENNING FOLDER

KENNING is the program, FOLDER holds packages.csv.gz and depends.csv.gz. Every answer must be equal, else the program
ends with 1. apt is asked on a package index written from the same data; without it that part is left out, with a word.
"""
import collections, itertools, os, shutil, subprocess, sys

import igraph
import networkx

from kit import Debian

debian = Debian(*sys.argv[1:3])
number, names = debian.number, debian.names
failures = []


def check(what, is_right, told=""):
    print("equal   " if is_right else "DIFFERS ", what, told)
    if not is_right:
        failures.append(what)


def classes(of):
    """A division as a set of sets, so that numbers do not matter."""
    members = collections.defaultdict(list)
    for node, group in enumerate(of):
        members[group].append(node)
    return {frozenset(group) for group in members.values()}


def near(a, b, share=1e-6):
    return len(a) == len(b) and all(abs(x - y) <= share * max(abs(x), abs(y), 1e-9) for x, y in zip(a, b))


def known(wanted):
    return [name for name in wanted if name in number]


stored, needing = debian.stored(), debian.needing()
# What apt means by "depends": packages, and those that provide what only has a name.
HARD = ["DEPENDS_ON", "PROVIDES"]
hard = debian.needing(HARD)
via = f"via: {HARD}"
collapsed = networkx.DiGraph(debian.needs())
collapsed.add_nodes_from(range(len(names)))
hard_collapsed = networkx.DiGraph(debian.needs(HARD))
PACKAGES = known(["gnome", "vlc", "git", "python3", "texlive-full", "apache2", "curl", "default-jdk"])
PAIRS = [("gnome", "libc6"), ("git", "zlib1g"), ("vlc", "perl"), ("apache2", "libssl3"), ("emacs", "gcc-12-base")]
PAIRS = [pair for pair in PAIRS if all(name in number for name in pair)]
COUNTED = known(["perl", "libc6", "bash", "systemd", "vlc", "kde-full", "libqt5core5a", "python3-numpy"])
UNREACHED = ("libc6", "gnome-games") if "gnome-games" in number else None

# Where each answer comes from: the first column, or all, as numbers of packages.
ids = lambda answer, at=0: [int(row[at]) for row in answer]
column = lambda answer, at=0: [row[at] for row in answer]


def word_queries():
    for p in PACKAGES:
        yield f"deps {p}", f"CALL trace.depsRanked('{p}') YIELD term, distance RETURN term.id, distance"
        yield f"hard {p}", f"CALL trace.depsRanked('{p}', {{{via}}}) YIELD term RETURN term.id"
        yield f"tree {p}", f"CALL trace.deps('{p}', {{{via}}}) YIELD term, depth WHERE depth > 0 RETURN DISTINCT term.id"
        yield f"impact {p}", f"CALL trace.impactRanked('{p}') YIELD term, distance RETURN term.id, distance"
        yield f"critical {p}", f"CALL trace.critical('{p}', null, {{{via}}}) YIELD term, cuts RETURN term.id, cuts"
        yield f"order {p}", f"CALL trace.order('{p}') YIELD term, layer, cycle RETURN term.id, layer, cycle"
    for p in COUNTED:
        yield f"fanin {p}", f"CALL trace.fanin('{p}') YIELD direct, transitive RETURN direct, transitive"
        yield f"fanout {p}", f"CALL trace.fanout('{p}') YIELD direct, transitive RETURN direct, transitive"
        cycles = f"CALL trace.cycles('{p}', {{upTo: 20}}) YIELD chain, start, `end` AS goal RETURN chain, start.id, goal.id"
        yield f"cycles {p}", cycles
    for a, b in PAIRS:
        why = f"CALL trace.why('{a}', '{b}', {{{{{{}}}}}}) YIELD chain, start, `end` AS goal RETURN chain, start.id, goal.id"
        yield f"why {a} {b}", why.format("all: false")
        yield f"all {a} {b}", why.format("all: true")
        yield f"several {a} {b}", why.format(f"upTo: 20, {via}")
        common = f"CALL trace.common(['{a}', '{b}']) YIELD term, distances RETURN term.id, distances"
        yield f"common {a} {b}", common
        yield f"diff {a} {b}", f"CALL trace.diff('{a}', '{b}', {{{via}}}) YIELD term RETURN term.id"
        parting = f"CALL trace.critical('{a}', '{b}') YIELD kind RETURN kind"
        yield f"parting {a} {b}", parting
    yield "order", "CALL trace.order() YIELD term, layer, cycle RETURN term.id, layer, cycle"
    yield "critical", "CALL trace.critical() YIELD kind, term, other RETURN kind, term.id, other.id"
    for way in ["fanin", "fanout"]:
        yield way, f"CALL trace.{way}() YIELD term, transitive RETURN term.id, transitive"
    if UNREACHED:
        yield "no way", "CALL trace.why('{}', '{}') YIELD start RETURN start.id".format(*UNREACHED)


# All that one package reaches, as a graph of its own.
inner = sorted(hard.subcomponent(number["git"], mode="out"))
PART = f"MATCH (p:Package) WHERE p.id IN {inner} WITH collect(p) AS part"


def algorithm_queries():
    yield "strong", "CALL algo.components.strong() YIELD component RETURN component"
    yield "weak", "CALL algo.components.weak() YIELD component RETURN component"
    yield "pagerank", "CALL algo.pagerank({tolerance: 1e-12}) YIELD score RETURN score"
    yield "coreness", "CALL algo.coreness() YIELD coreness RETURN coreness"
    yield "triangles", "CALL algo.triangles() YIELD triangles RETURN triangles"
    yield "points", "CALL algo.articulationPoints() YIELD node RETURN node.id"
    yield "bridges", "CALL algo.bridges() YIELD relationship AS r RETURN startNode(r).id, endNode(r).id"
    yield "communities", "CALL algo.communities() YIELD community RETURN community"
    yield "tree", "CALL algo.spanningTree() YIELD relationship RETURN count(relationship)"
    for a, b in PAIRS:
        yield f"paths {a} {b}", f"CALL algo.kShortestPaths('{a}', '{b}', 10) YIELD length RETURN length"
        yield f"cut {a} {b}", f"CALL algo.minCut('{a}', '{b}') YIELD relationship RETURN count(relationship)"
        yield f"nodes {a} {b}", f"CALL algo.minCut('{a}', '{b}', {{what: 'nodes'}}) YIELD node RETURN count(node)"
    for call, field in [("betweenness", "score"), ("closeness", "score"), ("closeness", "harmonic")]:
        yield f"{call} {field}", f"{PART} CALL algo.{call}({{nodes: part}}) YIELD node, {field} RETURN node.id, {field}"
    dominators = f"CALL algo.dominators('git', {{nodes: part}}) YIELD node, dominator RETURN node.id, dominator.id"
    yield "dominators", f"{PART} {dominators}"


answers = {name: rows for name, (rows, _) in debian.ask(dict([*word_queries(), *algorithm_queries()]), 1).items()}


def closures():
    for p in PACKAGES:
        root = number[p]
        for word, mode in [("deps", "out"), ("impact", "in")]:
            distances = dict(zip(ids(answers[f"{word} {p}"]), column(answers[f"{word} {p}"], 1)))
            right = {node: far for node, far in enumerate(needing.distances(root, mode=mode)[0]) if 0 < far < float("inf")}
            check(f"{word.upper()} {p} and distances, igraph", distances == right, f"{len(right)} packages")
        right = set(hard.subcomponent(root, mode="out")) - {root}
        check(f"DEPS {p} VIA {', '.join(HARD)}, igraph", set(ids(answers[f"hard {p}"])) == right, f"{len(right)} packages")
        check("    as a tree", set(ids(answers[f"tree {p}"])) - {root} == right)
    for p in COUNTED:
        for way, mode in [("fanin", "in"), ("fanout", "out")]:
            direct = len(set(needing.neighbors(number[p], mode=mode)) - {number[p]})
            transitive = len(needing.subcomponent(number[p], mode=mode)) - 1
            check(f"{way.upper()} OF {p}, igraph", answers[f"{way} {p}"] == [[direct, transitive]], f"{direct}, {transitive}")
    for way, mode in [("fanin", "in"), ("fanout", "out")]:
        of = dict(zip(ids(answers[way]), column(answers[way], 1)))
        sample = range(0, len(names), 997)
        right = {node: len(needing.subcomponent(node, mode=mode)) - 1 for node in sample}
        check(f"{way.upper()}, igraph", all(of.get(node, 0) == many for node, many in right.items()), f"{len(right)} packages")


def chains_of(answer):
    """Each as its packages; every hop must begin where the one before ended."""
    chains = collections.defaultdict(list)
    for chain, start, end in answer:
        of = chains[chain]
        assert not of or of[-1] == int(start), "a chain with a gap"
        of.extend([int(end)] if of else [int(start), int(end)])
    return list(chains.values())


def chains():
    for a, b in PAIRS:
        start, goal = number[a], number[b]
        shortest = needing.get_all_shortest_paths(start, goal)
        right = sorted(map(tuple, shortest))
        check(f"WHY {a} TO {b}, igraph", chains_of(answers[f"why {a} {b}"])[0] in shortest, f"{len(shortest[0]) - 1} hops")
        found = sorted(map(tuple, chains_of(answers[f"all {a} {b}"])))
        check(f"WHY {a} TO {b} ALL, igraph", found == right, f"{len(right)} chains")
        # Only what can lie on a way matters.
        between = set(hard.subcomponent(start, mode="out")) & set(hard.subcomponent(goal, mode="in"))
        part = hard_collapsed.subgraph(between)
        paths = networkx.shortest_simple_paths(part, start, goal) if between else []
        lengths = [len(path) for path in itertools.islice(paths, 20)]
        found = chains_of(answers[f"several {a} {b}"])
        simple = all(networkx.is_simple_path(part, chain) for chain in found)
        different = len(set(map(tuple, found))) == len(found)
        ends = all((chain[0], chain[-1]) == (start, goal) for chain in found)
        check(f"WHY {a} TO {b} UP TO 20, NetworkX", simple and different and ends and [*map(len, found)] == lengths)
        far = [needing.distances(node, mode="out")[0] for node in (start, goal)]
        # A term is not needed by itself, unless it lies on a cycle: then in as many hops as the shortest one has.
        for node, distances in zip((start, goal), far):
            back = [needing.distances(next_, node)[0][0] + 1 for next_ in set(needing.successors(node))]
            distances[node] = min(back, default=float("inf"))
        right = {node: [x, y] for node, (x, y) in enumerate(zip(*far)) if max(x, y) < float("inf")}
        common = answers[f"common {a} {b}"]
        check(f"COMMON {a}, {b}, igraph", dict(zip(ids(common), column(common, 1))) == right, f"{len(right)} packages")
        sides = [set(hard.subcomponent(node, mode="out")) - {node} for node in (start, goal)]
        sides = [side | ({node} & set(itertools.chain(*map(hard.successors, side)))) for side, node in zip(sides, (start, goal))]
        check(f"DIFF {a}, {b}, igraph", sorted(ids(answers[f"diff {a} {b}"])) == sorted(sides[0] ^ sides[1]))
    if UNREACHED:
        reached = number[UNREACHED[1]] in needing.subcomponent(number[UNREACHED[0]], mode="out")
        check("WHY {} TO {}: no chain, igraph".format(*UNREACHED), bool(answers["no way"]) == reached)
    for p in COUNTED:
        found = chains_of(answers[f"cycles {p}"])
        back = [needing.distances(next_, number[p])[0][0] + 1 for next_ in set(needing.successors(number[p]))]
        shortest = min(back, default=float("inf"))
        right = all(c[0] == c[-1] == number[p] and len(set(c[:-1])) == len(c) - 1 for c in found)
        right &= all(collapsed.has_edge(a, b) for c in found for a, b in zip(c, c[1:]))
        right &= bool(found) == (shortest < float("inf")) and (not found or len(found[0]) - 1 == shortest)
        check(f"CYCLES THROUGH {p}, igraph", right, f"the shortest of {shortest} hops")


def orders():
    strong = needing.connected_components("strong").membership
    size = collections.Counter(strong)
    for name in ["order", *(f"order {p}" for p in PACKAGES)]:
        rows = answers[name]
        layer, cycle = dict(zip(ids(rows), column(rows, 1))), dict(zip(ids(rows), column(rows, 2)))
        inside = [(a, b) for a, b in debian.needs() if a in layer]
        right = all(layer[b] < layer[a] or (strong[a] == strong[b] and layer[a] == layer[b]) for a, b in inside)
        lowest = collections.defaultdict(int)
        for a, b in inside:
            if strong[a] != strong[b]:
                lowest[strong[a]] = max(lowest[strong[a]], layer[b])
        right &= all(layer[node] == lowest[strong[node]] + 1 for node in layer)
        check(f"{name.upper()}: a topological order of the condensation, none later than need be, igraph", right)
        loops = {a for a, b in inside if a == b}
        cyclic = {node for node in layer if size[strong[node]] > 1 or node in loops}
        pairs = {(strong[node], cycle[node]) for node in cyclic}
        same = {node for node in layer if cycle[node] is not None} == cyclic and len(pairs) == len({s for s, _ in pairs})
        wanted = set(itertools.chain(*debian.needs())) if name == "order" else set(needing.subcomponent(number[name[6:]], mode="out"))
        check("    its terms and its cycles", same and set(layer) == wanted, f"{len(wanted)} packages")


def cuts():
    undirected = needing.as_undirected(mode="each")
    points = set(undirected.articulation_points())
    rows = answers["critical"]
    check("CRITICAL: articulation points, igraph", {int(r[1]) for r in rows if r[0] == "articulation point"} == points, f"{len(points)}")
    right = sorted(tuple(sorted(undirected.es[edge].tuple)) for edge in undirected.bridges())
    found = sorted(tuple(sorted((int(r[1]), int(r[2])))) for r in rows if r[0] == "bridge")
    check("CRITICAL: bridges, igraph", found == right, f"{len(right)}")
    for p in PACKAGES:
        root = number[p]
        closure = hard.subcomponent(root, mode="out")
        tree = networkx.immediate_dominators(hard_collapsed.subgraph(closure), root) if len(closure) > 1 else {}
        tree.pop(root, None)
        below = collections.Counter()
        for node in tree:
            above = tree[node]
            while above != root:
                below[above] += 1
                above = tree[above]
        found = dict(zip(ids(answers[f"critical {p}"]), column(answers[f"critical {p}"], 1)))
        check(f"CRITICAL FOR {p} VIA {', '.join(HARD)}, NetworkX", found == dict(below), f"{len(below)} dominators")
    for a, b in PAIRS:
        kinds = collections.Counter(column(answers[f"parting {a} {b}"]))
        right = needing.maxflow_value(number[a], number[b])
        check(f"CRITICAL FOR {a} TO {b}: least cut, igraph", kinds["relation of the least cut"] == right, f"{right:.0f}")
        if number[b] not in needing.successors(number[a]):
            right = needing.vertex_connectivity(number[a], number[b])
            check("    fewest terms, igraph", kinds["term of the least cut"] == right, f"{right}")


def algorithms():
    simple = stored.as_undirected(mode="collapse").simplify()
    directed = networkx.DiGraph(stored.get_edgelist())
    directed.add_nodes_from(range(len(names)))
    undirected = networkx.Graph(directed)
    undirected.remove_edges_from(list(networkx.selfloop_edges(undirected)))
    strong = column(answers["strong"])
    right = {frozenset(c) for c in networkx.strongly_connected_components(directed)}
    check("strong components, NetworkX", classes(strong) == right, f"{len(right)}")
    check("    in reverse topological order", all(strong[a] >= strong[b] for a, b, _ in debian.edges))
    check("weak components, igraph", classes(column(answers["weak"])) == classes(stored.connected_components("weak").membership))
    check("PageRank, igraph", near(column(answers["pagerank"]), stored.pagerank(), 1e-5))
    check("coreness, igraph", column(answers["coreness"]) == simple.coreness())
    triangles = networkx.triangles(undirected)
    check("triangles, NetworkX", column(answers["triangles"]) == [triangles[node] for node in range(len(names))])
    points = sorted(networkx.articulation_points(undirected))
    check("articulation points, NetworkX", sorted(ids(answers["points"])) == points, f"{len(points)}")
    loose = stored.as_undirected(mode="each")
    right = sorted(tuple(sorted(loose.es[edge].tuple)) for edge in loose.bridges())
    found = sorted(tuple(sorted(map(int, row))) for row in answers["bridges"])
    check("bridges, igraph", found == right, f"{len(found)}")
    # Bridges of the graph without parallel edges that no parallel edge bridges over are those of NetworkX.
    many = collections.Counter(tuple(sorted(edge)) for edge in stored.get_edgelist())
    right = sorted(tuple(sorted(edge)) for edge in networkx.bridges(undirected) if many[tuple(sorted(edge))] == 1)
    check("bridges, NetworkX", found == right)
    igraph.set_random_number_generator(__import__("random").Random(1))
    modularity = [simple.modularity(of) for of in (column(answers["communities"]), simple.community_multilevel().membership)]
    told = "modularity {:.4f}, igraph's {:.4f}".format(*modularity)
    check("communities, about as good as igraph's", modularity[0] >= modularity[1] - 0.02, told)
    check("spanning tree, igraph", answers["tree"] == [[stored.spanning_tree().ecount()]])
    for a, b in PAIRS:
        start, goal = number[a], number[b]
        between = set(stored.subcomponent(start, mode="out")) & set(stored.subcomponent(goal, mode="in"))
        paths = networkx.shortest_simple_paths(directed.subgraph(between), start, goal)
        right = [len(path) - 1 for path in itertools.islice(paths, 10)]
        check(f"k shortest {a} to {b}, NetworkX", column(answers[f"paths {a} {b}"]) == right, str(right))
        check(f"least cut {a} to {b}, igraph", column(answers[f"cut {a} {b}"]) == [stored.maxflow_value(start, goal)])
        if goal not in stored.successors(start):
            right = stored.vertex_connectivity(start, goal)
            check(f"fewest nodes {a} to {b}, igraph", column(answers[f"nodes {a} {b}"]) == [right], str(right))
    part = stored.induced_subgraph(inner)
    for name, right in {
        "betweenness score": part.betweenness(),
        "closeness score": part.closeness(mode="out"),
        "closeness harmonic": part.harmonic_centrality(mode="out"),
    }.items():
        of = {int(row[0]): row[1] for row in answers[name]}
        number_of = lambda value: 0.0 if value is None or value != value else value
        check(f"{name}, igraph", near([number_of(of[node]) for node in inner], [number_of(value) for value in right]))
    tree = networkx.immediate_dominators(directed.subgraph(inner), number["git"])
    tree.pop(number["git"], None)
    check("dominators, NetworkX", dict(zip(ids(answers["dominators"]), ids(answers["dominators"], 1))) == tree)


def by_apt():
    """The closures that apt finds in a package index written from the same data."""
    if not shutil.which("apt-cache"):
        print("skipped: apt-cache is not here")
        return
    root = debian.work.name
    fields = {"DEPENDS_ON": "Depends", "PROVIDES": "Provides"}
    of = collections.defaultdict(lambda: collections.defaultdict(list))
    for start, end, kind in debian.edges:
        if kind in fields and names[end] not in of[start][fields[kind]]:
            of[start][fields[kind]].append(names[end])
    with open(os.path.join(root, "status"), "w") as out:
        for at, row in enumerate(debian.rows("packages.csv.gz")):
            if row[6] != "true":
                continue
            out.write(f"Package: {row[1]}\nStatus: install ok installed\nVersion: 1\nArchitecture: all\nMaintainer: x\n")
            out.writelines(f"{field}: {', '.join(targets)}\n" for field, targets in of[at].items())
            out.write("Description: x\n\n")
    os.makedirs(os.path.join(root, "lists/partial"))
    os.makedirs(os.path.join(root, "cache/archives/partial"))
    options = ["-oDebug::NoLocking=true", "-oAPT::Cache::ShowVirtuals=false", "-oAPT::Architecture=amd64"]
    for key, value in {"Dir::State::status": "status", "Dir::State::lists": "lists", "Dir::Cache": "cache"}.items():
        options.append(f"-o{key}={os.path.join(root, value)}")
    for p in PACKAGES:
        command = ["apt-cache", *options, "depends", "--recurse", "--no-recommends", "--no-suggests", p]
        said = subprocess.run(command, capture_output=True, text=True)
        if said.returncode:
            print(f"skipped: apt-cache cannot run: {said.stderr.strip().splitlines()[-1:]}")
            return
        reached = {word.strip("<>").split(":")[0] for line in said.stdout.splitlines() for word in line.split()[-1:]}
        right = {number[name] for name in reached} - {number[p]}
        check(f"closure of {p}, apt-cache depends --recurse", set(ids(answers[f"hard {p}"])) == right, f"{len(right)} packages")


for comparison in [closures, by_apt, chains, orders, cuts, algorithms]:
    comparison()
print(f"\n{len(failures)} differ" if failures else "\nall equal")
sys.exit(bool(failures))
