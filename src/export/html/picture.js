"use strict";
// A picture on a canvas: zooming, dragging, choosing, paths, growing. It makes no requests: the page around it passes the
// data and gets callbacks (`on`). The exported page and the server's page share it.
globalThis.kenningPicture = (canvas, data, on = {}) => {
  const view = { x: 0, y: 0, scale: 1 };
  const net = globalThis.kenningNet(data, { ...on, changed: () => { on.changed?.(); redraw(); } });
  const { nodes, links, types, state, visible } = net;
  const drawing = globalThis.kenningDrawing(canvas, net, view);
  const add = globalThis.kenningGrowth(net);

  // The layout that the reader made, kept in the browser.
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

  let waiting = false;
  function redraw() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; drawing.draw(); });
  }
  function resize() {
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(canvas.clientWidth * ratio);
    canvas.height = Math.round(canvas.clientHeight * ratio);
    drawing.draw(); // A canvas that was resized is empty until it is drawn.
  }

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

  recall();
  net.showFirst();
  drawing.readColours();
  globalThis.kenningGestures(canvas, net, view, drawing, { zoom, centre, redraw, moved: remember });
  new ResizeObserver(resize).observe(canvas.parentElement);
  const repaint = () => { drawing.readColours(); redraw(); };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  resize();
  fit();
  const { choose, clearPath, countLabels, findPath, folded, other, switchLabel, switchType } = net;
  return {
    nodes, links, types, add, centre, choose, clearPath, countLabels, findPath, fit, folded, other, redraw, repaint, reset, switchLabel, switchType, visible, zoom,
    around: (at) => net.around[at],
    focus(at) { net.focus(at); fit(); },
    showAll() { net.showAll(); fit(); },
    get chosen() { return state.chosen; },
    get path() { return [...state.path]; },
    get pathFrom() { return state.pathFrom; },
    set pathFrom(at) { state.pathFrom = at; net.changed(); },
  };
};
