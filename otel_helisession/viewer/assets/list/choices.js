/**
 * Choices: inputs that offer what sessions have. What that is, is asked for when they are shown.
 */

import { h, put } from "../parts/dom.js";

export class Choices {
  #lists = new Map();

  /** @param {() => Promise<Record<string, string[]>>} known a list of values by each key */
  constructor(known) {
    this.known = known;
    this.element = h("div", { hidden: true });
  }

  /** A text input that offers the values under *key*. @param {string} name @param {string} key */
  input(name, key) {
    const list = h("datalist", { id: `known-${key}` });
    this.#lists.set(key, list);
    this.element.append(list);
    return h("input", { name, type: "text", list: list.id, autocomplete: "off" });
  }

  /** Ask what there is now. Without an answer, what was offered before stays. */
  async renew() {
    const values = await this.known().catch(() => null);
    if (!values) return;
    for (const [key, list] of this.#lists)
      put(
        list,
        values[key].map((value) => h("option", { value })),
      );
  }
}
