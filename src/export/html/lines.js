"use strict";
// Where the lines of a picture run. Points are `[x, y]`; three of them are a curve, more are bends that leave and arrive
// level.
globalThis.kenningLines = (nodes, afar) => {
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
  // Points from a dot to its name, so close that no word fits between them.
  function leader([x, y], [tx, ty], half) {
    const end = [Math.max(tx - half, Math.min(tx + half, x)), ty + (Math.abs(y - ty) < 6 ? 0 : Math.sign(y - ty) * 6)];
    const steps = Math.ceil(Math.hypot(end[0] - x, end[1] - y) / 6);
    return Array.from({ length: steps + 1 }, (_, at) => [x + ((end[0] - x) * at) / steps, y + ((end[1] - y) * at) / steps]);
  }
  return { route, along, leader };
};
