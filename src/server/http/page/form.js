// The form of a question, made of what its word takes.

import { element } from "./html.js";
import { named, names, suggest } from "./suggest.js";
import { FIRST_OPTIONS, OPERANDS, OPTIONS, write } from "./words.js";

// `again` is called if the form asks what is shown already.
export function formOf(word, { word: address, terms, given }, again) {
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
    if (hash === location.hash) again();
    else location.hash = hash;
  } },
  element("div", { class: "fields" }, operands, first.map(option), element("button", { type: "submit", class: "go" }, "Ask")),
  rest.length ? element("details", { class: "rest", open: rest.some((name) => given.has(name)) }, element("summary", {}, "More options, and what they mean"), element("div", { class: "fields" }, rest.map(option)), doc) : doc);
}
