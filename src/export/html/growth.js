"use strict";
// Takes nodes and links that come later into a picture, and finds places for them.
globalThis.kenningGrowth = (net) => {
  const { nodes, links, types, around, placeOf, known, join, LABELS } = net;

  // Takes in nodes and links that the server sent, around a node that is here.
  function add(more, at) {
    const fresh = [];
    for (const node of more.nodes) {
      if (placeOf.has(node.id)) continue;
      placeOf.set(node.id, nodes.length);
      fresh.push(nodes.length);
      nodes.push({ ...node, root: false, shown: true, moved: true });
      around.push([]);
    }
    const typeOf = more.types.map((type) => {
      const found = types.findIndex((known) => known.name === type.name);
      return found >= 0 ? found : types.push({ ...type, ...styleOf(types.length) }) - 1;
    });
    for (const link of more.links) {
      if (known.has(link.id)) continue;
      const [from, to] = [link.from, link.to].map((end) => placeOf.get(more.nodes[end].id));
      links.push({ ...link, from, to, type: typeOf[link.type], route: null, path: false });
      join(links.length - 1);
    }
    settle(fresh, at);
    net.changed();
  }
  // A type that comes later gets a colour that no other has, as long as there are some.
  function styleOf(at) {
    const free = LABELS.filter((colour) => !types.some((type) => type.colour === colour));
    return { colour: free[0] ?? LABELS[at % LABELS.length], dash: free.length ? [] : [6, 3] };
  }
  // Puts new nodes around the one they came with, and moves them until they keep clear of all others.
  function settle(fresh, at) {
    const hub = nodes[at];
    fresh.forEach((of, n) => {
      const turn = n * 2.39996; // The golden angle spreads any number of them.
      const far = 150 + 26 * Math.sqrt(n);
      nodes[of].x = hub.x + Math.cos(turn) * far * 1.5;
      nodes[of].y = hub.y + Math.sin(turn) * far;
    });
    const all = [...nodes.keys()].filter((of) => nodes[of].shown);
    for (let round = 0; round < 90; round++) {
      for (const of of fresh) {
        const node = nodes[of];
        let [fx, fy] = [(hub.x - node.x) * 0.01, (hub.y - node.y) * 0.01];
        for (const far of all) {
          if (far === of) continue;
          const [dx, dy] = [node.x - nodes[far].x, node.y - nodes[far].y];
          const [wide, tall] = [(node.w + nodes[far].w) / 2 + 24, (node.h + nodes[far].h) / 2 + 18];
          const [over, under] = [wide - Math.abs(dx), tall - Math.abs(dy)];
          if (over <= 0 || under <= 0) continue;
          if (over / wide < under / tall) fx += (Math.sign(dx) || 1) * over * 0.5;
          else fy += (Math.sign(dy) || 1) * under * 0.5;
        }
        node.x += fx;
        node.y += fy;
      }
    }
  }
  return add;
};
