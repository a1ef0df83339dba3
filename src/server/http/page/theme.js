// Light or dark.

import { repaint } from "./explore.js";
import { byId, keep, kept } from "./state.js";

const THEME = "kenning-theme";
const THEMES = { "": "Light or dark as the system", light: "Light", dark: "Dark" };
function theme(name) {
  if (name) document.documentElement.dataset.theme = name;
  else delete document.documentElement.dataset.theme;
  byId("theme").textContent = { "": "◐", light: "☀", dark: "☾" }[name];
  byId("theme").setAttribute("aria-label", `Colours: ${THEMES[name]}`);
  byId("theme").title = `Colours: ${THEMES[name]}`;
  repaint();
}
byId("theme").addEventListener("click", () => {
  const all = Object.keys(THEMES);
  const next = all[(all.indexOf(kept(THEME)) + 1) % all.length];
  keep(THEME, next);
  theme(next);
});
theme(kept(THEME) in THEMES ? kept(THEME) : "");
