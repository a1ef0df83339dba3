"use strict";
// Draws a net on a canvas: near as boxes with phrases on the links, from afar as dots with names beside them.
globalThis.kenningDrawing = (canvas, net, view) => {
  const { nodes, links, types, state, around, other, label, visible, seen, folded, colourOf } = net;
  const pen = canvas.getContext("2d");
  const room = globalThis.kenningRoom(canvas);
  const { take, isFree, about } = room;
  const FACE = 'Helvetica, Arial, "Liberation Sans", sans-serif';
  const AFAR = 0.55; // Below this scale text in boxes is too small to read: nodes become dots with names beside them.
  const PHRASES = 60; // With more links, only those of a path or of the chosen node have their phrase.

  const afar = () => view.scale < AFAR;
  const { route, along, leader } = globalThis.kenningLines(nodes, afar);
  const onScreen = ([x, y]) => [x * view.scale + view.x, y * view.scale + view.y];
  const radius = (at) => Math.min(9, 3.5 + Math.sqrt(around[at].length) * 0.7);
  const colours = {};
  function readColours() {
    const style = getComputedStyle(document.documentElement);
    for (const name of ["page", "box", "edge", "text", "quiet", "chosen", "path"]) colours[name] = style.getPropertyValue("--" + name);
  }
  function draw() {
    const ratio = window.devicePixelRatio || 1;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = colours.page;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    room.clear();
    const near = state.chosen === null ? null : new Set([state.chosen, ...around[state.chosen].map((at) => other(links[at], state.chosen))]);
    const faded = (link) => (state.chosen === null ? state.path.size > 0 : link.from !== state.chosen && link.to !== state.chosen);
    const drawn = [...links.keys()].filter((at) => seen(links[at]));
    const lines = new Map();
    for (const at of drawn) if (!state.path.has(at)) lines.set(at, drawLink(links[at], false, faded(links[at])));
    for (const at of drawn) if (state.path.has(at)) lines.set(at, drawLink(links[at], true, false));
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    const inView = [...nodes.keys()].filter(visible);
    for (const at of inView) {
      const beside = near ? !near.has(at) : state.pathNodes.size > 0;
      pen.globalAlpha = beside && !state.pathNodes.has(at) ? 0.35 : 1;
      drawNode(nodes[at], at);
    }
    pen.globalAlpha = 1;
    for (const at of inView) if (folded(at)) drawFold(nodes[at], at);
    if (afar()) drawNames(inView, near);
    else drawPhrases(drawn, lines);
  }
  function drawNode(node, at) {
    const marked = at === state.chosen ? colours.chosen : state.pathNodes.has(at) ? colours.path : null;
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
    const matters = (at) => (at === state.chosen ? 0 : state.pathNodes.has(at) ? 1 : nodes[at].root ? 2 : near?.has(at) ? 3 : 4);
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
      pen.globalAlpha = matters(at) === 4 && (near || state.path.size) ? 0.5 : 1;
      if (place >= 8) drawLeader(leader([x, y], spot, half));
      write(node.name, spot, font, at === state.chosen ? colours.chosen : colours.text);
      pen.globalAlpha = 1;
    }
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
    const of = (at) => state.path.has(at) || (state.chosen !== null && (links[at].from === state.chosen || links[at].to === state.chosen));
    const named = drawn.length <= PHRASES ? drawn : drawn.filter(of);
    const size = Math.min(12, 11.5 * Math.max(view.scale, 0.8));
    const font = `${size}px ${FACE}`;
    for (const at of [...named].sort((a, b) => of(b) - of(a))) {
      const text = types[links[at].type].phrase;
      pen.font = font;
      const half = pen.measureText(text).width / 2 + 2;
      const spots = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74].map((part) => along(lines.get(at), part));
      // Those of a path or of a small picture are named in any case, if need be above the line.
      const beside = state.path.has(at) || drawn.length <= 12 ? [0, -12, 12, -26, 26, -40, 40] : [0, -9, 9];
      const spot = beside.flatMap((dy) => spots.map(([x, y]) => [x, y + dy])).find((spot) => isFree(about(spot, half, size * 0.6)));
      if (!spot) continue;
      take(about(spot, half, size * 0.6));
      pen.globalAlpha = state.chosen !== null && !of(at) ? 0.4 : 1;
      write(text, spot, font, state.path.has(at) ? colours.text : colours.quiet);
      pen.globalAlpha = 1;
    }
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
  return { draw, readColours, onScreen, afar, radius };
};
