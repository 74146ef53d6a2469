/**
 * A section of the detail pane, which stays open or shut from span to span.
 */

import { h } from "../parts/dom.js";

const turned = new Map();

/**
 * @param {string} title @param {{count?: string | number, open?: boolean}} said @param {...(Node | string | null | false)} children
 */
export function section(title, { count = "", open = true }, ...children) {
  const element = /** @type {HTMLDetailsElement} */ (
    h(
      "details",
      { class: "section", open: turned.get(title) ?? open },
      h(
        "summary",
        {},
        h("h3", { text: title }),
        count !== "" && h("span", { class: "section-count", text: count }),
      ),
      h("div", { class: "section-body" }, children),
    )
  );
  element.querySelector("summary").addEventListener("click", () => turned.set(title, !element.open));
  return element;
}

/** Names and values. @param {[string, Node | string | null | undefined][]} entries those without a value are left out */
export function pairs(entries) {
  return h(
    "dl",
    { class: "pairs" },
    entries
      .filter(([, value]) => value !== null && value !== undefined && value !== "")
      .map(([name, value]) => h("div", {}, h("dt", { text: name }), h("dd", {}, value))),
  );
}
