#!/usr/bin/env python3
"""Times kenning's words and algorithms on Debian's package graph beside igraph's calls, as tables in Markdown.

    python3 tests/verify/speed.py KENNING FOLDER

KENNING is a release build, FOLDER holds packages.csv.gz and depends.csv.gz. All times are the least of several runs, in
milliseconds: of kenning from the text of a statement to its last row, of igraph the call alone.
"""
import sys

from kit import Debian, least

debian = Debian(*sys.argv[1:3])
graph = debian.stored()
undirected = graph.as_undirected(mode="collapse").simplify()
needs, strict = debian.needing(), debian.needing(["DEPENDS_ON"])
number = debian.number


def below(graph, name):
    """What a package needs: igraph's closure."""
    return lambda: graph.subcomponent(number[name], mode="out")


def above(graph, name):
    return lambda: graph.subcomponent(number[name], mode="in")


def both(graph, one, other, combine):
    return lambda: combine(set(below(graph, one)()), set(below(graph, other)()))


# Each word with the call of igraph that comes nearest to it, if there is one.
WORDS = {
    "DEPS git VIA DEPENDS_ON": below(strict, "git"),
    "DEPS gnome VIA DEPENDS_ON": below(strict, "gnome"),
    "DEPS gnome DEPTH 2": below(needs, "gnome"),
    "DEPS gnome RANKED": below(needs, "gnome"),
    "DEPS gnome": below(needs, "gnome"),
    "IMPACT vlc VIA DEPENDS_ON": above(strict, "vlc"),
    "IMPACT libqt5core5a DEPTH 1": above(needs, "libqt5core5a"),
    "IMPACT libc6 DEPTH 1": above(needs, "libc6"),
    "IMPACT libc6": above(needs, "libc6"),
    "WHY gnome TO libc6": lambda: needs.get_shortest_path(number["gnome"], number["libc6"]),
    "WHY 'texlive-full' TO libc6 ALL": lambda: needs.get_all_shortest_paths(number["texlive-full"], number["libc6"]),
    "WHY gnome TO perl UP TO 10": lambda: needs.get_k_shortest_paths(number["gnome"], number["perl"], k=10),
    "WHY gnome TO perl AVOIDING libc6": None,
    "WHY libc6 TO 'gnome-games'": lambda: needs.get_shortest_path(number["libc6"], number["gnome-games"]),
    "COMMON git, vlc VIA DEPENDS_ON": both(strict, "git", "vlc", set.intersection),
    "COMMON gnome, 'kde-full'": both(needs, "gnome", "kde-full", set.intersection),
    "DIFF gnome, 'kde-full'": both(needs, "gnome", "kde-full", set.symmetric_difference),
    "CRITICAL FOR gnome VIA DEPENDS_ON": lambda: strict.dominator(number["gnome"]),
    "CRITICAL FOR gnome": lambda: needs.dominator(number["gnome"]),
    "CRITICAL FOR gnome TO perl": lambda: needs.mincut(number["gnome"], number["perl"]),
    "CYCLES THROUGH perl": None,
    "ORDER OF gnome VIA DEPENDS_ON": None,
    "ORDER OF gnome": None,
    "FANIN OF perl": above(needs, "perl"),
    "ORDER": None,
    "CYCLES": None,
    "CRITICAL": None,
    "FANIN": None,
}
# Those that kenning takes.
SAMPLES = [sample * len(debian.names) // 100 for sample in range(100)]
WHOLE = {
    "algo.components.strong()": lambda: graph.connected_components("strong"),
    "algo.components.weak()": lambda: graph.connected_components("weak"),
    "algo.pagerank()": graph.pagerank,
    "algo.coreness()": undirected.coreness,
    "algo.triangles()": undirected.transitivity_local_undirected,
    "algo.articulationPoints()": graph.articulation_points,
    "algo.bridges()": graph.bridges,
    "algo.spanningTree()": graph.spanning_tree,
    # All that kenning's answer holds.
    "algo.degree()": lambda: [graph.degree(), graph.degree(mode="out"), graph.degree(mode="in"), graph.strength()],
    "algo.betweenness({samples: 100})": lambda: graph.betweenness(sources=SAMPLES),
    "algo.communities()": undirected.community_multilevel,
}
SLOW = ["algo.communities()", "algo.betweenness({samples: 100})", "WHY gnome TO perl UP TO 10"]


def beside(name, call):
    return "" if call is None else f"{least(call, 1 if name in SLOW else 7):.2f}"


# Each in a process of its own, so that what one leaves in memory is no burden to the next.
timed = {word: debian.ask({word: word}, 21)[word] for word in WORDS}
print("\n| word | rows | ms | ns a row | igraph, ms |\n|---|---:|---:|---:|---:|")
for word, peer in WORDS.items():
    rows, time = timed[word]
    each = f"{time * 1e6 / len(rows):.0f}" if len(rows) > 1000 else ""
    print(f"| `{word}` | {len(rows):,} | {time:.2f} | {each} | {beside(word, peer)} |")

# What comes nearest to a tree: not only the nodes reached, but the relations among them, too.
reached = above(needs, "libc6")
among = least(lambda: needs.induced_subgraph(reached()), 7)
print(f"\n`IMPACT libc6` with relations: igraph's closure and induced_subgraph {among:.2f} ms")
timed = {call: debian.ask({call: f"CALL {call}"}, 7)[call] for call in WHOLE}
print("\n| algorithm | rows | ms | igraph, ms | ratio |\n|---|---:|---:|---:|---:|")
for call, peer in WHOLE.items():
    rows, time = timed[call]
    other = beside(call, peer)
    print(f"| `{call}` | {len(rows):,} | {time:.1f} | {other} | {time / float(other):.2f} |")
