/**
 * Says things to screen readers, politely.
 */

import { h } from "../parts/dom.js";

/** @type {HTMLElement | null} */
let region = null;

/** @param {string} text */
export function announce(text) {
  region ??= document.body.appendChild(h("div", { class: "spoken", role: "status", "aria-live": "polite" }));
  region.textContent = text;
}
