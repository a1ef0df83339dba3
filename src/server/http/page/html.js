// Elements made from text: nothing the server sends is parsed as HTML.

export function element(name, attributes = {}, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...content.flat(Infinity).filter((part) => part !== null && part !== undefined && part !== false));
  return made;
}

export const button = (text, act, attributes = {}) => element("button", { type: "button", onclick: act, ...attributes }, text);

export const count = (n, one, many = one + "s") => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

// Where a term has its card.
export const hashOf = (...parts) => "#/" + parts.map(encodeURIComponent).join("/");
export const termLink = (node, attributes = {}) => (node.name
  ? element("a", { href: hashOf("show", node.name), class: "term", ...attributes }, node.name)
  : element("span", { class: "term" }, `node ${node.id}`));

// Text in which addresses are links.
export function linked(text) {
  return String(text).split(/(https?:\/\/[^\s<>"']*[^\s<>"'.,;:)\]])/).map((part, at) =>
    at % 2 ? element("a", { href: part, rel: "noreferrer noopener", target: "_blank" }, part) : part);
}

// Appends the first items, and returns a line with the count of the rest and a button for more.
export function cut(items, most, make, container, what) {
  let shown = 0;
  const more = element("p", { class: "more" });
  function grow(by) {
    container.append(...items.slice(shown, shown + by).map(make));
    shown = Math.min(items.length, shown + by);
    const rest = items.length - shown;
    more.hidden = rest === 0;
    more.replaceChildren(
      `${shown.toLocaleString("en")} of ${count(items.length, what)} shown. `,
      button(`Show ${Math.min(rest, most * 4).toLocaleString("en")} more`, () => grow(most * 4)),
    );
  }
  grow(most);
  return items.length > most ? more : null;
}

// A term as a statement takes it, whatever it is called.
export const quote = (name) => `'${name.replace(/[\\']/g, "\\$&")}'`;
