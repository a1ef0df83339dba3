"use strict";
// Draws a graph on a canvas: zooming, dragging, choosing, paths, growing. It makes no requests: the page around it passes
// the data and gets callbacks (`on`). The exported page and the server's page share it.
globalThis.kenningPicture = (canvas, data, on = {}) => {
  const { nodes, links, types } = data;
  const pen = canvas.getContext("2d");
  const FACE = 'Helvetica, Arial, "Liberation Sans", sans-serif';
  const FOLD = 25; // Neighbours that one click shows; the others are a count at their hub.
  const MANY = 300; // With more nodes than these a few are shown first.
  const AFAR = 0.55; // Below this scale text in boxes is too small to read: nodes become dots with names beside them.
  const PHRASES = 60; // With more links, only those of a path or of the chosen node have their phrase.
  const LABELS = ["#2f74c0", "#c2571a", "#23855a", "#9a48b8", "#9a7410", "#b83a4d", "#1f8796", "#7a685a"];

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
  let colourOf = new Map();
  function countLabels() {
    const counts = new Map();
    for (const node of nodes) counts.set(label(node), (counts.get(label(node)) ?? 0) + 1);
    const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    // A label keeps its colour when others come.
    for (const [name] of sorted) if (!colourOf.has(name)) colourOf.set(name, LABELS[colourOf.size % LABELS.length]);
    return sorted.map(([name, count]) => ({ name, count, colour: colourOf.get(name) }));
  }

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
    nodes.forEach((node, at) => { if (node.moved && at < first.length) moved[at] = [node.x, node.y]; });
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
  function reset() {
    first.forEach(([x, y], at) => Object.assign(nodes[at], { x, y, moved: false }));
    try { localStorage.removeItem(store); } catch { /* Nothing was kept. */ }
    fit();
  }

  // ---- Drawing ----
  const colours = {};
  function readColours() {
    const style = getComputedStyle(document.documentElement);
    for (const name of ["page", "box", "edge", "text", "quiet", "chosen", "path"]) colours[name] = style.getPropertyValue("--" + name);
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

  // Places on the screen that are taken, so that no word is written over a box, an arrow head or another word.
  let taken = new Map();
  const CELL = 64;
  function cells({ left, top, right, bottom }, visit) {
    for (let x = Math.floor(left / CELL); x <= Math.floor(right / CELL); x++) {
      for (let y = Math.floor(top / CELL); y <= Math.floor(bottom / CELL); y++) visit(x * 100003 + y);
    }
  }
  function take(box) {
    cells(box, (cell) => { if (!taken.has(cell)) taken.set(cell, []); taken.get(cell).push(box); });
  }
  function isFree(box) {
    if (box.left < 0 || box.top < 0 || box.right > canvas.clientWidth || box.bottom > canvas.clientHeight) return false;
    let free = true;
    cells(box, (cell) => {
      free &&= !(taken.get(cell) ?? []).some((b) => b.left < box.right && b.right > box.left && b.top < box.bottom && b.bottom > box.top);
    });
    return free;
  }
  const onScreen = ([x, y]) => [x * view.scale + view.x, y * view.scale + view.y];
  const about = ([x, y], half, tall = half) => ({ left: x - half, right: x + half, top: y - tall, bottom: y + tall });

  const afar = () => view.scale < AFAR;
  const radius = (at) => Math.min(9, 3.5 + Math.sqrt(around[at].length) * 0.7);
  function draw() {
    const ratio = window.devicePixelRatio || 1;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = colours.page;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    taken = new Map();
    const near = chosen === null ? null : new Set([chosen, ...around[chosen].map((at) => other(links[at], chosen))]);
    const faded = (link) => (chosen === null ? path.size > 0 : link.from !== chosen && link.to !== chosen);
    const drawn = [...links.keys()].filter((at) => seen(links[at]));
    const lines = new Map();
    for (const at of drawn) if (!path.has(at)) lines.set(at, drawLink(links[at], false, faded(links[at])));
    for (const at of drawn) if (path.has(at)) lines.set(at, drawLink(links[at], true, false));
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    const inView = [...nodes.keys()].filter(visible);
    for (const at of inView) {
      const beside = near ? !near.has(at) : pathNodes.size > 0;
      pen.globalAlpha = beside && !pathNodes.has(at) ? 0.35 : 1;
      drawNode(nodes[at], at);
    }
    pen.globalAlpha = 1;
    for (const at of inView) if (folded(at)) drawFold(nodes[at], at);
    if (afar()) drawNames(inView, near);
    else drawPhrases(drawn, lines);
  }
  function drawNode(node, at) {
    const marked = at === chosen ? colours.chosen : pathNodes.has(at) ? colours.path : null;
    const [x, y] = onScreen([node.x, node.y]);
    const colour = colourOf.get(label(node));
    pen.beginPath();
    if (afar()) {
      const size = radius(at) + (node.root || marked ? 2 : 0);
      pen.arc(x, y, size, 0, 7);
      pen.fillStyle = colour;
      pen.fill();
      pen.lineWidth = marked || node.root ? 2.5 : 1;
      pen.strokeStyle = marked ?? (node.root ? colours.text : colours.page);
      pen.stroke();
      take(about([x, y], size + 1));
      return;
    }
    const [half, tall] = [(node.w / 2) * view.scale, (node.h / 2) * view.scale];
    pen.roundRect(x - half, y - tall, half * 2, tall * 2, 6 * view.scale);
    pen.fillStyle = colours.box;
    pen.fill();
    pen.lineWidth = (marked || node.root ? 2.6 : 1.3) * Math.max(view.scale, 0.8);
    pen.strokeStyle = marked ?? (node.root ? colours.text : colour);
    pen.stroke();
    take(about([x, y], half + 2, tall + 2));
    pen.fillStyle = colours.text;
    pen.font = `${13 * view.scale}px ${FACE}`;
    node.lines.forEach((line, row) => pen.fillText(line, x, y + (row - (node.lines.length - 1) / 2) * 16 * view.scale, half * 2 - 6));
  }
  // How many neighbours are folded away, at the corner of the node.
  function drawFold(node, at) {
    const [x, y] = onScreen([node.x, node.y]);
    const [dx, dy] = afar() ? [radius(at) + 9, -radius(at) - 3] : [(node.w / 2) * view.scale, (-node.h / 2) * view.scale];
    const text = "+" + folded(at);
    pen.font = `bold 10px ${FACE}`;
    const half = pen.measureText(text).width / 2 + 4;
    pen.beginPath();
    pen.roundRect(x + dx - half, y + dy - 7, half * 2, 14, 7);
    pen.fillStyle = colours.text;
    pen.fill();
    pen.fillStyle = colours.page;
    pen.fillText(text, x + dx, y + dy + 0.5);
    take(about([x + dx, y + dy], half + 1, 8));
  }
  function write(text, [x, y], font, colour) {
    pen.font = font;
    [pen.lineWidth, pen.lineJoin, pen.strokeStyle] = [4, "round", colours.page];
    pen.strokeText(text, x, y);
    pen.fillStyle = colour;
    pen.fillText(text, x, y);
  }
  // From afar: names beside the dots, the most important first, each where there is room for it.
  function drawNames(inView, near) {
    const matters = (at) => (at === chosen ? 0 : pathNodes.has(at) ? 1 : nodes[at].root ? 2 : near?.has(at) ? 3 : 4);
    const font = `12px ${FACE}`;
    const names = [];
    for (const [rank, at] of [...inView].sort((a, b) => matters(a) - matters(b) || around[b].length - around[a].length || a - b).entries()) {
      const node = nodes[at];
      pen.font = font;
      const [x, y] = onScreen([node.x, node.y]);
      const half = pen.measureText(node.name).width / 2 + 1;
      const away = radius(at) + (node.root ? 4 : 3);
      const beside = (away) => [[0, away + 7], [0, -away - 7], [away + half, 0], [-away - half, 0], [half, away + 6], [-half, away + 6], [half, -away - 6], [-half, -away - 6]];
      // In a crowd a name stands farther off, with a line to its dot.
      const spots = [...beside(away), ...[14, 30, 48, 70, 96].slice(0, rank < 15 ? 5 : 2).flatMap((more) => beside(away + more))];
      const place = spots.findIndex(([dx, dy], place) => isFree(about([x + dx, y + dy], half, 6.5))
        && (place < 8 || leader([x, y], [x + dx, y + dy], half).every(([px, py]) => !names.some((b) => b.left < px && b.right > px && b.top < py && b.bottom > py))));
      if (place < 0) continue;
      const spot = [x + spots[place][0], y + spots[place][1]];
      take(about(spot, half, 6.5));
      names.push(about(spot, half, 6.5));
      pen.globalAlpha = matters(at) === 4 && (near || path.size) ? 0.5 : 1;
      if (place >= 8) drawLeader(leader([x, y], spot, half));
      write(node.name, spot, font, at === chosen ? colours.chosen : colours.text);
      pen.globalAlpha = 1;
    }
  }
  // Points from a dot to its name, so close that no word fits between them.
  function leader([x, y], [tx, ty], half) {
    const end = [Math.max(tx - half, Math.min(tx + half, x)), ty + (Math.abs(y - ty) < 6 ? 0 : Math.sign(y - ty) * 6)];
    const steps = Math.ceil(Math.hypot(end[0] - x, end[1] - y) / 6);
    return Array.from({ length: steps + 1 }, (_, at) => [x + ((end[0] - x) * at) / steps, y + ((end[1] - y) * at) / steps]);
  }
  function drawLeader(points) {
    pen.beginPath();
    pen.moveTo(...points[Math.min(1, points.length - 1)]);
    pen.lineTo(...points[points.length - 1]);
    pen.lineWidth = 1;
    pen.strokeStyle = colours.quiet;
    pen.stroke();
    for (const point of points.slice(1)) take(about(point, 2));
  }
  // Near: phrases of relations, at the middle of their lines.
  function drawPhrases(drawn, lines) {
    const of = (at) => path.has(at) || (chosen !== null && (links[at].from === chosen || links[at].to === chosen));
    const named = drawn.length <= PHRASES ? drawn : drawn.filter(of);
    const size = Math.min(12, 11.5 * Math.max(view.scale, 0.8));
    const font = `${size}px ${FACE}`;
    for (const at of [...named].sort((a, b) => of(b) - of(a))) {
      const text = types[links[at].type].phrase;
      pen.font = font;
      const half = pen.measureText(text).width / 2 + 2;
      const spots = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74].map((part) => along(lines.get(at), part));
      // Those of a path or of a small picture are named in any case, if need be above the line.
      const beside = path.has(at) || drawn.length <= 12 ? [0, -12, 12, -26, 26, -40, 40] : [0, -9, 9];
      const spot = beside.flatMap((dy) => spots.map(([x, y]) => [x, y + dy])).find((spot) => isFree(about(spot, half, size * 0.6)));
      if (!spot) continue;
      take(about(spot, half, size * 0.6));
      pen.globalAlpha = chosen !== null && !of(at) ? 0.4 : 1;
      write(text, spot, font, path.has(at) ? colours.text : colours.quiet);
      pen.globalAlpha = 1;
    }
  }
  // The points of a link: as laid out while its ends lie where they were put, else straight or around.
  function route(link) {
    const [from, to] = [nodes[link.from], nodes[link.to]];
    if (link.route && !from.moved && !to.moved) {
      if (!afar() || from === to) return link.route;
      const middle = link.route.length === 3 ? link.route.slice(1, 2) : link.route;
      return [[from.x, from.y], ...middle, [to.x, to.y]];
    }
    if (from === to) {
      const [right, top] = [from.x + from.w / 2, from.y - from.h / 2];
      return [[right - 14, top], [right + 22, top - 26], [right, top + 8]];
    }
    const middle = [(from.x + to.x) / 2, (from.y + to.y) / 2];
    const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    const side = link.from < link.to ? 1 : -1;
    const by = [middle[0] - ((to.y - from.y) / length) * link.bend * side, middle[1] + ((to.x - from.x) / length) * link.bend * side];
    return afar() ? [[from.x, from.y], by, [to.x, to.y]] : [border(from, by), by, border(to, by)];
  }
  function border(node, [x, y]) {
    const [dx, dy] = [x - node.x, y - node.y];
    const scale = Math.min(1, node.w / 2 / Math.abs(dx || 1e-9), node.h / 2 / Math.abs(dy || 1e-9));
    return [node.x + dx * scale, node.y + dy * scale];
  }
  // A point of a drawn line, as far along it as `part` says.
  function along(points, part) {
    if (points.length === 3) {
      const [[ax, ay], [bx, by], [cx, cy]] = points;
      const [p, q, r] = [(1 - part) ** 2, 2 * part * (1 - part), part ** 2];
      return [p * ax + q * bx + r * cx, p * ay + q * by + r * cy];
    }
    const place = part * (points.length - 1);
    const at = Math.min(points.length - 2, Math.floor(place));
    const [[ax, ay], [bx, by]] = [points[at], points[at + 1]];
    const t = place - at;
    const level = 3 * t * t - 2 * t * t * t; // Its curve leaves and arrives level.
    return [ax + (bx - ax) * (t * 0.5 + level * 0.5), ay + (by - ay) * level];
  }
  function drawLink(link, bold, faint) {
    const type = types[link.type];
    const points = route(link).map(onScreen);
    let tip = points[points.length - 1];
    let before = points[points.length - 2];
    pen.globalAlpha = faint ? 0.18 : 1;
    pen.strokeStyle = pen.fillStyle = bold ? colours.path : type.colour;
    pen.lineWidth = bold ? 3.5 : Math.max(0.8, 1.5 * Math.min(1, view.scale));
    pen.setLineDash(type.dash);
    pen.beginPath();
    pen.moveTo(...points[0]);
    if (points.length === 3) {
      pen.quadraticCurveTo(...before, ...tip);
    } else {
      for (let at = 1; at < points.length; at++) {
        const [[ax, ay], [bx, by]] = [points[at - 1], points[at]];
        pen.bezierCurveTo((ax + bx) / 2, ay, (ax + bx) / 2, by, bx, by);
      }
      if (!afar()) before = [tip[0] + Math.sign(before[0] - tip[0]), tip[1]];
    }
    pen.stroke();
    pen.setLineDash([]);
    const length = Math.hypot(tip[0] - before[0], tip[1] - before[1]) || 1;
    const [ux, uy] = [(tip[0] - before[0]) / length, (tip[1] - before[1]) / length];
    if (afar()) {
      const back = radius(link.to) + (nodes[link.to].root ? 3 : 1);
      tip = [tip[0] - ux * back, tip[1] - uy * back];
    }
    const size = Math.min(1, Math.max(view.scale, 0.6));
    const [long, half] = bold ? [12, 5.5] : [9 * size, 4 * size];
    pen.beginPath();
    pen.moveTo(...tip);
    pen.lineTo(tip[0] - ux * long - uy * half, tip[1] - uy * long + ux * half);
    pen.lineTo(tip[0] - ux * long + uy * half, tip[1] - uy * long - ux * half);
    pen.fill();
    pen.globalAlpha = 1;
    if (!faint) take(about([tip[0] - (ux * long) / 2, tip[1] - (uy * long) / 2], long / 2));
    return points;
  }

  // ---- Moving about ----
  function zoom(factor, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) {
    const scale = Math.min(6, Math.max(0.02, view.scale * factor));
    view.x = x - ((x - view.x) * scale) / view.scale;
    view.y = y - ((y - view.y) * scale) / view.scale;
    view.scale = scale;
    redraw();
  }
  function fit() {
    const shown = [...nodes.keys()].filter(visible).map((at) => nodes[at]);
    if (!shown.length) return redraw();
    const low = [Math.min(...shown.map((n) => n.x - n.w / 2)), Math.min(...shown.map((n) => n.y - n.h / 2))];
    const high = [Math.max(...shown.map((n) => n.x + n.w / 2)), Math.max(...shown.map((n) => n.y + n.h / 2))];
    const scale = Math.min((canvas.clientWidth - 48) / (high[0] - low[0]), (canvas.clientHeight - 48) / (high[1] - low[1]), 1.4);
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
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    for (let at = nodes.length - 1; at >= 0; at--) {
      if (!visible(at)) continue;
      const [x, y] = onScreen([nodes[at].x, nodes[at].y]);
      const [half, tall] = afar() ? [radius(at) + 4, radius(at) + 4] : [(nodes[at].w / 2) * view.scale, (nodes[at].h / 2) * view.scale];
      if (Math.abs(px - x) <= half && Math.abs(py - y) <= tall) return at;
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
  // The arrow keys go to the nearest node in their direction.
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  canvas.addEventListener("keydown", (event) => {
    const towards = ARROWS[event.key];
    if (!towards || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const from = chosen === null ? { x: (canvas.clientWidth / 2 - view.x) / view.scale, y: (canvas.clientHeight / 2 - view.y) / view.scale } : nodes[chosen];
    let best = [Infinity, null];
    for (const at of nodes.keys()) {
      if (!visible(at) || at === chosen) continue;
      const [dx, dy] = [nodes[at].x - from.x, nodes[at].y - from.y];
      const ahead = dx * towards[0] + dy * towards[1];
      const aside = Math.abs(dx * towards[1]) + Math.abs(dy * towards[0]);
      const far = chosen === null ? Math.hypot(dx, dy) : ahead > 0 && aside <= ahead * 2 ? ahead + aside * 2 : Infinity;
      if (far < best[0]) best = [far, at];
    }
    if (best[1] === null) return;
    mark(best[1]);
    const [x, y] = onScreen([nodes[chosen].x, nodes[chosen].y]);
    if (x < 40 || y < 40 || x > canvas.clientWidth - 40 || y > canvas.clientHeight - 40) centre(chosen);
  });

  // ---- Choosing, growing, paths ----
  function mark(at) {
    chosen = at;
    pathFrom = null;
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
    redraw();
  }
  function focus(at) {
    nodes.forEach((node) => { node.shown = false; });
    choose(at);
    fit();
  }
  function showAll() {
    nodes.forEach((node) => { node.shown = true; });
    changed();
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
    changed();
    on.path?.(from, to, came.has(to));
  }
  function clearPath() {
    path = new Set();
    pathNodes = new Set();
    choose(null);
  }
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
    changed();
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

  // ---- Beginning ----
  recall();
  countLabels();
  const roots = [...nodes.keys()].filter((at) => nodes[at].root);
  const many = nodes.length > MANY;
  nodes.forEach((node) => { node.shown = !many; });
  if (many) {
    const best = around.reduce((best, list, at) => (list.length > around[best].length ? at : best), 0);
    for (const at of roots.length ? roots : [best]) unfold(at);
    for (const at of pathNodes) nodes[at].shown = true;
  }
  readColours();
  new ResizeObserver(resize).observe(canvas.parentElement);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); redraw(); });
  resize();
  fit();
  return {
    nodes, links, types, add, centre, choose, clearPath, countLabels, findPath, fit, focus, folded, other, redraw, reset, showAll, visible, zoom,
    around: (at) => around[at],
    get chosen() { return chosen; },
    get path() { return [...path]; },
    get pathFrom() { return pathFrom; },
    set pathFrom(at) { pathFrom = at; changed(); },
    repaint() { readColours(); redraw(); },
    switchType(at, shown) { hiddenTypes[shown ? "delete" : "add"](at); changed(); },
    switchLabel(name, shown) { hiddenLabels[shown ? "delete" : "add"](name); changed(); },
  };
};
