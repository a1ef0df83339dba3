// The first view, and the card of a term.

import { answer } from "./answers.js";
import { button, count, element, hashOf, quote, termLink } from "./html.js";
import { query } from "./server.js";
import { main, page, say, title } from "./state.js";
import { QUESTIONS, wordOf } from "./words.js";

export async function home() {
  title();
  const rank = element("ol", { class: "rank" }, element("li", { class: "quiet" }, "…"));
  main.replaceChildren(
    element("h1", {}, `The graph ${page.graph.name}`),
    element("p", {}, `${count(page.graph.nodes, "term")} and ${count(page.graph.relationships, "relation")}. `, element("a", { href: "#/graph" }, "See all of it"), ", search a term with ", element("kbd", {}, "/"), ", or ask:"),
    element("div", { class: "cards" }, ["deps", "impact", "why", "order", "critical", "find"].filter(wordOf).map((address) => element("a", { class: "ask", href: "#/" + address }, element("strong", {}, QUESTIONS[address].name ?? "Find"), element("span", { class: "quiet" }, `${wordOf(address).doc.split(/[.:;]/)[0]}.`)))),
    element("div", { class: "columns" },
      element("section", {}, element("h2", {}, "Needed by most"), rank),
      element("section", {}, element("h2", {}, "Labels"), list(page.graph.labels, (label) => [":" + label.name], (label) => `MATCH (n:\`${label.name.replace(/`/g, "``")}\`) RETURN n ORDER BY n.name`)),
      element("section", {}, element("h2", {}, "Relations"), list(page.graph.types, (type) => [type.phrase], (type) => `MATCH (a)-[r:\`${type.name.replace(/`/g, "``")}\`]->(b) RETURN a, r, b`))));
  const fanin = await query("FANIN", { readOnly: true, signal: page.asking.signal }).catch((error) => { if (error.name === "AbortError") throw error; return { rows: [] }; });
  rank.replaceChildren(...fanin.rows.slice(0, 12).map(([term, direct, all]) => element("li", {}, termLink(term.node ?? { name: term.text }), " ", element("span", { class: "count", title: `${direct.text} directly, ${all.text} in the end` }, all.text))));
  if (!fanin.rows.length) rank.replaceChildren(element("li", { class: "quiet" }, "nothing needs anything here"));
}
function list(items, name, statement) {
  return element("ul", { class: "rank" }, items.toSorted((a, b) => b.count - a.count).map((item) => element("li", {}, element("a", { href: "#/query?" + new URLSearchParams({ q: statement(item) }) }, name(item)), " ", element("span", { class: "count" }, item.count.toLocaleString("en")))));
}

export async function term(name) {
  const statement = `SHOW ${quote(name)}`;
  const result = await query(statement, { readOnly: true, signal: page.asking.signal });
  const called = result.rows[0]?.[0]?.node?.name ?? name;
  title(called);
  const needed = element("div", {}, element("p", { class: "quiet" }, "…"));
  const links = [["deps", `What it needs`], ["impact", "What fails without it"], ["around", "Explore from here"]];
  main.replaceChildren(
    element("h1", {}, called),
    element("p", { class: "links" }, links.map(([word, text]) => [element("a", { class: "go", href: hashOf(word, name) + (word === "around" ? "" : "?depth=2") }, text), " "]),
      element("a", { class: "go", href: `#/why/${encodeURIComponent(name)}` }, "Why does it need …?")),
    element("div", { class: "two" }, answer(result), element("section", { class: "needed", "aria-label": "Needed by" }, needed)));
  say(`${called}: its card`);
  await neededBy(needed, name);
}
async function neededBy(host, name) {
  const [fanin, impact] = await Promise.all([`FANIN OF ${quote(name)}`, `IMPACT ${quote(name)} DEPTH 1`].map((statement) => query(statement, { readOnly: true, signal: page.asking.signal })));
  const at = (column) => impact.columns.indexOf(column);
  const direct = impact.rows.filter((row) => row[at("depth")].text === "1");
  const all = fanin.rows[0]?.[2]?.text ?? String(direct.length);
  const made = element("ul");
  const result = direct.map((row) => element("li", {}, termLink(row[at("term")].node), " ", element("span", { class: "quiet" }, row[at("effect")].text)));
  made.append(...result.slice(0, 15));
  host.replaceChildren(element("h2", {}, "Needed by ", element("span", { class: "count" }, `${direct.length} directly, ${all} in the end`)), made);
  if (result.length > 15) {
    const more = button(`Show ${result.length - 15} more`, () => { made.append(...result.slice(15)); more.remove(); });
    host.append(more);
  }
}
