"use strict";
// What a picture consists of and what of it is seen: nodes and links, what is hidden, chosen or on a path, and how it
// grows. Nothing is drawn here.
globalThis.kenningNet = (data, on) => {
  const { nodes, links, types } = data;
  const FOLD = 25; // Neighbours that one click shows; the others are a count at their hub.
  const MANY = 300; // With more nodes than these a few are shown first.
  const LABELS = ["#2f74c0", "#c2571a", "#23855a", "#9a48b8", "#9a7410", "#b83a4d", "#1f8796", "#7a685a"];
  const onPath = [...links.keys()].filter((at) => links[at].path);
  // What changes as the reader goes about.
  const state = {
    chosen: null,
    pathFrom: null, // The node from which a path is to be found.
    path: new Set(onPath),
    pathNodes: new Set(onPath.flatMap((at) => [links[at].from, links[at].to])),
  };

  // Link indexes by node.
  const around = [];
  const placeOf = new Map(nodes.map((node, at) => [node.id, at]));
  const known = new Set();
  function join(at) {
    const link = links[at];
    known.add(link.id);
    (around[link.from] ??= []).push(at);
    if (link.to !== link.from) (around[link.to] ??= []).push(at);
  }
  nodes.forEach((_, at) => { around[at] = []; });
  links.forEach((_, at) => join(at));
  const other = (link, node) => (link.from === node ? link.to : link.from);
  const label = (node) => node.labels[0] ?? "";

  // ---- What is seen ----
  const hiddenTypes = new Set();
  const hiddenLabels = new Set();
  const visible = (at) => nodes[at].shown && !hiddenLabels.has(label(nodes[at]));
  const seen = (link) => !hiddenTypes.has(link.type) && visible(link.from) && visible(link.to);
  // Neighbours that are not shown, here or at the server.
  const folded = (at) => new Set(around[at].map((link) => other(links[link], at)).filter((far) => !nodes[far].shown)).size
    + Math.max(0, (nodes[at].degree ?? 0) - around[at].length);
  const colourOf = new Map();
  function countLabels() {
    const counts = new Map();
    for (const node of nodes) counts.set(label(node), (counts.get(label(node)) ?? 0) + 1);
    const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    // A label keeps its colour when others come.
    for (const [name] of sorted) if (!colourOf.has(name)) colourOf.set(name, LABELS[colourOf.size % LABELS.length]);
    return sorted.map(([name, count]) => ({ name, count, colour: colourOf.get(name) }));
  }

  // ---- Choosing, growing, paths ----
  function mark(at) {
    state.chosen = at;
    state.pathFrom = null;
    if (at !== null) nodes[at].shown = true;
    changed();
  }
  function choose(at) {
    if (at !== null) unfold(at);
    mark(at);
  }
  // Shows neighbours of a node: those joined to most first, and no more at once than can be told apart.
  function unfold(at) {
    nodes[at].shown = true;
    const hidden = [...new Set(around[at].map((link) => other(links[link], at)))].filter((far) => !nodes[far].shown);
    hidden.sort((a, b) => around[b].length - around[a].length || a - b);
    for (const far of hidden.slice(0, FOLD)) nodes[far].shown = true;
    if ((nodes[at].degree ?? 0) > around[at].length && on.more) on.more(at);
  }
  function changed() {
    on.changed?.();
  }
  function focus(at) {
    nodes.forEach((node) => { node.shown = false; });
    choose(at);
  }
  function showAll() {
    nodes.forEach((node) => { node.shown = true; });
    changed();
  }
  // The shortest path over the types that are switched on, whichever way the arrows point.
  function findPath(from, to) {
    const came = new Map([[from, null]]);
    const queue = [from];
    for (let next = 0; next < queue.length && !came.has(to); next++) {
      for (const at of around[queue[next]]) {
        const reached = other(links[at], queue[next]);
        if (hiddenTypes.has(links[at].type) || came.has(reached)) continue;
        came.set(reached, at);
        queue.push(reached);
      }
    }
    state.path = new Set();
    state.pathNodes = new Set([from, to]);
    for (let node = to; came.get(node) != null;) {
      const at = came.get(node);
      state.path.add(at);
      node = other(links[at], node);
      state.pathNodes.add(node);
    }
    for (const node of state.pathNodes) nodes[node].shown = true;
    state.pathFrom = null;
    state.chosen = null;
    changed();
    on.path?.(from, to, came.has(to));
  }
  function clearPath() {
    state.path = new Set();
    state.pathNodes = new Set();
    choose(null);
  }
  // Of many nodes those around a root, or else around the node with most links, and those of a path.
  function showFirst() {
    const roots = [...nodes.keys()].filter((at) => nodes[at].root);
    const many = nodes.length > MANY;
    nodes.forEach((node) => { node.shown = !many; });
    if (!many) return;
    const best = around.reduce((best, list, at) => (list.length > around[best].length ? at : best), 0);
    for (const at of roots.length ? roots : [best]) unfold(at);
    for (const at of state.pathNodes) nodes[at].shown = true;
  }

  countLabels();
  return {
    nodes, links, types, state, around, placeOf, known, join, other, label, visible, seen, folded, countLabels, colourOf, LABELS,
    mark, choose, unfold, changed, focus, showAll, findPath, clearPath, showFirst,
    switchType(at, shown) { hiddenTypes[shown ? "delete" : "add"](at); changed(); },
    switchLabel(name, shown) { hiddenLabels[shown ? "delete" : "add"](name); changed(); },
  };
};
