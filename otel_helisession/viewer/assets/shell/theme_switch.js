/**
 * The switch between the system's theme, light and dark.
 */

import { h, put } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { announce } from "./announce.js";

const KEY = "helisession-theme";
const THEMES = ["auto", "light", "dark"];
const PICTURES = { auto: "auto", light: "sun", dark: "moon" };

/** @returns {{button: HTMLElement, turn: () => void}} */
export function themeSwitch() {
  const button = h("button", {
    type: "button",
    class: "quiet only-icon theme-switch",
    on: { click: () => turn() },
  });
  let theme = document.documentElement.dataset.theme ?? "auto";
  const show = () => {
    put(button, icon(PICTURES[theme]));
    const said = `Theme: ${theme === "auto" ? "as the system" : theme}`;
    button.setAttribute("aria-label", said);
    button.setAttribute("title", `${said} (t)`);
  };
  const turn = () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    keep(theme);
    show();
    announce(`Theme: ${theme}`);
    dispatchEvent(new Event("helisession-theme"));
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
    dispatchEvent(new Event("helisession-theme")),
  );
  show();
  return { button, turn };
}

function keep(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Storage is switched off: the choice holds until the page is left.
  }
}
