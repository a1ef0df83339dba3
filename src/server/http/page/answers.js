// Answers as people read them: a tree, chains, layers, what cuts off what, a card, or a table.

import { button, count, cut, element, linked, termLink } from "./html.js";

const FIRST = 25; // Children of a term, or rows, that are shown at first.

export function answer(result) {
  const shape = { tree, chain, layers, cuts, card }[result.shape] ?? table;
  const body = result.columns.length ? shape(result) : element("p", { class: "quiet" }, "The statement has no rows.");
  return element("div", { class: "answer" }, body, notes(result));
}

export function notes({ notes = [], warnings = [], changes, plan, total, rows }) {
  const said = [
    ...(total > (rows?.length ?? 0) ? [`${count(total, "row")} came; the first ${rows.length.toLocaleString("en")} are kept here. LIMIT narrows the question.`] : []),
    ...(changes ? [changes] : []),
    ...notes,
    ...warnings.map((warning) => (warning.help ? `${warning.message} (${warning.help})` : warning.message)),
  ];
  return [
    said.length ? element("ul", { class: "notes" }, said.map((note) => element("li", {}, note))) : null,
    plan ? element("pre", { class: "plan", tabindex: "0", "aria-label": "The plan" }, plan) : null,
  ];
}

// Rows as objects by column; a cell is `{text, node, relationship, …}`.
const records = ({ columns, rows }) => rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]])));
const text = (cell) => (cell === undefined || isNull(cell) ? "" : cell.text);
const isNull = (cell) => cell.typed?.$type === "Null" || cell.typed === null;
const isTrue = (cell) => cell?.text === "true";

export function grounds(evidence, source) {
  if (!text(evidence) && !text(source)) return null;
  return element("p", { class: "evidence" }, linked(text(evidence)), text(source) ? [" ", element("span", { class: "source" }, "[", linked(text(source)), "]")] : null);
}
function effect(cell) {
  const of = text(cell);
  return of ? element("span", { class: `effect ${of}` }, of === "fails" ? "fails without" : `${of} without`) : null;
}
const hop = (phrase) => element("span", { class: "phrase" }, phrase, " → ");

// ---- DEPS, IMPACT ----
function tree(result) {
  const all = records(result).map((record) => ({ record, below: [] }));
  const open = [];
  const tops = [];
  for (const item of all) {
    const depth = Number(text(item.record.depth));
    open.length = depth;
    (depth && open[depth - 1] ? open[depth - 1].below : tops).push(item);
    open[depth] = item;
  }
  const few = all.length <= 120;
  const list = (items, depth) => {
    const made = element("ul");
    const more = cut(items, FIRST, (item) => branch(item, depth), made, "term");
    return [made, more];
  };
  function branch({ record, below }, depth) {
    const term = termLink(record.term.node ?? { name: text(record.term) });
    const line = [depth ? hop(text(record.relation)) : null, term,
      text(record.hop_effect ?? record.effect) === "degrades" ? effect(record.hop_effect ?? record.effect) : null,
      isTrue(record.repeated) ? element("span", { class: "quiet" }, " shown above") : null];
    const why = grounds(record.evidence, record.source);
    if (!below.length) return element("li", {}, element("div", { class: "leaf" }, line), why);
    const inside = element("div", { hidden: true });
    const fold = element("button", { type: "button", class: "fold", "aria-expanded": "false", "aria-label": `Below ${record.term.node?.name ?? text(record.term)}` });
    // What is folded is made when it is opened.
    fold.open = (open) => {
      if (open && !inside.childNodes.length) inside.append(...list(below, depth + 1).filter(Boolean));
      inside.hidden = !open;
      fold.setAttribute("aria-expanded", String(open));
    };
    fold.addEventListener("click", () => fold.open(inside.hidden));
    fold.open(few || depth === 0);
    return element("li", {}, element("div", {}, fold, line, element("span", { class: "count" }, String(below.length))), why, inside);
  }
  const reached = all.length - tops.length;
  return element("div", {},
    element("p", { class: "bar" }, element("strong", {}, count(reached, "term")), evidenceSwitch(false), reached ? button("Open all", (event) => openAll(event.target, true)) : null, reached ? button("Close all", (event) => openAll(event.target, false)) : null),
    element("div", { class: "tree" }, list(tops, 0)));
}
function openAll(by, open) {
  const folds = () => [...by.closest(".answer").querySelectorAll(".fold")];
  if (!open) return folds().slice(1).forEach((fold) => fold.open(false));
  // Those below are made when those above are opened.
  const shut = () => folds().filter((fold) => fold.getAttribute("aria-expanded") === "false");
  for (let next = shut(); next.length; next = shut()) next.forEach((fold) => fold.open(true));
}
function evidenceSwitch(on) {
  const box = element("input", { type: "checkbox", checked: on });
  const show = () => box.closest(".answer")?.classList.toggle("with-evidence", box.checked);
  box.addEventListener("change", show);
  if (on) queueMicrotask(() => requestAnimationFrame(show));
  return element("label", {}, box, " evidence");
}

// ---- WHY, CYCLES ----
function chain(result) {
  const chains = Map.groupBy(records(result), (record) => text(record.chain));
  const made = element("ol", { class: "chains" });
  const more = cut([...chains.values()], FIRST, (hops) => element("li", {},
    element("ol", { class: "hops" },
      element("li", {}, termLink(hops[0].start.node ?? { name: text(hops[0].start) })),
      hops.map((record) => element("li", {},
        element("div", { class: "down" }, hop(text(record.relation)), termLink(record.end.node ?? { name: text(record.end) }), " ", effect(record.effect)),
        grounds(record.evidence, record.source))))), made, "chain");
  const hops = [...chains.values()].map((hops) => hops.length);
  const title = hops.length === 1 ? `One chain of ${count(hops[0], "hop")}` : count(hops.length, "chain");
  return element("div", {}, hops.length ? element("p", { class: "bar" }, element("strong", {}, title), evidenceSwitch(true)) : null, made, more);
}

// ---- ORDER ----
function layers(result) {
  const layers = Map.groupBy(records(result), (record) => text(record.layer));
  const made = element("ol", { class: "layers" });
  const more = cut([...layers], FIRST * 4, ([number, rows]) => {
    const seen = new Map(rows.map((record) => [record.term.node?.id ?? text(record.term), record]));
    return element("li", {}, element("span", { class: "number", "aria-label": `layer ${number}` }, number || "–"),
      element("span", { class: "terms" }, [...seen.values()].map((record) => termLink(record.term.node ?? { name: text(record.term) }, {
        class: `term pill${isTrue(record.critical) ? " critical" : ""}${text(record.cycle) ? " cycle" : ""}`,
        title: isTrue(record.critical) ? "on the critical path" : text(record.cycle) ? `in cycle ${text(record.cycle)}` : null,
      }))));
  }, made, "layer");
  return element("div", {}, element("p", { class: "quiet" }, "Each layer may start at once, after those above it. Terms with a thick border are on the critical path."), made, more);
}

// ---- CRITICAL ----
function cuts(result) {
  const rows = records(result);
  const widest = Math.max(1, ...rows.map((record) => Number(text(record.cuts)) || 0));
  const made = element("tbody");
  const more = cut(rows, FIRST * 2, (record) => {
    const number = Number(text(record.cuts)) || 0;
    const other = record.other && !isNull(record.other) ? [" → ", termLink(record.other.node ?? { name: text(record.other) })] : null;
    return element("tr", {},
      element("th", { scope: "row" }, termLink(record.term.node ?? { name: text(record.term) }), other),
      element("td", {}, text(record.kind)),
      element("td", { class: "number" }, element("meter", { min: "0", max: String(widest), value: String(number), "aria-hidden": "true" }), " ", String(number)),
      element("td", {}, several(record.cut)));
  }, made, "row");
  return element("div", {}, scroll(element("table", {}, element("thead", {}, element("tr", {}, ["term", "what it is", "cuts off", "which"].map((name) => element("th", { scope: "col" }, name)))), made)), more);
}
function several(cell) {
  const items = (cell?.items ?? []).filter((item) => item.node);
  if (!items.length) return text(cell);
  const made = element("span");
  const more = cut(items, 12, (item) => element("span", {}, termLink(item.node), " "), made, "term");
  return [made, more];
}

// ---- SHOW ----
function card(result) {
  const rows = records(result);
  const facts = rows.filter((record) => !record.relationship || isNull(record.relationship));
  const relations = rows.filter((record) => record.relationship && !isNull(record.relationship));
  const groups = [...Map.groupBy(relations, (record) => text(record.field))];
  const total = (rows) => Number(text(rows[0].relations)) || rows.length;
  groups.sort((a, b) => total(b[1]) - total(a[1]) || (a[0] < b[0] ? -1 : 1));
  return element("div", { class: "card" },
    element("dl", {}, facts.filter((record) => text(record.field) !== "name").map((record) => [
      element("dt", {}, text(record.field)),
      element("dd", {}, fact(record.value)),
    ])),
    groups.length ? element("p", { class: "bar" }, element("strong", {}, count(relations.length, "relation")), evidenceSwitch(true)) : element("p", { class: "quiet" }, "It has no relations."),
    element("div", { class: "groups" }, groups.map(([phrase, rows]) => {
      const made = element("ul");
      const more = cut(rows, 10, (record) => element("li", {}, element("span", { class: "phrase" }, "→ "), termLink(record.value.node ?? { name: text(record.value) }), grounds(record.evidence, record.source)), made, "term");
      return element("section", {}, element("h3", {}, phrase, " ", element("span", { class: "count" }, String(total(rows)))), made, more);
    })));
}
function fact(cell) {
  if (cell.node) return termLink(cell.node);
  const list = cell.typed?.$type === "List" ? cell.typed._value.map((item) => String(item?._value ?? item)) : null;
  return list ? list.join(", ") : linked(text(cell));
}

// ---- Everything else ----
export function table(result) {
  const made = element("tbody");
  const more = cut(result.rows, 200, (row) => element("tr", {}, row.map((cell) => element("td", { class: isNumber(cell) ? "number" : null }, value(cell)))), made, "row");
  const head = element("thead", {}, element("tr", {}, result.columns.map((column) => element("th", { scope: "col" }, column))));
  return element("div", {}, element("p", { class: "quiet" }, count(result.total, "row")), scroll(element("table", {}, head, made)), more);
}
const scroll = (table) => element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "The answer as a table" }, table);
const isNumber = (cell) => ["Integer", "Float"].includes(cell.typed?.$type);
function value(cell) {
  if (cell.node) return cell.node.name ? termLink(cell.node) : cell.text;
  if (cell.relationship) return relation(cell.relationship);
  if (cell.nodes) return cell.nodes.map((node, at) => [at ? [" ", pathHop(cell.relationships[at - 1], cell.nodes[at - 1]), " "] : null, node.name ? termLink(node) : "node " + node.id]).flat(2);
  if (cell.items) {
    const made = element("span");
    const more = cut(cell.items, 20, (item) => element("span", {}, value(item), " "), made, "value");
    return [made, more];
  }
  if (isNull(cell)) return element("span", { class: "quiet" }, "null");
  return cell.text.length > 400 ? element("details", {}, element("summary", {}, cell.text.slice(0, 200), "…"), cell.text) : linked(cell.text);
}
const relation = ({ start, end, phrase, type }) => (start && end ? [termLink(start), " ", element("span", { class: "phrase" }, phrase ?? type, " → "), termLink(end)] : type);
const pathHop = ({ start, phrase, inverse }, from) => element("span", { class: "phrase" }, `${start?.id === from.id ? phrase : inverse} →`);
