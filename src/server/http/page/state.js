// What all parts of the page share: its main element, the graph's names, and the question that is being asked.

export const byId = (id) => document.getElementById(id);
export const main = byId("main");
export const say = (text) => { byId("said").textContent = text; };

export const page = {
  graph: null, // The answer of /api/schema.
  asking: new AbortController(), // Ends what is asked when another address is opened.
};

export function askAnew() {
  page.asking.abort();
  page.asking = new AbortController();
  return page.asking.signal;
}

export function title(...parts) {
  document.title = [...parts, page.graph.name, "kenning"].join(" · ");
}

// What the browser keeps, if it keeps anything.
export function kept(key) {
  try { return localStorage.getItem(key) ?? ""; } catch { return ""; }
}
export function keep(key, value) {
  try { localStorage.setItem(key, value); } catch { /* It lasts as long as the page. */ }
}
