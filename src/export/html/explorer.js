"use strict";
// The explorer: a picture with search, card, legend and buttons, inside an element of a page. `on.open(node)` opens a term;
// `on.more(at, picture)` fetches more neighbours of a node. Both are optional.
globalThis.kenningExplorer = (host, data, on = {}) => {
  function element(name, content, attributes = {}) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (typeof content === "string") made.textContent = content;
    else if (content) made.append(...content);
    return made;
  }
  function button(text, act, attributes = {}) {
    const made = element("button", text, { type: "button", ...attributes });
    made.addEventListener("click", act);
    return made;
  }
  const relations = (count) => (count === 1 ? "1 relation" : `${count} relations`);

  // ---- Its parts ----
  const query = element("input", null, { id: "query", type: "search", placeholder: on.open ? "Find in the picture" : "Search (/)", "aria-label": "Search for a node", autocomplete: "off", spellcheck: "false" });
  const found = element("ol", null, { id: "found", "aria-label": "Nodes found" });
  const form = element("form", [query, found], { id: "search", role: "search" });
  const canvas = element("canvas", null, { id: "picture", tabindex: "0", role: "img", "aria-label": `${data.title}. Arrow keys go from node to node, Enter shows the neighbours of one.` });
  const card = element("aside", null, { id: "card", "aria-live": "polite", "aria-label": "What is chosen" });
  card.hidden = true;
  const legend = element("details", null, { id: "legend" });
  const status = element("p", "", { id: "status", role: "status" });
  const nav = element("nav", [
    button("+", () => picture.zoom(1.3), { title: "Zoom in (+)", "aria-label": "Zoom in" }),
    button("−", () => picture.zoom(1 / 1.3), { title: "Zoom out (-)", "aria-label": "Zoom out" }),
    button("Fit", () => picture.fit(), { title: "See everything (0)" }),
    button("Show all", () => picture.showAll(), { title: "Show what is hidden" }),
    button("Reset layout", () => picture.reset(), { title: "Put everything where it was at first" }),
  ], { "aria-label": "The picture" });
  const view = element("div", [canvas, card], { id: "view" });
  host.classList.add("explorer");
  host.append(element("div", [form, nav], { class: "bar" }), element("div", [legend, view], { class: "main" }), status);
  legend.open = host.clientWidth > 700;

  // ---- The card of what is chosen ----
  // A relation as it reads from a node, with its grounds below it.
  function relation(at, node) {
    const { nodes, links, types } = picture;
    const link = links[at];
    const type = types[link.type];
    const far = picture.other(link, node);
    const details = element("details", [element("summary", `${link.from === node ? type.phrase : type.inverse} → ${nodes[far].name}`)]);
    if (link.evidence) details.append(element("p", link.evidence));
    if (link.source) details.append(element("p", link.source, { class: "quiet" }));
    details.append(properties(link.properties));
    if (!link.evidence && !link.source) details.append(element("p", `${type.name}; no evidence is given`, { class: "quiet" }));
    details.append(element("p", [button(`Go to ${nodes[far].name}`, () => { picture.choose(far); picture.centre(far); })]));
    return details;
  }
  function properties(entries) {
    return element("dl", Object.entries(entries).flatMap(([key, value]) => [element("dt", key), element("dd", value)]));
  }
  function showCard() {
    const at = picture.chosen;
    card.hidden = at === null;
    if (at === null) return;
    const node = picture.nodes[at];
    const around = picture.around(at);
    const actions = [
      button("Only this and its neighbours", () => picture.focus(at)),
      button("Path to …", () => { picture.pathFrom = at; }),
      button("Close", () => picture.choose(null)),
    ];
    if (picture.folded(at)) actions.unshift(button(`Show neighbours (${picture.folded(at)})`, () => picture.choose(at)));
    if (on.open) actions.unshift(button("Open", () => on.open(node)));
    card.replaceChildren(
      element("h2", node.name),
      element("p", node.labels.map((label) => ":" + label).join(" "), { class: "labels quiet" }),
      properties(node.properties),
      element("div", actions, { class: "actions" }),
      element("p", relations(around.length), { class: "quiet" }),
      ...around.map((link) => relation(link, at)),
    );
    card.scrollTop = 0;
  }
  function showPath(from, to, found) {
    const { nodes, links } = picture;
    card.hidden = false;
    card.replaceChildren(
      element("h2", `${nodes[from].name} … ${nodes[to].name}`),
      element("p", found ? `the shortest path: ${relations(picture.path.length)}` : "no path over the types that are switched on", { class: "quiet" }),
    );
    let node = from;
    for (const at of picture.path.reverse()) {
      card.append(relation(at, node));
      node = picture.other(links[at], node);
    }
    card.append(element("div", [button("Close", () => picture.clearPath())], { class: "actions" }));
  }
  function tell() {
    const { nodes } = picture;
    const shown = [...nodes.keys()].filter(picture.visible).length;
    const parts = [`${shown} of ${nodes.length} nodes shown`];
    if (picture.pathFrom !== null) parts.push(`click or search the node to which a path from ${nodes[picture.pathFrom].name} is wanted`);
    else if (shown < nodes.length || on.more) parts.push("click a node to see its neighbours");
    if (picture.path.length) parts.push(`a path of ${relations(picture.path.length)} is highlighted`);
    status.textContent = parts.join("; ");
  }

  // ---- Search ----
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  function search() {
    const wanted = fold(query.value.trim());
    const hits = [];
    if (wanted) {
      picture.nodes.forEach((node, at) => {
        const ranks = [node.name, ...node.aliases].map(fold).map((name, of) =>
          (name === wanted ? 0 : name.startsWith(wanted) ? 1 : name.includes(wanted) ? 2 : 9) + (of ? 0.5 : 0));
        const rank = Math.min(...ranks);
        if (rank < 9) hits.push([rank, node.name, at]);
      });
      hits.sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1));
    }
    found.replaceChildren(...hits.slice(0, 20).map(([, name, at], place) =>
      element("li", [button(name, () => pick(at))], place ? {} : { class: "best" })));
    return hits.length ? hits[0][2] : null;
  }
  function pick(at) {
    query.value = "";
    search();
    if (picture.pathFrom !== null) picture.findPath(picture.pathFrom, at);
    else picture.choose(at);
    picture.centre(at);
    canvas.focus();
  }
  query.addEventListener("input", search);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const best = search();
    if (best !== null) pick(best);
    else status.textContent = `nothing is called “${query.value}”`;
  });

  // ---- Switches: labels and types, with their colours ----
  function switches(title, rows) {
    return [element("h3", title), element("ul", rows.map(({ name, count, sample, on, act }) => {
      const box = element("input", null, { type: "checkbox" });
      box.checked = on;
      box.addEventListener("change", () => act(box.checked));
      return element("li", [element("label", [box, sample, element("span", name), element("span", String(count), { class: "quiet" })])]);
    }))];
  }
  const off = new Set(); // What is switched off, so that it stays off when more comes.
  function showLegend() {
    const { links, types } = picture;
    const act = (key, of) => (shown) => { off[shown ? "delete" : "add"](key); of(shown); };
    const labels = picture.countLabels().map(({ name, count, colour }) => {
      const sample = element("i", null, { class: "dot" });
      sample.style.background = colour;
      return { name: name || "no label", count, sample, on: !off.has(":" + name), act: act(":" + name, (shown) => picture.switchLabel(name, shown)) };
    });
    const counts = types.map((_, at) => links.filter((link) => link.type === at).length);
    const kinds = types.map((type, at) => {
      const sample = element("i", null, { class: "line" });
      sample.style.borderColor = type.colour;
      sample.style.borderTopStyle = type.dash.length ? "dashed" : "solid";
      return { name: type.phrase, count: counts[at], sample, on: !off.has(at), act: act(at, (shown) => picture.switchType(at, shown)) };
    });
    legend.replaceChildren(element("summary", "Legend"), ...switches("Terms", labels), ...switches("Relations", kinds));
  }

  // ---- Keys ----
  host.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      query.value = "";
      search();
      picture.choose(null);
    }
    if (event.target === query || event.ctrlKey || event.metaKey || event.altKey) return;
    const acts = { "+": () => picture.zoom(1.3), "-": () => picture.zoom(1 / 1.3), "0": () => picture.fit() };
    if (event.target === canvas && picture.chosen !== null) acts.Enter = () => picture.choose(picture.chosen);
    if (!on.open) acts["/"] = () => query.focus();
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  });

  let shownNodes = -1;
  let picture = null;
  function changed() {
    if (!picture) return;
    if (picture.nodes.length !== shownNodes) {
      shownNodes = picture.nodes.length;
      showLegend();
    }
    showCard();
    tell();
  }
  picture = globalThis.kenningPicture(canvas, data, {
    changed,
    path: showPath,
    more: on.more && ((at) => on.more(at, picture)),
  });
  changed();
  picture.fit(); // Now that the legend has taken its room.
  return picture;
};
