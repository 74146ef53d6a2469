/**
 * Marked: the sessions that are marked to be compared, two at most, and the bar that says so.
 */

import { h, put } from "../parts/dom.js";
import { shortId } from "../parts/format.js";
import { announce } from "../shell/announce.js";

export class Marked {
  /** @param {import("../shell/router.js").Router} router */
  constructor(router) {
    this.router = router;
    /** @type {{id: string, name: string}[]} */
    this.sessions = [];
    this.bar = h("div", {
      class: "marked-bar",
      hidden: true,
      role: "region",
      "aria-label": "Sessions to compare",
    });
  }

  /** @param {string} id */
  has(id) {
    return this.sessions.some((one) => one.id === id);
  }

  /** Mark *one*, or take its mark away; of three the first is dropped. */
  toggle(one) {
    const had = this.has(one.id);
    this.sessions = had ? this.sessions.filter(({ id }) => id !== one.id) : [...this.sessions, one].slice(-2);
    announce(had ? "Mark removed" : `Marked ${one.name || one.id} to compare`);
    this.#show();
  }

  /** Go to the comparison, once two are marked. */
  compare() {
    if (this.sessions.length < 2) return announce("Mark two sessions first, with x");
    const [a, b] = this.sessions;
    this.router.go(`/compare?${new URLSearchParams({ a: a.id, b: b.id })}`);
  }

  #show() {
    this.bar.hidden = !this.sessions.length;
    const ready = this.sessions.length === 2;
    put(
      this.bar,
      h(
        "span",
        { class: "marked-words" },
        this.sessions.map((one) =>
          h(
            "span",
            { class: "marked-one" },
            h("b", { text: one.name || "unnamed" }),
            " ",
            h("span", { class: "mono muted", text: shortId(one.id) }),
          ),
        ),
      ),
      ready || h("span", { class: "muted", text: "Mark one more to compare" }),
      h("button", {
        type: "button",
        class: "button button-main",
        disabled: !ready,
        text: "Compare",
        on: { click: () => this.compare() },
      }),
      h("button", { type: "button", class: "button", text: "Clear", on: { click: () => this.#clear() } }),
    );
  }

  #clear() {
    this.sessions = [];
    this.#show();
    dispatchEvent(new Event("helisession-marks"));
  }
}
