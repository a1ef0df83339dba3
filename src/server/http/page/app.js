// The page. Its state is the address: `#/deps/nova?depth=2` is the question, as at the server's /words, so every view can be
// shared and the back button works.

import { answer, notes, table } from "./answers.js";
import { editor, problems } from "./editor.js";
import { draw, grow, quote, repaint } from "./explore.js";
import { button, count, element, hashOf, termLink } from "./html.js";
import { Refused, find, query, schema } from "./server.js";

const byId = (id) => document.getElementById(id);
const main = byId("main");
const say = (text) => { byId("said").textContent = text; };

// The questions that have a form, in words.
const QUESTIONS = {
  deps: { name: "Needs", says: (terms) => `What ${terms} needs` },
  impact: { name: "Impact", says: (terms) => `What fails if ${terms} fails` },
  why: { name: "Why", says: (terms, { to }) => `Why ${terms} needs ${to}` },
  order: { name: "Order", says: (_, { of }) => (of ? `In which order to start what ${of} needs` : "In which order to start everything") },
  critical: { name: "Critical", says: (_, named) => (named.for ? `What ${named.for} cannot do without` : "Single points of failure") },
  common: { says: (terms) => `What ${terms} have in common` },
  diff: { says: (terms) => `How the needs of ${terms} differ` },
  cycles: { says: () => "Terms that need themselves" },
  fanin: { says: () => "How many terms need each term" },
  fanout: { says: () => "How many terms each term needs" },
  find: { says: (text) => `Terms like “${text}”` },
};
const OPTIONS = {
  depth: { name: "Depth", type: "number", min: "0" },
  "up-to": { name: "At most", type: "number", min: "1" },
  confidence: { name: "Confidence at least", type: "number", min: "0", max: "1", step: "any" },
  via: { name: "Over types", list: "types" },
  only: { name: "Only labels", list: "labels" },
  hiding: { name: "Hiding labels", list: "labels" },
  showing: { name: "With properties", list: "keys" },
  avoiding: { name: "Avoiding terms", terms: true },
  where: { name: "Where", type: "text" },
  hard: { name: "Hard needs only", flag: true },
  ranked: { name: "As a ranking", flag: true },
  all: { name: "All shortest", flag: true },
  each: { name: "One for each need", flag: true },
  rollup: { name: "Roll parts up", flag: true },
};
const OPERANDS = { to: "To", of: "Of", for: "For", through: "Through" };
const FIRST_OPTIONS = ["depth", "up-to", "via", "hard"];

let graph = null; // The answer of /api/schema.
let asking = new AbortController();

// ---- Addresses ----
function read(hash) {
  const [path, search = ""] = hash.replace(/^#\/?/, "").split("?");
  const parts = path.split("/").filter(Boolean);
  const terms = parts.slice(1).map((part) => part.split(",").map(decodeURIComponent));
  return { word: parts[0] ?? "", terms, given: new URLSearchParams(search) };
}
function write(word, terms, given) {
  const path = [word, ...terms.map((list) => list.map(encodeURIComponent).join(","))].join("/");
  const search = String(given).replace(/=(?=&|$)/g, "");
  return `#/${path}${search ? "?" + search : ""}`;
}
const wordOf = (address) => graph.words.find((word) => word.address === "/words/" + address);

// The statement that an address means.
function statementOf(word, { terms, given }) {
  const list = (names) => names.map(quote).join(", ");
  const parts = [word.keyword];
  if (terms.length) parts.push(terms.map(list).join(", "));
  for (const operand of word.operands.filter((operand) => operand.name)) {
    const names = given.getAll(operand.name);
    if (names.length) parts.push(operand.name.toUpperCase(), list(names));
  }
  for (const option of word.options) {
    const values = given.getAll(option);
    if (!values.length || values[0] === "false") continue;
    parts.push(option.replace("-", " ").toUpperCase());
    if (OPTIONS[option]?.flag) continue;
    parts.push(OPTIONS[option]?.list || OPTIONS[option]?.terms ? list(values) : values[0]);
  }
  return parts.join(" ");
}

// ---- Suggestions for terms ----
function suggest(field, hits, pick, several = false) {
  let [timer, chosen, control] = [0, -1, null];
  const close = () => {
    hits.hidden = true;
    chosen = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const typed = () => (several ? field.value.split(",").pop() : field.value).trim();
  const take = (hit) => {
    close();
    pick(hit, several ? [...field.value.split(",").slice(0, -1).map((part) => part.trim()), named(hit.name)].join(", ") : named(hit.name));
  };
  async function look() {
    control?.abort();
    control = new AbortController();
    const text = typed();
    if (!text) return close();
    let found;
    try { found = await find(text, control.signal); } catch { return; }
    if (text !== typed() || document.activeElement !== field) return;
    hits.replaceChildren(...found.map((hit, at) => element("li", {
      role: "option", id: `${hits.id}-${at}`, "aria-selected": "false", onmousedown: (event) => { event.preventDefault(); take(hit); },
    }, element("strong", {}, hit.name ?? `node ${hit.id}`), " ", element("span", { class: "quiet" }, hit.labels.map((label) => ":" + label).join(" "), also(hit)))));
    hits.found = found;
    if (!found.length) hits.replaceChildren(element("li", { class: "quiet", role: "option", "aria-disabled": "true" }, `nothing is called “${text}”`));
    hits.hidden = false;
    field.setAttribute("aria-expanded", "true");
  }
  // By which other name it was found.
  const also = ({ matched, name }) => (matched?.startsWith("name ") && !matched.startsWith(`name ${name}`) ? ` also called ${matched.slice(5).split(";")[0]}` : "");
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 120); });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    const found = hits.hidden ? [] : hits.found ?? [];
    if (found.length && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : chosen < 0 ? 0 : -1) + found.length) % found.length;
      [...hits.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === chosen)));
      field.setAttribute("aria-activedescendant", `${hits.id}-${chosen}`);
    } else if (event.key === "Enter" && chosen >= 0 && found[chosen]) {
      event.preventDefault();
      take(found[chosen]);
    } else if (event.key === "Escape") {
      close();
    }
  });
  return close;
}
// Names in a field are separated by commas; one that has a comma stands in quotes.
const named = (name) => (/[,"]/.test(name) ? `"${name}"` : name);
const names = (text) => (text.match(/"[^"]*"|[^,]+/g) ?? []).map((name) => name.trim().replace(/^"(.*)"$/, "$1")).filter(Boolean);

// ---- The form of a question ----
function formOf(word, { word: address, terms, given }) {
  const controls = [];
  let path = 0;
  const inPath = [];
  const termField = (label, value, several, required, set) => {
    const id = `of-${controls.length}`;
    const hits = element("ul", { id: `${id}-hits`, class: "hits", role: "listbox", "aria-label": "Terms found", hidden: true });
    const field = element("input", { id, value, required, autocomplete: "off", spellcheck: "false", role: "combobox", "aria-expanded": "false", "aria-controls": hits.id, "aria-autocomplete": "list" });
    suggest(field, hits, (_, text) => { field.value = text; }, several);
    controls.push(() => set(names(field.value)));
    return element("div", { class: "of-term" }, element("label", { for: id }, label), element("div", { class: "combo" }, field, hits));
  };
  let next = null; // The address that is being made.
  const operands = word.operands.map((operand) => {
    const several = operand.several;
    if (operand.name) {
      return termField(OPERANDS[operand.name] ?? operand.name, given.getAll(operand.name).map(named).join(", "), several, !operand.optional, (list) => list.forEach((name) => next.given.append(operand.name, name)));
    }
    const at = path++;
    inPath.push(at);
    return termField(word.keyword === "FIND" ? "Text" : several ? "Terms" : "Term", (terms[at] ?? []).map(named).join(", "), several, true, (list) => { next.terms[at] = list; });
  });
  const option = (name) => {
    const { name: label = name, flag, list, ...attributes } = OPTIONS[name] ?? {};
    const id = "option-" + name;
    if (flag) {
      const box = element("input", { id, type: "checkbox", checked: given.has(name) && given.get(name) !== "false" });
      controls.push(() => { if (box.checked) next.given.append(name, ""); });
      return element("label", { class: "flag" }, box, " ", label);
    }
    if (attributes.terms) return termField(label, given.getAll(name).map(named).join(", "), true, false, (list) => list.forEach((value) => next.given.append(name, value)));
    const field = element("input", { id, value: given.getAll(name).join(list ? ", " : ""), list: list ? "known-" + list : null, autocomplete: "off", class: attributes.type === "number" ? "small" : null, ...attributes });
    controls.push(() => (list ? names(field.value) : [field.value.trim()].filter(Boolean)).forEach((value) => next.given.append(name, value)));
    return element("label", { for: id }, element("span", {}, label), field);
  };
  const doc = element("p", { class: "quiet doc" }, word.doc);
  const first = word.options.filter((name) => FIRST_OPTIONS.includes(name));
  const rest = word.options.filter((name) => !first.includes(name));
  return element("form", { class: "question", onsubmit: (event) => {
    event.preventDefault();
    next = { terms: [], given: new URLSearchParams() };
    controls.forEach((read) => read());
    if (given.get("view")) next.given.append("view", given.get("view"));
    const hash = write(address, next.terms, next.given);
    if (hash === location.hash) show();
    else location.hash = hash;
  } },
  element("div", { class: "fields" }, operands, first.map(option), element("button", { type: "submit", class: "go" }, "Ask")),
  rest.length ? element("details", { class: "rest", open: rest.some((name) => given.has(name)) }, element("summary", {}, "More options, and what they mean"), element("div", { class: "fields" }, rest.map(option)), doc) : doc);
}

// ---- Views ----
const VIEWS = [["answer", "Answer"], ["picture", "Picture"], ["table", "Table"]];

// An answer with its picture and its table, each made when it is looked at.
function views(host, { statement, parameters = {}, readOnly, view = "answer", chosen = () => {}, result, pictures = true }) {
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
        await draw(pane, statement, parameters, asking.signal);
      } catch (error) {
        fail(pane, error, statement);
      }
    }
  }
  host.replaceChildren(element("div", { class: "tabs", role: "tablist", "aria-label": "How to show the answer", onkeydown: move }, tabs), pane);
  return open(kinds.some(([of]) => of === view) ? view : "answer");
}
function fail(host, error, statement) {
  if (error.name === "AbortError") return;
  if (!(error instanceof Refused)) throw error;
  host.classList.remove("drawn");
  host.replaceChildren(element("div", { class: "errors", role: "alert" }, problems(error.errors, statement)));
}
function title(...parts) {
  document.title = [...parts, graph.name, "kenning"].join(" · ");
}
const heading = (text, below) => [element("h1", {}, text), below ?? null];

async function home() {
  title();
  const rank = element("ol", { class: "rank" }, element("li", { class: "quiet" }, "…"));
  main.replaceChildren(
    element("h1", {}, `The graph ${graph.name}`),
    element("p", {}, `${count(graph.nodes, "term")} and ${count(graph.relationships, "relation")}. `, element("a", { href: "#/graph" }, "See all of it"), ", search a term with ", element("kbd", {}, "/"), ", or ask:"),
    element("div", { class: "cards" }, ["deps", "impact", "why", "order", "critical", "find"].filter(wordOf).map((address) => element("a", { class: "ask", href: "#/" + address }, element("strong", {}, QUESTIONS[address].name ?? "Find"), element("span", { class: "quiet" }, `${wordOf(address).doc.split(/[.:;]/)[0]}.`)))),
    element("div", { class: "columns" },
      element("section", {}, element("h2", {}, "Needed by most"), rank),
      element("section", {}, element("h2", {}, "Labels"), list(graph.labels, (label) => [":" + label.name], (label) => `MATCH (n:\`${label.name.replace(/`/g, "``")}\`) RETURN n ORDER BY n.name`)),
      element("section", {}, element("h2", {}, "Relations"), list(graph.types, (type) => [type.phrase], (type) => `MATCH (a)-[r:\`${type.name.replace(/`/g, "``")}\`]->(b) RETURN a, r, b`))));
  const fanin = await query("FANIN", { readOnly: true, signal: asking.signal }).catch((error) => { if (error.name === "AbortError") throw error; return { rows: [] }; });
  rank.replaceChildren(...fanin.rows.slice(0, 12).map(([term, direct, all]) => element("li", {}, termLink(term.node ?? { name: term.text }), " ", element("span", { class: "count", title: `${direct.text} directly, ${all.text} in the end` }, all.text))));
  if (!fanin.rows.length) rank.replaceChildren(element("li", { class: "quiet" }, "nothing needs anything here"));
}
function list(items, name, statement) {
  return element("ul", { class: "rank" }, items.toSorted((a, b) => b.count - a.count).map((item) => element("li", {}, element("a", { href: "#/query?" + new URLSearchParams({ q: statement(item) }) }, name(item)), " ", element("span", { class: "count" }, item.count.toLocaleString("en")))));
}

async function term(name) {
  const statement = `SHOW ${quote(name)}`;
  const result = await query(statement, { readOnly: true, signal: asking.signal });
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
  const [fanin, impact] = await Promise.all([`FANIN OF ${quote(name)}`, `IMPACT ${quote(name)} DEPTH 1`].map((statement) => query(statement, { readOnly: true, signal: asking.signal })));
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

async function question(asked) {
  const word = wordOf(asked.word);
  const of = (name) => asked.given.getAll(name).join(", ");
  const complete = word.operands.every((operand, at) => operand.optional || (operand.name ? asked.given.has(operand.name) : asked.terms[at]?.length));
  const terms = asked.terms.map((list) => list.join(", ")).join(" and ");
  const operands = Object.fromEntries(word.operands.filter((operand) => operand.name).map((operand) => [operand.name, of(operand.name)]));
  const says = complete ? QUESTIONS[asked.word]?.says(terms, operands) ?? word.keyword : QUESTIONS[asked.word]?.name ?? word.keyword;
  const host = element("div", { class: "result" });
  title(says);
  const form = formOf(word, asked);
  main.replaceChildren(...heading(says).filter(Boolean), form, host);
  if (!complete) return form.querySelector("input:placeholder-shown, input")?.focus();
  const statement = statementOf(word, asked);
  host.append(element("p", { class: "quiet" }, "Asking …"));
  try {
    const result = await query(statement, { readOnly: true, signal: asking.signal });
    const given = new URLSearchParams(asked.given);
    given.delete("view");
    const address = write(asked.word, asked.terms, given).slice(1);
    const file = (format) => `/words${address}${address.includes("?") ? "&" : "?"}format=${format}`;
    const body = element("div");
    host.replaceChildren(
      element("p", { class: "statement" }, element("code", {}, statement), " ",
        element("a", { href: "#/query?" + new URLSearchParams({ q: statement }) }, "edit"), " · as ",
        ["svg", "csv", "json", "html"].map((format, at) => [at ? ", " : "", element("a", { href: file(format), download: `${asked.word}.${format}` }, format.toUpperCase())])),
      body);
    say(`${says}: ${count(result.total, "row")}`);
    await views(body, { statement, readOnly: true, result, view: asked.given.get("view") ?? "answer", pictures: result.shape !== "table" || result.rows.some((row) => row.some((cell) => cell.node)), chosen: (kind) => {
      asked.given.delete("view");
      if (kind !== "answer") asked.given.append("view", kind);
      history.replaceState(null, "", write(asked.word, asked.terms, asked.given));
    } });
  } catch (error) {
    fail(host, error, statement);
  }
}

// ---- The query box ----
const HISTORY = "kenning-history";
function past() {
  try { return JSON.parse(localStorage.getItem(HISTORY)) ?? []; } catch { return []; }
}
function remember(q, params) {
  const entries = [{ q, params }, ...past().filter((entry) => entry.q !== q || entry.params !== params)].slice(0, 100);
  try { localStorage.setItem(HISTORY, JSON.stringify(entries)); } catch { /* It lasts as long as the page. */ }
}
async function box({ given }) {
  title("Query");
  const host = element("div", { class: "result" });
  const params = element("textarea", { id: "params", rows: "2", spellcheck: "false", placeholder: '{"name": "nova"}' });
  params.value = given.get("params") ?? "";
  const read = () => (params.value.trim() ? JSON.parse(params.value) : {});
  const known = () => { try { return Object.keys(read()); } catch { return []; } };
  const field = editor({ run: () => run(false), parameters: known });
  const stop = button("Stop", () => asking.abort());
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
    asking.abort();
    asking = new AbortController();
    stop.hidden = false;
    const next = "#/query?" + new URLSearchParams({ q: statement, ...(params.value.trim() ? { params: params.value } : {}) });
    if (next !== location.hash) history.pushState(null, "", next);
    title(statement.replace(/\s+/g, " ").slice(0, 60));
    const waiting = element("p", { class: "quiet" }, "Running …");
    host.replaceChildren(waiting);
    try {
      const started = performance.now();
      // What an address asks may only read: a link must not change the graph.
      const result = await query(statement, { parameters, readOnly: linkOnly, signal: asking.signal, told: (rows) => { if (rows) waiting.textContent = `${count(rows, "row")} …`; } });
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

async function drawn(heading, make) {
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
const WHOLE = "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN n, r";

// ---- Going about ----
async function show() {
  asking.abort();
  asking = new AbortController();
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
    else if (asked.word === "around" && first) await drawn(`Around ${first}`, (pane) => grow(pane, first, asking.signal));
    else if (asked.word === "graph") await drawn(`The whole graph ${graph.name}`, (pane) => draw(pane, WHOLE, {}, asking.signal));
    else if (wordOf(asked.word)) await question(asked);
    else main.replaceChildren(element("h1", {}, "There is nothing at this address"), element("p", {}, element("a", { href: "#/" }, "To the beginning")));
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!(error instanceof Refused)) throw error;
    const about = first && asked.word === "show" ? element("p", {}, element("a", { href: hashOf("find", first) }, `Find terms like “${first}”`)) : "";
    main.replaceChildren(element("h1", {}, first ?? "The server refuses"), element("div", { class: "errors", role: "alert" }, problems(error.errors)), about);
  }
}

const THEME = "kenning-theme";
const THEMES = { "": "Light or dark as the system", light: "Light", dark: "Dark" };
function theme(name) {
  if (name) document.documentElement.dataset.theme = name;
  else delete document.documentElement.dataset.theme;
  byId("theme").textContent = { "": "◐", light: "☀", dark: "☾" }[name];
  byId("theme").setAttribute("aria-label", `Colours: ${THEMES[name]}`);
  byId("theme").title = `Colours: ${THEMES[name]}`;
  repaint();
}
function kept(key) {
  try { return localStorage.getItem(key) ?? ""; } catch { return ""; }
}
byId("theme").addEventListener("click", () => {
  const all = Object.keys(THEMES);
  const next = all[(all.indexOf(kept(THEME)) + 1) % all.length];
  try { localStorage.setItem(THEME, next); } catch { /* It lasts as long as the page. */ }
  theme(next);
});
theme(kept(THEME) in THEMES ? kept(THEME) : "");

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
  graph = await schema();
  byId("graph-name").textContent = graph.name;
  const links = [...["deps", "impact", "why", "order", "critical"].filter(wordOf).map((address) => [address, QUESTIONS[address].name]), ["query", "Query"], ["graph", "Graph"]];
  byId("questions").replaceChildren(...links.map(([address, name]) => element("a", { href: "#/" + address }, name)));
  const lists = { types: graph.types.map((type) => type.name), labels: graph.labels.map((label) => label.name), keys: graph.keys };
  document.body.append(...Object.entries(lists).map(([name, items]) => element("datalist", { id: "known-" + name }, items.map((item) => element("option", { value: item })))));
  await show();
} catch (error) {
  main.replaceChildren(element("h1", {}, "kenning"), element("div", { class: "errors", role: "alert" }, problems(error.errors ?? [{ message: error.message }])));
}
