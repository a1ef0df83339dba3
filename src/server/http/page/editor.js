// The statement editor: highlighting and completion come from the server's parser, and errors are marked in the text.

import { assist } from "./server.js";
import { button, element, linked } from "./html.js";

const WAIT = 120; // Milliseconds after the last key.

export function editor({ run, parameters }) {
  const field = element("textarea", { id: "statement", rows: "4", spellcheck: "false", autocomplete: "off", autocapitalize: "off",
    "aria-label": "Statement", "aria-describedby": "editor-help", "aria-controls": "offers", "aria-autocomplete": "list" });
  const paint = element("pre", { "aria-hidden": "true" });
  const offers = element("ul", { id: "offers", role: "listbox", "aria-label": "What may stand here", hidden: true });
  const box = element("div", { class: "editor" }, paint, field, offers);
  const errors = element("div", { class: "errors", role: "alert" });

  let parts = []; // What is coloured: {start, end, part}, in characters.
  let marks = []; // Where errors are; they go when the text changes.
  let offered = { start: 0, candidates: [], at: -1 };
  let asking = null;
  let timer = 0;

  const characters = () => [...field.value];
  const cursor = () => [...field.value.slice(0, field.selectionStart)].length;

  function colour() {
    const text = characters();
    const pieces = [];
    let at = 0;
    const unmarked = parts.filter((part) => !marks.some((mark) => part.start < mark.end && part.end > mark.start));
    for (const { start, end, part } of [...marks, ...unmarked].sort((a, b) => a.start - b.start)) {
      if (start < at || end > text.length) continue;
      pieces.push(text.slice(at, start).join(""), element("span", { class: "is-" + part }, text.slice(start, end).join("")));
      at = end;
    }
    paint.replaceChildren(...pieces, text.slice(at).join("") + "\n");
    field.style.height = "auto";
    field.style.height = Math.max(field.scrollHeight, 84) + "px";
  }
  function close() {
    offers.hidden = true;
    offered = { start: 0, candidates: [], at: -1 };
    field.removeAttribute("aria-activedescendant");
  }
  function choose(at) {
    offered.at = (at + offered.candidates.length) % offered.candidates.length;
    [...offers.children].forEach((item, of) => {
      item.setAttribute("aria-selected", String(of === offered.at));
      if (of === offered.at) item.scrollIntoView({ block: "nearest" });
    });
    field.setAttribute("aria-activedescendant", "offer-" + offered.at);
  }
  function take(at) {
    const text = characters();
    const from = text.slice(0, offered.start).join("").length;
    field.setRangeText(offered.candidates[at].text, from, field.selectionStart, "end");
    close();
    changed(false);
    field.focus();
  }
  async function look(offer) {
    asking?.abort();
    asking = new AbortController();
    const value = field.value;
    try {
      const found = await assist(value, cursor(), parameters(), asking.signal);
      if (value !== field.value) return;
      parts = found.parts;
      colour();
      const typed = characters().slice(found.start, cursor()).join("");
      const useful = found.candidates.filter((candidate) => candidate.text.trim() !== typed.trim());
      if (!offer || !useful.length || (offer !== "all" && !typed.trim())) return close();
      offered = { start: found.start, candidates: useful, at: -1 };
      offers.replaceChildren(...useful.map((candidate, at) => element("li", {
        role: "option", id: "offer-" + at, "aria-selected": "false", onmousedown: (event) => { event.preventDefault(); take(at); },
      }, candidate.name)), ...(found.more ? [element("li", { class: "quiet", role: "option", "aria-disabled": "true" }, `and ${found.more} more`)] : []));
      offers.hidden = false;
    } catch { /* The editor also works without colours. */ }
  }
  function changed(offer = true) {
    errors.replaceChildren();
    marks = [];
    colour();
    clearTimeout(timer);
    timer = setTimeout(() => look(offer), WAIT);
  }
  field.addEventListener("input", () => changed());
  field.addEventListener("scroll", () => { paint.scrollTop = field.scrollTop; });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    const open = !offers.hidden;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      close();
      run();
    } else if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      look("all");
    } else if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      choose(offered.at + (event.key === "ArrowDown" ? 1 : offered.at < 0 ? 0 : -1));
    } else if (open && (event.key === "Tab" || (event.key === "Enter" && offered.at >= 0))) {
      event.preventDefault();
      take(Math.max(0, offered.at));
    } else if (open && event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });

  return {
    box, errors, field,
    get value() { return field.value; },
    set value(text) {
      field.value = text;
      parts = [];
      changed(false);
    },
    wrong(found) {
      marks = found.filter((error) => error.position).map(({ position }) => ({ start: position.offset, end: position.offset + Math.max(1, position.length), part: "error" }));
      colour();
      errors.replaceChildren(...problems(found, field.value, (offset) => {
        const at = characters().slice(0, offset).join("").length;
        field.focus();
        field.setSelectionRange(at, at);
      }));
    },
  };
}

// Errors with their line and a caret below their place.
export function problems(errors, statement = "", go = null) {
  return errors.map(({ message, help, position }) => {
    const line = position && statement.split("\n")[position.line - 1];
    const pointer = !line ? null : element("pre", {}, line + "\n" + " ".repeat(position.column - 1) + "^".repeat(Math.max(1, Math.min(position.length, line.length - position.column + 1))));
    return element("div", { class: "problem" },
      element("p", {}, element("strong", {}, message), go && position ? [" ", button("Go there", () => go(position.offset))] : null),
      pointer, help ? element("p", {}, "Help: ", linked(help)) : null);
  });
}
