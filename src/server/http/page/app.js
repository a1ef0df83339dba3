// The page. Its state is the address: `#/deps/nova?depth=2` is the question, as at the server's /words, so every view can be
// shared and the back button works. Here an address becomes a view; the views are in files of their own.

import "./theme.js";
import { box } from "./box.js";
import { problems } from "./editor.js";
import { draw, grow } from "./explore.js";
import { element, hashOf, quote } from "./html.js";
import { question } from "./question.js";
import { Refused, query, schema } from "./server.js";
import { askAnew, byId, main, page } from "./state.js";
import { suggest } from "./suggest.js";
import { home, term } from "./terms.js";
import { drawn } from "./views.js";
import { QUESTIONS, read, wordOf } from "./words.js";

const WHOLE = "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN n, r";

async function show() {
  askAnew();
  main.classList.remove("wide");
  const asked = read(location.hash);
  const [first] = asked.terms.map((list) => list.join(","));
  for (const link of byId("questions").querySelectorAll("a")) {
    const here = link.getAttribute("href") === "#/" + asked.word;
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  try {
    if (!asked.word) await home();
    else if (asked.word === "show" && first) await term(first);
    else if (asked.word === "query") await box(asked);
    else if (asked.word === "around" && first) await drawn(`Around ${first}`, (pane) => grow(pane, first, page.asking.signal));
    else if (asked.word === "graph") await drawn(`The whole graph ${page.graph.name}`, (pane) => draw(pane, WHOLE, {}, page.asking.signal));
    else if (wordOf(asked.word)) await question(asked, show);
    else main.replaceChildren(element("h1", {}, "There is nothing at this address"), element("p", {}, element("a", { href: "#/" }, "To the beginning")));
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!(error instanceof Refused)) throw error;
    const about = first && asked.word === "show" ? element("p", {}, element("a", { href: hashOf("find", first) }, `Find terms like “${first}”`)) : "";
    main.replaceChildren(element("h1", {}, first ?? "The server refuses"), element("div", { class: "errors", role: "alert" }, problems(error.errors)), about);
  }
}

const closeHits = suggest(byId("term"), byId("hits"), (hit) => {
  byId("term").value = "";
  location.hash = hashOf("show", hit.name);
});
byId("find").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = byId("term").value.trim();
  if (!text) return;
  closeHits();
  byId("term").value = "";
  // A name goes to its card; anything else is looked for.
  const known = await query(`SHOW ${quote(text)}`, { readOnly: true }).then(() => true, () => false);
  location.hash = hashOf(known ? "show" : "find", text);
});
document.addEventListener("keydown", (event) => {
  const writing = event.target.closest?.("input, textarea, [contenteditable]");
  if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    byId("term").focus();
  }
});
window.addEventListener("hashchange", show);
window.addEventListener("popstate", () => { if (!location.hash) show(); });

try {
  const graph = await schema();
  page.graph = graph;
  byId("graph-name").textContent = graph.name;
  const links = [...["deps", "impact", "why", "order", "critical"].filter(wordOf).map((address) => [address, QUESTIONS[address].name]), ["query", "Query"], ["graph", "Graph"]];
  byId("questions").replaceChildren(...links.map(([address, name]) => element("a", { href: "#/" + address }, name)));
  const lists = { types: graph.types.map((type) => type.name), labels: graph.labels.map((label) => label.name), keys: graph.keys };
  document.body.append(...Object.entries(lists).map(([name, items]) => element("datalist", { id: "known-" + name }, items.map((item) => element("option", { value: item })))));
  await show();
} catch (error) {
  main.replaceChildren(element("h1", {}, "kenning"), element("div", { class: "errors", role: "alert" }, problems(error.errors ?? [{ message: error.message }])));
}
