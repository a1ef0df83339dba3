"use strict";
// The explorer: draws the graph of this page on its canvas. Everything it needs is in the page; it asks nobody.
(() => {
  const data = JSON.parse(document.getElementById("graph").textContent);
  const { nodes, links, types } = data;
  const byId = (id) => document.getElementById(id);
  const canvas = byId("picture");
  const pen = canvas.getContext("2d");
  const MANY = 600; // With more nodes than these a few are shown first.

  // What nodes are joined to: link numbers by node.
  const around = nodes.map(() => []);
  links.forEach((link, at) => {
    around[link.from].push(at);
    if (link.to !== link.from) around[link.to].push(at);
  });
  const other = (link, node) => (link.from === node ? link.to : link.from);
  const hiddenTypes = new Set();
  const seen = (link) => !hiddenTypes.has(link.type) && nodes[link.from].shown && nodes[link.to].shown;

  let view = { x: 0, y: 0, scale: 1 };
  let chosen = null;
  let pathFrom = null; // The node from which a path is to be found.
  let path = new Set([...links.keys()].filter((at) => links[at].path));
  let pathNodes = new Set([...path].flatMap((at) => [links[at].from, links[at].to]));

  // ---- The layout that the reader made, kept in the browser ----
  const store = "kenning-layout-" + data.key;
  const first = nodes.map((node) => [node.x, node.y]);
  function remember() {
    const moved = {};
    nodes.forEach((node, at) => { if (node.moved) moved[at] = [node.x, node.y]; });
    try { localStorage.setItem(store, JSON.stringify(moved)); } catch { /* It lasts as long as the page. */ }
  }
  function recall() {
    let moved = {};
    try { moved = JSON.parse(localStorage.getItem(store)) || {}; } catch { /* Nothing was kept. */ }
    for (const [at, place] of Object.entries(moved)) {
      const node = nodes[at];
      if (node && Array.isArray(place) && place.every(Number.isFinite)) {
        [node.x, node.y] = place;
        node.moved = true;
      }
    }
  }

  // ---- Drawing ----
  let colours = {};
  function readColours() {
    const style = getComputedStyle(document.documentElement);
    for (const name of ["page", "box", "edge", "text", "chosen", "path"]) colours[name] = style.getPropertyValue("--" + name);
  }
  let waiting = false;
  function redraw() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; draw(); });
  }
  function resize() {
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(canvas.clientWidth * ratio);
    canvas.height = Math.round(canvas.clientHeight * ratio);
    draw(); // A canvas that was resized is empty until it is drawn.
  }
  function draw() {
    const ratio = window.devicePixelRatio || 1;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = colours.page;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.setTransform(ratio * view.scale, 0, 0, ratio * view.scale, ratio * view.x, ratio * view.y);
    const near = chosen === null ? null : new Set(around[chosen].flatMap((at) => [links[at].from, links[at].to]));
    for (const [at, link] of links.entries()) if (seen(link) && !path.has(at)) drawLink(link, false, faded(link));
    for (const at of path) if (seen(links[at])) drawLink(links[at], true, false);
    const words = view.scale > 0.6;
    pen.font = '13px Helvetica, Arial, "Liberation Sans", sans-serif';
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    for (const [at, node] of nodes.entries()) {
      if (!node.shown) continue;
      const beside = near ? !near.has(at) && at !== chosen : pathNodes.size > 0;
      pen.globalAlpha = beside && !pathNodes.has(at) ? 0.35 : 1;
      drawNode(node, at, words);
    }
    pen.globalAlpha = 1;
    if (!words) drawNames(ratio);
  }
  // From afar: the names of the chosen node, of those on the path and of those joined to most, as far as there is room.
  const byDegree = [...nodes.keys()].sort((a, b) => around[b].length - around[a].length || a - b);
  function drawNames(ratio) {
    const matters = (at) => at === chosen || pathNodes.has(at);
    const taken = [];
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.font = '12px Helvetica, Arial, "Liberation Sans", sans-serif';
    [pen.lineWidth, pen.lineJoin] = [4, "round"];
    for (const at of [...byDegree.filter(matters), ...byDegree.filter((at) => !matters(at))]) {
      const node = nodes[at];
      if (!node.shown || taken.length === 200) continue;
      const [x, y, text] = [node.x * view.scale + view.x, node.y * view.scale + view.y, node.lines.join(" ")];
      const half = pen.measureText(text).width / 2 + 2;
      const overlaps = (name) => Math.abs(name.x - x) < name.half + half && Math.abs(name.y - y) < 15;
      const outside = x < -half || y < -8 || x > canvas.clientWidth + half || y > canvas.clientHeight + 8;
      if (outside || taken.some(overlaps)) continue;
      taken.push({ x, y, half });
      pen.strokeStyle = colours.page;
      pen.strokeText(text, x, y);
      pen.fillStyle = at === chosen ? colours.chosen : colours.text;
      pen.fillText(text, x, y);
    }
  }
  const faded = (link) => (chosen === null ? path.size > 0 : link.from !== chosen && link.to !== chosen);
  function drawNode(node, at, words) {
    const [left, top] = [node.x - node.w / 2, node.y - node.h / 2];
    pen.beginPath();
    pen.roundRect(left, top, node.w, node.h, 6);
    pen.fillStyle = colours.box;
    pen.fill();
    pen.lineWidth = at === chosen ? 3 : pathNodes.has(at) || node.root ? 2.2 : 1;
    pen.strokeStyle = at === chosen ? colours.chosen : pathNodes.has(at) ? colours.path : node.root ? colours.text : colours.edge;
    pen.stroke();
    if (!words) return;
    pen.fillStyle = colours.text;
    node.lines.forEach((line, row) => pen.fillText(line, node.x, node.y + (row - (node.lines.length - 1) / 2) * 16, node.w - 6));
  }
  // The points of a link: as laid out while its ends lie where they were put, else straight or around.
  function route(link) {
    const [from, to] = [nodes[link.from], nodes[link.to]];
    if (link.route && !from.moved && !to.moved) return link.route;
    if (from === to) {
      const [right, top] = [from.x + from.w / 2, from.y - from.h / 2];
      return [[right - 14, top], [right + 22, top - 26], [right, top + 8]];
    }
    const middle = [(from.x + to.x) / 2, (from.y + to.y) / 2];
    const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    const side = link.from < link.to ? 1 : -1;
    const by = [middle[0] - ((to.y - from.y) / length) * link.bend * side, middle[1] + ((to.x - from.x) / length) * link.bend * side];
    return [border(from, by), by, border(to, by)];
  }
  function border(node, [x, y]) {
    const [dx, dy] = [x - node.x, y - node.y];
    const scale = Math.min(1, node.w / 2 / Math.abs(dx || 1e-9), node.h / 2 / Math.abs(dy || 1e-9));
    return [node.x + dx * scale, node.y + dy * scale];
  }
  function drawLink(link, bold, faint) {
    const type = types[link.type];
    const points = route(link);
    const [start, tip] = [points[0], points[points.length - 1]];
    let before = points[points.length - 2];
    pen.globalAlpha = faint ? 0.18 : 1;
    pen.strokeStyle = pen.fillStyle = bold ? colours.path : type.colour;
    const grown = Math.max(1, 0.75 / view.scale); // So that a path is seen from afar.
    pen.lineWidth = bold ? 4 * grown : 1.5;
    pen.setLineDash(type.dash);
    pen.beginPath();
    pen.moveTo(...start);
    if (points.length === 3) {
      pen.quadraticCurveTo(...before, ...tip);
    } else {
      for (let at = 1; at < points.length; at++) {
        const [[ax, ay], [bx, by]] = [points[at - 1], points[at]];
        pen.bezierCurveTo((ax + bx) / 2, ay, (ax + bx) / 2, by, bx, by);
      }
      before = [tip[0] + Math.sign(before[0] - tip[0]), tip[1]];
    }
    pen.stroke();
    pen.setLineDash([]);
    const length = Math.hypot(tip[0] - before[0], tip[1] - before[1]) || 1;
    const [ux, uy] = [(tip[0] - before[0]) / length, (tip[1] - before[1]) / length];
    const [long, half] = bold ? [13 * grown, 6 * grown] : [9, 4];
    pen.beginPath();
    pen.moveTo(...tip);
    pen.lineTo(tip[0] - ux * long - uy * half, tip[1] - uy * long + ux * half);
    pen.lineTo(tip[0] - ux * long + uy * half, tip[1] - uy * long - ux * half);
    pen.fill();
    pen.globalAlpha = 1;
  }

  // ---- Moving about ----
  function zoom(factor, x, y) {
    const scale = Math.min(6, Math.max(0.02, view.scale * factor));
    view.x = x - ((x - view.x) * scale) / view.scale;
    view.y = y - ((y - view.y) * scale) / view.scale;
    view.scale = scale;
    redraw();
  }
  const zoomMiddle = (factor) => zoom(factor, canvas.clientWidth / 2, canvas.clientHeight / 2);
  function fit() {
    const shown = nodes.filter((node) => node.shown);
    if (!shown.length) return;
    const low = [Math.min(...shown.map((n) => n.x - n.w / 2)), Math.min(...shown.map((n) => n.y - n.h / 2))];
    const high = [Math.max(...shown.map((n) => n.x + n.w / 2)), Math.max(...shown.map((n) => n.y + n.h / 2))];
    const scale = Math.min((canvas.clientWidth - 40) / (high[0] - low[0]), (canvas.clientHeight - 40) / (high[1] - low[1]), 1.4);
    view.scale = Math.max(scale, 0.02);
    view.x = canvas.clientWidth / 2 - ((low[0] + high[0]) / 2) * view.scale;
    view.y = canvas.clientHeight / 2 - ((low[1] + high[1]) / 2) * view.scale;
    redraw();
  }
  function centre(at) {
    view.scale = Math.max(view.scale, 0.8);
    view.x = canvas.clientWidth / 2 - nodes[at].x * view.scale;
    view.y = canvas.clientHeight / 2 - nodes[at].y * view.scale;
    redraw();
  }
  function nodeAt(event) {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left - view.x) / view.scale, (event.clientY - box.top - view.y) / view.scale];
    for (let at = nodes.length - 1; at >= 0; at--) {
      const node = nodes[at];
      if (node.shown && Math.abs(x - node.x) <= node.w / 2 && Math.abs(y - node.y) <= node.h / 2) return at;
    }
    return null;
  }
  const fingers = new Map();
  let held = null; // The node under the pointer, and whether it was moved.
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    held = { at: nodeAt(event), moved: 0 };
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) {
      canvas.classList.toggle("on-node", nodeAt(event) !== null);
      return;
    }
    const [dx, dy] = [event.clientX - before[0], event.clientY - before[1]];
    if (fingers.size === 2) {
      const rest = [...fingers].find(([id]) => id !== event.pointerId)[1];
      const apart = (place) => Math.hypot(place[0] - rest[0], place[1] - rest[1]) || 1;
      const box = canvas.getBoundingClientRect();
      zoom(apart([event.clientX, event.clientY]) / apart(before), rest[0] - box.left, rest[1] - box.top);
      held = null;
    } else if (held) {
      held.moved += Math.abs(dx) + Math.abs(dy);
      if (held.at === null) {
        view.x += dx;
        view.y += dy;
      } else if (held.moved > 3) {
        const node = nodes[held.at];
        node.x += dx / view.scale;
        node.y += dy / view.scale;
        node.moved = true;
      }
      redraw();
    }
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
  });
  function release(event) {
    fingers.delete(event.pointerId);
    if (!held || event.type === "pointercancel") return;
    const { at, moved } = held;
    held = null;
    if (at !== null && moved > 3) remember();
    else if (moved <= 3 && at !== null && (event.shiftKey || pathFrom !== null)) findPath(pathFrom ?? chosen ?? at, at);
    else if (moved <= 3) choose(at);
  }
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = canvas.getBoundingClientRect();
    const lines = event.deltaMode === 1 ? 30 : 1;
    zoom(Math.exp(-event.deltaY * lines * 0.0015), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });

  // ---- Choosing, expanding, paths ----
  function choose(at) {
    chosen = at;
    pathFrom = null;
    if (at !== null) {
      nodes[at].shown = true;
      for (const link of around[at]) nodes[other(links[link], at)].shown = true;
    }
    showCard();
    tell();
    redraw();
  }
  function focus(at) {
    nodes.forEach((node) => { node.shown = false; });
    choose(at);
    fit();
  }
  function showAll() {
    nodes.forEach((node) => { node.shown = true; });
    tell();
    fit();
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
    path = new Set();
    pathNodes = new Set([from, to]);
    for (let node = to; came.get(node) != null;) {
      const at = came.get(node);
      path.add(at);
      node = other(links[at], node);
      pathNodes.add(node);
    }
    for (const node of pathNodes) nodes[node].shown = true;
    pathFrom = null;
    chosen = null;
    showPath(from, to, came.has(to));
    tell();
    redraw();
  }

  // ---- Words beside the picture ----
  function element(name, content, className) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (typeof content === "string") made.textContent = content;
    else if (content) made.append(...content);
    return made;
  }
  const relations = (count) => (count === 1 ? "1 relation" : `${count} relations`);
  function button(text, act) {
    const made = element("button", text);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }
  // A relation as it reads from a node, with its grounds below it.
  function relation(at, node) {
    const link = links[at];
    const type = types[link.type];
    const away = link.from === node;
    const far = other(link, node);
    const details = element("details", [element("summary", `${away ? type.phrase : type.inverse} ${away ? "→" : "←"} ${nodes[far].name}`)]);
    if (link.evidence) details.append(element("p", link.evidence));
    if (link.source) details.append(element("p", link.source, "quiet"));
    details.append(properties(link.properties));
    if (!link.evidence && !link.source) details.append(element("p", `${type.name}; no evidence is given`, "quiet"));
    details.append(element("p", [button(`Go to ${nodes[far].name}`, () => { choose(far); centre(far); })]));
    return details;
  }
  function properties(entries) {
    return element("dl", Object.entries(entries).flatMap(([key, value]) => [element("dt", key), element("dd", value)]));
  }
  function showCard() {
    const card = byId("card");
    card.hidden = chosen === null;
    if (chosen === null) return;
    const node = nodes[chosen];
    const at = chosen;
    card.replaceChildren(
      element("h2", node.name),
      element("p", node.labels.map((label) => ":" + label).join(" "), "labels quiet"),
      properties(node.properties),
      element("div", [
        button("Only this and its neighbours", () => focus(at)),
        button("Path to …", () => { pathFrom = at; tell(); }),
        button("Close", () => choose(null)),
      ], "actions"),
      element("p", relations(around[at].length), "quiet"),
      ...around[at].map((link) => relation(link, at)),
    );
    card.scrollTop = 0;
  }
  function showPath(from, to, found) {
    const card = byId("card");
    card.hidden = false;
    card.replaceChildren(
      element("h2", `${nodes[from].name} … ${nodes[to].name}`),
      element("p", found ? `the shortest path: ${relations(path.size)}` : "no path over the types that are switched on", "quiet"),
    );
    let node = from;
    for (const at of [...path].reverse()) {
      card.append(relation(at, node));
      node = other(links[at], node);
    }
    card.append(element("div", [button("Close", () => { path = new Set(); pathNodes = new Set(); choose(null); })], "actions"));
  }
  function tell() {
    const shown = nodes.filter((node) => node.shown).length;
    const parts = [`${shown} of ${nodes.length} nodes shown`];
    if (pathFrom !== null) parts.push(`click or search the node to which a path from ${nodes[pathFrom].name} is wanted`);
    else if (shown < nodes.length) parts.push("click a node to see its neighbours");
    if (path.size) parts.push(`a path of ${relations(path.size)} is highlighted`);
    byId("status").textContent = parts.join("; ");
  }

  // ---- Search ----
  const query = byId("query");
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const folded = nodes.map((node) => [node.name, ...node.aliases].map(fold));
  function search() {
    const wanted = fold(query.value.trim());
    const found = [];
    if (wanted) {
      folded.forEach((names, at) => {
        const ranks = names.map((name, of) => (name === wanted ? 0 : name.startsWith(wanted) ? 1 : name.includes(wanted) ? 2 : 9) + (of ? 0.5 : 0));
        const rank = Math.min(...ranks);
        if (rank < 9) found.push([rank, nodes[at].name, at]);
      });
      found.sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1));
    }
    byId("found").replaceChildren(...found.slice(0, 20).map(([, name, at], place) =>
      element("li", [button(name, () => pick(at))], place ? "" : "best")));
    return found.length ? found[0][2] : null;
  }
  function pick(at) {
    query.value = "";
    search();
    if (pathFrom !== null) findPath(pathFrom, at);
    else choose(at);
    centre(at);
    canvas.focus();
  }
  query.addEventListener("input", search);
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const best = search();
    if (best !== null) pick(best);
    else byId("status").textContent = `nothing is called “${query.value}”`;
  });

  // ---- Types, buttons, keys ----
  byId("types").append(...types.map((type, at) => {
    const box = element("input");
    box.type = "checkbox";
    box.checked = true;
    box.addEventListener("change", () => {
      if (box.checked) hiddenTypes.delete(at);
      else hiddenTypes.add(at);
      redraw();
    });
    const line = element("i");
    line.style.borderColor = type.colour;
    line.style.borderTopStyle = type.dash.length ? "dashed" : "solid";
    return element("li", [element("label", [box, line, element("span", type.phrase), element("span", String(type.count), "quiet")])]);
  }));
  byId("nearer").addEventListener("click", () => zoomMiddle(1.3));
  byId("farther").addEventListener("click", () => zoomMiddle(1 / 1.3));
  byId("fit").addEventListener("click", fit);
  byId("all").addEventListener("click", showAll);
  byId("again").addEventListener("click", () => {
    nodes.forEach((node, at) => { [node.x, node.y] = first[at]; node.moved = false; });
    remember();
    fit();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { query.value = ""; search(); choose(null); }
    if (event.target === query || event.ctrlKey || event.metaKey || event.altKey) return;
    const acts = { "/": () => query.focus(), "+": () => zoomMiddle(1.3), "-": () => zoomMiddle(1 / 1.3), "0": fit };
    if (acts[event.key]) {
      event.preventDefault();
      acts[event.key]();
    }
  });
  new ResizeObserver(resize).observe(byId("view"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); redraw(); });

  // ---- Beginning ----
  recall();
  const many = nodes.length > MANY;
  nodes.forEach((node) => { node.shown = !many; });
  readColours();
  resize();
  if (many) {
    const roots = [...nodes.keys()].filter((at) => nodes[at].root);
    const best = around.reduce((best, list, at) => (list.length > around[best].length ? at : best), 0);
    for (const at of roots.length ? roots : [best]) choose(at);
    choose(null);
  }
  tell();
  fit();
})();
