// An answer as it is, as a picture and as a table.

import { answer, notes, table } from "./answers.js";
import { problems } from "./editor.js";
import { draw } from "./explore.js";
import { button, element } from "./html.js";
import { Refused } from "./server.js";
import { main, page, title } from "./state.js";

const VIEWS = [["answer", "Answer"], ["picture", "Picture"], ["table", "Table"]];

// An answer with its picture and its table, each made when it is looked at.
export function views(host, { statement, parameters = {}, view = "answer", chosen = () => {}, result, pictures = true }) {
  const pane = element("div", { class: "pane", id: "pane", role: "tabpanel", tabindex: "-1" });
  const kinds = VIEWS.filter(([kind]) => (kind !== "picture" || pictures) && (kind !== "table" || result.shape !== "table"));
  const tabs = kinds.map(([kind, name]) => button(name, () => { chosen(kind); open(kind); }, { role: "tab", id: "tab-" + kind, "aria-controls": "pane" }));
  const move = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = (tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length;
    tabs[at].focus();
    tabs[at].click();
  };
  async function open(kind) {
    tabs.forEach((tab, at) => {
      const here = kinds[at][0] === kind;
      tab.setAttribute("aria-selected", String(here));
      tab.tabIndex = here ? 0 : -1;
      if (here) pane.setAttribute("aria-labelledby", tab.id);
    });
    pane.classList.toggle("drawn", kind === "picture");
    if (kind === "answer") pane.replaceChildren(answer(result));
    else if (kind === "table") pane.replaceChildren(element("div", { class: "answer" }, table(result), notes(result)));
    else {
      pane.replaceChildren(element("p", { class: "quiet" }, "Drawing …"));
      try {
        await draw(pane, statement, parameters, page.asking.signal);
      } catch (error) {
        fail(pane, error, statement);
      }
    }
  }
  host.replaceChildren(element("div", { class: "tabs", role: "tablist", "aria-label": "How to show the answer", onkeydown: move }, tabs), pane);
  return open(kinds.some(([of]) => of === view) ? view : "answer");
}
export function fail(host, error, statement) {
  if (error.name === "AbortError") return;
  if (!(error instanceof Refused)) throw error;
  host.classList.remove("drawn");
  host.replaceChildren(element("div", { class: "errors", role: "alert" }, problems(error.errors, statement)));
}

// A picture that fills the page.
export async function drawn(heading, make) {
  title(heading);
  const pane = element("div", { class: "pane drawn tall" }, element("p", { class: "quiet" }, "Drawing …"));
  main.replaceChildren(element("h1", {}, heading), pane);
  main.classList.add("wide");
  try {
    await make(pane);
  } catch (error) {
    fail(pane, error, "");
  }
}
