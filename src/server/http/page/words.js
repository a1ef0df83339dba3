// The words as questions: how they are called, the addresses that ask them, and the statements that addresses mean.

import { quote } from "./html.js";
import { page } from "./state.js";

// The questions that have a form, in words.
export const QUESTIONS = {
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
export const OPTIONS = {
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
export const OPERANDS = { to: "To", of: "Of", for: "For", through: "Through" };
export const FIRST_OPTIONS = ["depth", "up-to", "via", "hard"];

export function read(hash) {
  const [path, search = ""] = hash.replace(/^#\/?/, "").split("?");
  const parts = path.split("/").filter(Boolean);
  const terms = parts.slice(1).map((part) => part.split(",").map(decodeURIComponent));
  return { word: parts[0] ?? "", terms, given: new URLSearchParams(search) };
}
export function write(word, terms, given) {
  const path = [word, ...terms.map((list) => list.map(encodeURIComponent).join(","))].join("/");
  const search = String(given).replace(/=(?=&|$)/g, "");
  return `#/${path}${search ? "?" + search : ""}`;
}
export const wordOf = (address) => page.graph.words.find((word) => word.address === "/words/" + address);

// The statement that an address means.
export function statementOf(word, { terms, given }) {
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
