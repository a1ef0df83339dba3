// Suggestions for terms, as a field is filled in.

import { element } from "./html.js";
import { find } from "./server.js";

export function suggest(field, hits, pick, several = false) {
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
export const named = (name) => (/[,"]/.test(name) ? `"${name}"` : name);
export const names = (text) => (text.match(/"[^"]*"|[^,]+/g) ?? []).map((name) => name.trim().replace(/^"(.*)"$/, "$1")).filter(Boolean);
