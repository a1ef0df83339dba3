"use strict";
// What pointers, the wheel and the arrow keys do to a picture.
globalThis.kenningGestures = (canvas, net, view, drawing, act) => {
  const { nodes, state, visible } = net;
  const { onScreen, afar, radius } = drawing;
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
      act.zoom(apart([event.clientX, event.clientY]) / apart(before), rest[0] - box.left, rest[1] - box.top);
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
      act.redraw();
    }
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
  });
  function release(event) {
    fingers.delete(event.pointerId);
    if (!held || event.type === "pointercancel") return;
    const { at, moved } = held;
    held = null;
    if (at !== null && moved > 3) act.moved();
    else if (moved <= 3 && at !== null && (event.shiftKey || state.pathFrom !== null)) net.findPath(state.pathFrom ?? state.chosen ?? at, at);
    else if (moved <= 3) net.choose(at);
  }
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = canvas.getBoundingClientRect();
    const lines = event.deltaMode === 1 ? 30 : 1;
    act.zoom(Math.exp(-event.deltaY * lines * 0.0015), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
  // The arrow keys go to the nearest node in their direction.
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  canvas.addEventListener("keydown", (event) => {
    const towards = ARROWS[event.key];
    if (!towards || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const from = state.chosen === null ? { x: (canvas.clientWidth / 2 - view.x) / view.scale, y: (canvas.clientHeight / 2 - view.y) / view.scale } : nodes[state.chosen];
    let best = [Infinity, null];
    for (const at of nodes.keys()) {
      if (!visible(at) || at === state.chosen) continue;
      const [dx, dy] = [nodes[at].x - from.x, nodes[at].y - from.y];
      const ahead = dx * towards[0] + dy * towards[1];
      const aside = Math.abs(dx * towards[1]) + Math.abs(dy * towards[0]);
      const far = state.chosen === null ? Math.hypot(dx, dy) : ahead > 0 && aside <= ahead * 2 ? ahead + aside * 2 : Infinity;
      if (far < best[0]) best = [far, at];
    }
    if (best[1] === null) return;
    net.mark(best[1]);
    const [x, y] = onScreen([nodes[state.chosen].x, nodes[state.chosen].y]);
    if (x < 40 || y < 40 || x > canvas.clientWidth - 40 || y > canvas.clientHeight - 40) act.centre(state.chosen);
  });
};
