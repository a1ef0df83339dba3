"use strict";
// The places on a canvas that are taken, so that no word is written over a box, an arrow head or another word.
globalThis.kenningRoom = (canvas) => {
  const taken = new Map();
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
  const about = ([x, y], half, tall = half) => ({ left: x - half, right: x + half, top: y - tall, bottom: y + tall });
  return { take, isFree, about, clear: () => taken.clear() };
};
