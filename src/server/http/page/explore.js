// The picture of an answer, and the picture that starts at one term and grows.

import { element, hashOf, quote } from "./html.js";
import { picture, query } from "./server.js";

const FOLD = 25;
let shown = null; // The picture on the page, to be drawn anew when the colours change.
export const repaint = () => shown?.repaint();

function open(node) {
  location.hash = hashOf("show", node.name);
}

function place(host) {
  const made = element("div");
  host.replaceChildren(made);
  return made;
}

// Draws a statement's answer into an element.
export async function draw(host, statement, parameters, signal) {
  const data = await picture(statement, parameters, signal);
  shown = globalThis.kenningExplorer(place(host), data, { open });
  if (data.notes.length) host.append(element("p", { class: "quiet" }, data.notes.join("; ")));
}

// The term and its neighbours; a click on a node fetches its own. Of a hub only some come at a time.
export async function grow(host, name, signal) {
  const data = await picture(`SHOW ${quote(name)}`, {}, signal);
  const ofTerm = await query(`SHOW ${quote(name)}`, { readOnly: true, signal });
  const id = ofTerm.rows[0]?.[0]?.node?.id;
  data.nodes.forEach((node) => { node.root = node.id === id; });
  fold(data, id);
  await degrees(data.nodes, signal);
  shown = globalThis.kenningExplorer(place(host), data, { open, more });
}

// Keeps a hub's first neighbours of a picture.
function fold(data, id) {
  const hub = data.nodes.findIndex((node) => node.id === id);
  const ends = [...new Set(data.links.map((link) => (link.from === hub ? link.to : link.from)))];
  if (hub < 0 || ends.length <= FOLD) return;
  const kept = [hub, ...ends.slice(0, FOLD)].sort((a, b) => a - b);
  const place = new Map(kept.map((at, to) => [at, to]));
  data.nodes = kept.map((at) => data.nodes[at]);
  data.links = data.links.filter((link) => place.has(link.from) && place.has(link.to))
    .map((link) => ({ ...link, from: place.get(link.from), to: place.get(link.to) }));
}

// How many relations each node has in the whole graph.
async function degrees(nodes, signal) {
  const ids = nodes.filter((node) => node.degree === undefined).map((node) => node.id);
  if (!ids.length) return;
  const counted = await query("MATCH (n) WHERE id(n) IN $ids RETURN id(n), COUNT { (n)--() }", { parameters: { ids }, readOnly: true, signal });
  const of = new Map(counted.rows.map(([id, degree]) => [Number(id.text), Number(degree.text)]));
  for (const node of nodes) node.degree ??= of.get(node.id);
}

const asked = new Set(); // Nodes whose neighbours are on their way.
async function more(at, shown) {
  const node = shown.nodes[at];
  const known = shown.around(at).map((link) => shown.links[link].id);
  if (asked.has(node.id)) return;
  asked.add(node.id);
  try {
    const statement = "MATCH (n)-[r]-(m) WHERE id(n) = $id AND NOT id(r) IN $known RETURN n, r, m ORDER BY COUNT { (m)--() } DESC, id(r) LIMIT $most";
    const data = await picture(statement, { id: node.id, known, most: FOLD });
    await degrees(data.nodes);
    shown.add(data, at);
  } catch (error) {
    document.getElementById("said").textContent = error.message;
  } finally {
    asked.delete(node.id);
  }
}
