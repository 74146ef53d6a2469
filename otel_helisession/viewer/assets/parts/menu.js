/**
 * A button that opens a menu of links and actions.
 */

import { h } from "./dom.js";
import { icon } from "./icons.js";

let count = 0;

/**
 * @typedef {{label: string, hint?: string, href?: string, download?: boolean, outside?: boolean, act?: () => void}} Entry
 *
 * @param {string} label @param {string} picture @param {Entry[]} entries
 */
export function menu(label, picture, entries) {
  const id = `menu-${(count += 1)}`;
  const list = h("div", { class: "menu-list", role: "menu", id, hidden: true, "aria-label": label });
  const button = h(
    "button",
    { type: "button", class: "button", "aria-haspopup": "menu", "aria-expanded": "false", "aria-controls": id },
    icon(picture),
    h("span", { class: "button-word", text: label }),
    icon("down"),
  );
  const shut = (refocus) => {
    if (list.hidden) return;
    list.hidden = true;
    button.setAttribute("aria-expanded", "false");
    removeEventListener("pointerdown", outside, true);
    if (refocus) button.focus();
  };
  const outside = (event) => root.contains(event.target) || shut(false);
  button.addEventListener("click", () => {
    if (!list.hidden) return shut(true);
    list.hidden = false;
    button.setAttribute("aria-expanded", "true");
    addEventListener("pointerdown", outside, true);
    list.querySelector("[role=menuitem]")?.focus();
  });
  list.append(...entries.map((entry) => item(entry, shut)));
  const root = h("div", { class: "menu", on: { keydown: (event) => steer(event, list, shut) } }, button, list);
  return root;
}

function item(entry, shut) {
  const said = {
    role: "menuitem",
    tabindex: -1,
    class: "menu-item",
    href: entry.href,
    download: entry.download,
    target: entry.outside ? "_blank" : null,
    rel: entry.outside ? "noopener noreferrer" : null,
    type: entry.href ? null : "button",
    on: {
      click: () => {
        shut(!entry.outside);
        entry.act?.();
      },
    },
  };
  return h(
    entry.href ? "a" : "button",
    said,
    h("span", { class: "menu-word", text: entry.label }),
    entry.outside && icon("out"),
    entry.hint && h("span", { class: "menu-hint", text: entry.hint }),
  );
}

function steer(event, list, shut) {
  if (list.hidden) return;
  const items = [...list.querySelectorAll("[role=menuitem]")];
  const here = items.indexOf(document.activeElement);
  const go = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: -1 }[event.key];
  if (event.key === "Escape") shut(true);
  else if (event.key === "Tab") return shut(false);
  else if (go !== undefined) items.at(go % items.length)?.focus();
  else if (event.key !== "Enter" && event.key !== " ") return;
  event.stopPropagation();
  if (go !== undefined || event.key === "Escape") event.preventDefault();
}
