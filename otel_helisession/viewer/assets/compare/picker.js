/**
 * ComparePicker: chooses the other session to compare with.
 */

import { sessionCost } from "../list/columns.js";
import { h, link, put } from "../parts/dom.js";
import { ago, duration, shortId } from "../parts/format.js";

export class ComparePicker {
  /** @param {import("../shell/app.js").App} app @param {object} session */
  constructor(app, session) {
    Object.assign(this, { app, session });
    this.list = h("div", { class: "picker-list" }, h("p", { class: "muted", text: "Reading…" }));
    this.dialog = /** @type {HTMLDialogElement} */ (
      h(
        "dialog",
        { class: "picker", "aria-label": "Compare with" },
        h(
          "div",
          { class: "help-head" },
          h("h2", { text: "Compare with" }),
          h("button", {
            type: "button",
            class: "button",
            text: "Close",
            on: { click: () => this.dialog.close() },
          }),
        ),
        this.list,
      )
    );
    this.dialog.addEventListener(
      "click",
      (event) => (event.target === this.dialog || event.target.closest("a")) && this.dialog.close(),
    );
    this.dialog.addEventListener("close", () => this.dialog.remove());
  }

  async open() {
    document.body.append(this.dialog);
    this.dialog.showModal();
    const { name } = this.session;
    const query = new URLSearchParams({ limit: "50", ...(name ? { name } : { unnamed: "1" }) });
    try {
      const { sessions } = await this.app.source.sessions(query);
      const others = sessions.filter(({ id }) => id !== this.session.id);
      put(
        this.list,
        others.length
          ? h(
              "ul",
              {},
              others.map((one) => this.#entry(one)),
            )
          : h("p", {
              class: "muted",
              text: `There is no other session named ${name || "nothing"}. In the list, mark any two with x, and press c.`,
            }),
      );
      this.list.querySelector("a")?.focus();
    } catch (error) {
      put(this.list, h("p", { class: "muted", text: error.message }));
    }
  }

  #entry(one) {
    const href = `/compare?${new URLSearchParams({ a: this.session.id, b: one.id })}`;
    return h(
      "li",
      {},
      link(
        href,
        { class: "picker-entry" },
        h("span", { class: "mono", text: shortId(one.id) }),
        h("span", { class: "muted", text: ago(one.started) }),
        h("span", { class: "is-number", text: duration(one.duration_ms) }),
        h("span", { class: "is-number" }, sessionCost(one)),
        one.errors ? h("span", { class: "error-count", text: `${one.errors} err` }) : h("span", {}),
      ),
    );
  }
}
