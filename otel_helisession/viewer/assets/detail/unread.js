/**
 * Values of a span that should have been understood and were not, as `helisession show` says it.
 */

import { h } from "../parts/dom.js";

const ONE = "A value could not be read: it is cut off, or not what its name promises.";
const SEVERAL = "values could not be read: they are cut off, or not what their names promise.";

/** @param {{unread?: string[]}} said a span document @returns {HTMLElement | null} */
export function unread({ unread: names = [] }) {
  if (!names.length) return null;
  return h(
    "div",
    { class: "unread", role: "note" },
    h("p", { text: names.length === 1 ? ONE : `${names.length} ${SEVERAL}` }),
    h(
      "ul",
      {},
      names.map((name) => h("li", {}, h("code", { text: name }))),
    ),
    h("p", { text: "Attributes, below, has all as it came." }),
  );
}
