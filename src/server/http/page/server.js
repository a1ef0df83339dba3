// Requests to the server.

const MOST = 10_000; // Rows that are kept; more are counted.

export class Refused extends Error {
  constructor(errors) {
    super(errors[0]?.message ?? "the server did not answer");
    this.errors = errors;
  }
}

async function ask(path, body, signal) {
  const options = body === undefined ? { signal } : {
    method: "POST", signal, body: JSON.stringify(body), headers: { "Content-Type": "application/json" },
  };
  let response;
  try {
    response = await fetch(path, { ...options, cache: "no-cache" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused([{ message: "the server cannot be reached", help: "is `kenning serve` still running?" }]);
  }
  if (response.ok) return response;
  const errors = (await response.json().catch(() => ({}))).errors;
  throw new Refused(errors ?? [{ message: `the server answered ${response.status}` }]);
}

const json = async (...asked) => (await ask(...asked)).json();

export const schema = () => json("/api/schema");
export const find = (q, signal) => json(`/api/find?q=${encodeURIComponent(q)}&limit=12`, undefined, signal);
export const assist = (text, cursor, parameters, signal) => json("/api/assist", { text, cursor, parameters }, signal);

// The picture of a statement's answer, with notes on what it leaves out.
export async function picture(statement, parameters = {}, signal) {
  const response = await ask("/api/picture", { statement, parameters, readOnly: true }, signal);
  const notes = JSON.parse(response.headers.get("kenning-notes") ?? "[]");
  return { ...(await response.json()), notes };
}

// Runs a statement. Each row arrives as a line; `told` is called with the count so far.
export async function query(statement, { parameters = {}, readOnly = false, signal, told = () => {} } = {}) {
  const response = await ask("/api/query", { statement, parameters, readOnly }, signal);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const kept = [];
  let [head, rest, total, last] = [null, "", 0, ""];
  function line(text) {
    if (head === null) head = text;
    else if (++total <= MOST) kept.push(text);
    last = text;
  }
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    lines.forEach(line);
    told(total);
  }
  if (rest) line(rest);
  if (total > MOST) {
    // The last line has what follows the rows.
    const end = Math.max(last.lastIndexOf('],"changes":'), last.lastIndexOf('],"errors":'));
    kept[MOST - 1] = kept[MOST - 1].replace(/,$/, "") + last.slice(end);
  }
  const answer = JSON.parse([head, ...kept].join("\n"));
  if (answer.errors) throw new Refused(answer.errors);
  return { ...answer, total: Math.max(total, answer.rows.length) };
}
