// A question with its form and its answer.

import { formOf } from "./form.js";
import { count, element } from "./html.js";
import { query } from "./server.js";
import { main, page, say, title } from "./state.js";
import { fail, views } from "./views.js";
import { QUESTIONS, statementOf, wordOf, write } from "./words.js";

// `again` shows the address anew.
export async function question(asked, again) {
  const word = wordOf(asked.word);
  const of = (name) => asked.given.getAll(name).join(", ");
  const complete = word.operands.every((operand, at) => operand.optional || (operand.name ? asked.given.has(operand.name) : asked.terms[at]?.length));
  const terms = asked.terms.map((list) => list.join(", ")).join(" and ");
  const operands = Object.fromEntries(word.operands.filter((operand) => operand.name).map((operand) => [operand.name, of(operand.name)]));
  const says = complete ? QUESTIONS[asked.word]?.says(terms, operands) ?? word.keyword : QUESTIONS[asked.word]?.name ?? word.keyword;
  const host = element("div", { class: "result" });
  title(says);
  const form = formOf(word, asked, again);
  main.replaceChildren(element("h1", {}, says), form, host);
  if (!complete) return form.querySelector("input:placeholder-shown, input")?.focus();
  const statement = statementOf(word, asked);
  host.append(element("p", { class: "quiet" }, "Asking …"));
  try {
    const result = await query(statement, { readOnly: true, signal: page.asking.signal });
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
    await views(body, { statement, result, view: asked.given.get("view") ?? "answer", pictures: result.shape !== "table" || result.rows.some((row) => row.some((cell) => cell.node)), chosen: (kind) => {
      asked.given.delete("view");
      if (kind !== "answer") asked.given.append("view", kind);
      history.replaceState(null, "", write(asked.word, asked.terms, asked.given));
    } });
  } catch (error) {
    fail(host, error, statement);
  }
}
