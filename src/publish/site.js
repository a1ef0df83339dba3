// Search. The terms stand in search.js, a script like this one: a page that is opened from a disk may not fetch data.
{
  const form = document.getElementById("search");
  const query = document.getElementById("query");
  const told = document.getElementById("told");
  const found = document.getElementById("found");
  const root = document.body.dataset.root ?? "";
  const MOST = 20;
  let terms = null;

  const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[-_\s]+/g, " ").trim();

  window.kenningFound = (rows) => {
    terms = rows.map(([name, href, aliases, summary]) => ({ name, href, summary, names: [name, ...aliases], folded: [name, ...aliases].map(fold), text: fold(summary) }));
    show();
  };

  // How well a term fits: the smaller, the better; the place of the name that fits decides between equals.
  const rank = (term, wanted) => {
    const ranks = term.folded.map((name) => {
      if (name === wanted) return 0;
      if (name.startsWith(wanted)) return 1;
      if (name.includes(" " + wanted)) return 2;
      return name.includes(wanted) ? 3 : 9;
    });
    const best = Math.min(...ranks);
    if (best < 9) return { rank: best, name: term.names[ranks.indexOf(best)] };
    const everyWord = wanted.split(" ").every((word) => term.text.includes(word) || term.folded.some((name) => name.includes(word)));
    return { rank: everyWord ? 4 : 9, name: term.name };
  };

  const item = ({ term, name }) => {
    const link = document.createElement("a");
    link.href = root + term.href;
    link.textContent = term.name;
    const line = document.createElement("li");
    line.append(link);
    const more = document.createElement("span");
    more.className = "quiet";
    more.textContent = name === term.name ? ` ${term.summary}` : ` also called ${name}`;
    line.append(more);
    return line;
  };

  const show = () => {
    const wanted = fold(query.value);
    if (!terms || wanted === "") {
      found.replaceChildren();
      told.textContent = wanted === "" ? "" : "Loading …";
      return;
    }
    const fitting = terms.map((term) => ({ term, ...rank(term, wanted) })).filter(({ rank }) => rank < 9);
    fitting.sort((a, b) => a.rank - b.rank || a.name.length - b.name.length || (a.name < b.name ? -1 : 1));
    found.replaceChildren(...fitting.slice(0, MOST).map(item));
    const number = fitting.length === 1 ? "1 term" : `${fitting.length} terms`;
    told.textContent = fitting.length > MOST ? `${number}, the best ${MOST} shown` : number;
  };

  const load = () => {
    if (document.getElementById("terms")) return;
    const script = document.createElement("script");
    script.id = "terms";
    script.src = `${root}search.js`;
    script.onerror = () => (told.textContent = "The search cannot be read: search.js is missing.");
    document.head.append(script);
  };

  const close = () => {
    query.value = "";
    show();
  };

  form.hidden = false;
  query.addEventListener("focus", load);
  query.addEventListener("input", () => (load(), show()));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    found.querySelector("a")?.click();
  });
  form.addEventListener("keydown", (event) => {
    const links = [...found.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "Escape") {
      query.focus();
      close();
    } else if (event.key === "ArrowDown" && links.length > 0) {
      links[Math.min(at + 1, links.length - 1)].focus();
      event.preventDefault();
    } else if (event.key === "ArrowUp" && at >= 0) {
      (at === 0 ? query : links[at - 1]).focus();
      event.preventDefault();
    }
  });
  document.addEventListener("keydown", (event) => {
    const elsewhere = !event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && elsewhere && !event.ctrlKey && !event.altKey && !event.metaKey) {
      query.focus();
      event.preventDefault();
    }
  });
  document.addEventListener("click", (event) => {
    if (!form.contains(event.target)) close();
  });
}
