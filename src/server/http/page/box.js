// The box for statements, with its history.

import { editor } from "./editor.js";
import { button, count, element } from "./html.js";
import { Refused, query } from "./server.js";
import { askAnew, keep, main, page, say, title } from "./state.js";
import { views } from "./views.js";

const HISTORY = "kenning-history";
function past() {
  try { return JSON.parse(localStorage.getItem(HISTORY)) ?? []; } catch { return []; }
}
function remember(q, params) {
  const entries = [{ q, params }, ...past().filter((entry) => entry.q !== q || entry.params !== params)].slice(0, 100);
  keep(HISTORY, JSON.stringify(entries));
}
export async function box({ given }) {
  title("Query");
  const host = element("div", { class: "result" });
  const params = element("textarea", { id: "params", rows: "2", spellcheck: "false", placeholder: '{"name": "nova"}' });
  params.value = given.get("params") ?? "";
  const read = () => (params.value.trim() ? JSON.parse(params.value) : {});
  const known = () => { try { return Object.keys(read()); } catch { return []; } };
  const field = editor({ run: () => run(false), parameters: known });
  const stop = button("Stop", () => page.asking.abort());
  stop.hidden = true;
  const former = element("details", { class: "rest" });
  const listPast = () => former.replaceChildren(element("summary", {}, `History (${past().length})`), element("ul", { class: "history" }, past().map((entry) => element("li", {}, button(entry.q, () => { field.value = entry.q; params.value = entry.params ?? ""; field.field.focus(); })))),
    past().length ? button("Clear the history", () => { localStorage.removeItem(HISTORY); listPast(); }) : null ?? "");
  async function run(linkOnly) {
    const statement = field.value;
    if (!statement.trim()) return;
    let parameters;
    try {
      parameters = read();
    } catch (error) {
      return field.wrong([{ message: `the parameters are not JSON: ${error.message}`, help: 'write an object, such as {"name": "nova"}' }]);
    }
    const signal = askAnew();
    stop.hidden = false;
    const next = "#/query?" + new URLSearchParams({ q: statement, ...(params.value.trim() ? { params: params.value } : {}) });
    if (next !== location.hash) history.pushState(null, "", next);
    title(statement.replace(/\s+/g, " ").slice(0, 60));
    const waiting = element("p", { class: "quiet" }, "Running …");
    host.replaceChildren(waiting);
    try {
      const started = performance.now();
      // What an address asks may only read: a link must not change the graph.
      const result = await query(statement, { parameters, readOnly: linkOnly, signal, told: (rows) => { if (rows) waiting.textContent = `${count(rows, "row")} …`; } });
      remember(statement, params.value.trim());
      listPast();
      field.errors.replaceChildren();
      const body = element("div");
      host.replaceChildren(element("p", { class: "quiet" }, `${count(result.total, "row")} in ${Math.round(performance.now() - started)} ms`), body);
      say(`${count(result.total, "row")}`);
      await views(body, { statement, parameters, result, pictures: !result.changes && !result.plan && result.rows.some((row) => row.some(drawable)) });
    } catch (error) {
      if (error.name === "AbortError") host.replaceChildren(element("p", { class: "quiet" }, "Stopped."));
      else if (!(error instanceof Refused)) throw error;
      else {
        host.replaceChildren();
        field.wrong(error.errors);
      }
    } finally {
      stop.hidden = true;
    }
  }
  main.replaceChildren(element("h1", {}, "Query"),
    element("form", { class: "query", onsubmit: (event) => { event.preventDefault(); run(false); } }, field.box,
      element("details", { class: "rest", open: Boolean(params.value) }, element("summary", {}, "Parameters"), element("label", { for: "params" }, "A JSON object"), params),
      element("p", { class: "bar" }, element("button", { type: "submit", class: "go" }, "Run"), stop, element("span", { id: "editor-help", class: "quiet" }, "Ctrl+Enter runs, Tab completes, Ctrl+Space offers what may stand here"))),
    field.errors, former, host);
  listPast();
  field.value = given.get("q") ?? "";
  if (given.get("q")) await run(true);
  else field.field.focus();
}
const drawable = (cell) => cell.node || cell.relationship || cell.nodes || cell.items?.some(drawable);
