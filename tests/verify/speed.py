#!/usr/bin/env python3
"""Times kenning's words and algorithms on Debian's package graph, the latter beside igraph's, as a table in Markdown.

    python3 tests/verify/speed.py KENNING FOLDER

KENNING is a release build, FOLDER holds packages.csv.gz and depends.csv.gz. All times are the least of several runs, in
milliseconds: of kenning from the text of a statement to its last row, of igraph the call alone.
"""
import sys

from kit import Debian, least

debian = Debian(*sys.argv[1:3])
graph = debian.stored()
undirected = graph.as_undirected(mode="collapse").simplify()

WORDS = [
    "DEPS git VIA DEPENDS_ON",
    "DEPS gnome VIA DEPENDS_ON",
    "DEPS gnome DEPTH 2",
    "DEPS gnome RANKED",
    "DEPS gnome",
    "IMPACT vlc VIA DEPENDS_ON",
    "IMPACT libqt5core5a DEPTH 1",
    "IMPACT libc6 DEPTH 1",
    "IMPACT libc6",
    "WHY gnome TO libc6",
    "WHY 'texlive-full' TO libc6 ALL",
    "WHY gnome TO perl UP TO 10",
    "WHY gnome TO perl AVOIDING libc6",
    "WHY libc6 TO 'gnome-games'",
    "COMMON git, vlc VIA DEPENDS_ON",
    "COMMON gnome, 'kde-full'",
    "DIFF gnome, 'kde-full'",
    "CRITICAL FOR gnome VIA DEPENDS_ON",
    "CRITICAL FOR gnome",
    "CRITICAL FOR gnome TO perl",
    "CYCLES THROUGH perl",
    "ORDER OF gnome VIA DEPENDS_ON",
    "ORDER OF gnome",
    "FANIN OF perl",
    "ORDER",
    "CYCLES",
    "CRITICAL",
    "FANIN",
]
WHOLE = {
    "algo.components.strong()": lambda: graph.connected_components("strong"),
    "algo.components.weak()": lambda: graph.connected_components("weak"),
    "algo.pagerank()": graph.pagerank,
    "algo.coreness()": undirected.coreness,
    "algo.triangles()": undirected.transitivity_local_undirected,
    "algo.articulationPoints()": graph.articulation_points,
    "algo.bridges()": graph.bridges,
    "algo.spanningTree()": graph.spanning_tree,
    "algo.degree()": graph.degree,
    "algo.communities()": undirected.community_multilevel,
}
SLOW = ["algo.communities()"]

timed = debian.ask({word: word for word in WORDS}, 7)
print("\n| word | rows | ms |\n|---|---:|---:|")
for word in WORDS:
    rows, time = timed[word]
    print(f"| `{word}` | {len(rows):,} | {time:.2f} |")
timed = debian.ask({call: f"CALL {call}" for call in WHOLE}, 7)
print("\n| algorithm | rows | ms | igraph, ms | ratio |\n|---|---:|---:|---:|---:|")
for call, peer in WHOLE.items():
    rows, time = timed[call]
    other = least(peer, 1 if call in SLOW else 7)
    print(f"| `{call}` | {len(rows):,} | {time:.1f} | {other:.1f} | {time / other:.2f} |")
