/**
 * NamesPage: the kinds of sessions, each with its count and how its sessions are distributed.
 */

import { h, link, put, settled, settledFirst } from "../parts/dom.js";
import { compact, cost, duration, isKnown, percent, whole } from "../parts/format.js";
import { histogram } from "../parts/histogram.js";
import { icon } from "../parts/icons.js";
import { unreachable } from "../parts/problem.js";
import { emptyState } from "./empty_state.js";

const MEASURES = [
  ["duration_ms", "Duration", duration],
  ["cost_usd", "Cost", cost],
  ["tokens", "Tokens", compact],
];

export class NamesPage {
  title = "Names";

  /** @param {import("../shell/app.js").App} app */
  constructor(app) {
    this.app = app;
    this.stop = new AbortController();
    this.input = h("input", {
      type: "search",
      class: "search-input",
      placeholder: "Search names",
      "aria-label": "Search names",
      autocomplete: "off",
    });
    this.input.addEventListener(
      "input",
      settledFirst(() => this.element.isConnected && app.router.change({ q: this.input.value || null }), 120),
    );
    this.count = h("span", { class: "muted list-count" });
    this.body = h("div", { class: "names" });
    this.element = h(
      "div",
      { class: "list-page names-page" },
      h(
        "div",
        { class: "list-head" },
        h("h1", {}, "Names "),
        this.count,
        h("span", { class: "grow" }),
        h(
          "label",
          { class: "search" },
          icon("search"),
          this.input,
          h("kbd", { text: "/", "aria-hidden": "true" }),
        ),
      ),
      this.body,
    );
    this.keys = {
      "/": () => this.input.select(),
      j: () => this.#step(1),
      k: () => this.#step(-1),
      ArrowDown: () => this.#step(1),
      ArrowUp: () => this.#step(-1),
    };
    this.changed = settled(() => this.#load(), 800);
    this.#load();
  }

  arrive(query) {
    this.query = query;
    const text = query.get("q") ?? "";
    if (this.input.value !== text) this.input.value = text;
    this.#show();
  }

  leave() {
    this.stop.abort();
  }

  async #load() {
    try {
      this.names = (await this.app.source.names(this.stop.signal)).names.sort(
        (a, b) => b.sessions - a.sessions || a.name.localeCompare(b.name),
      );
      this.#show();
    } catch (error) {
      if (this.stop.signal.aborted || (this.names && error.status === 0)) return;
      put(
        this.body,
        unreachable(error, () => this.#load()),
      );
    }
  }

  #show() {
    if (!this.names || !this.query) return;
    const text = (this.query.get("q") ?? "").toLowerCase();
    const found = this.names.filter(({ name }) => (name || "unnamed").toLowerCase().includes(text));
    put(this.count, this.names.length ? whole(found.length) : "");
    if (!this.names.length) return void put(this.body, emptyState(this.app));
    put(
      this.body,
      found.length
        ? h("ul", { class: "name-cards" }, found.slice(0, 500).map(card))
        : h("p", { class: "muted empty-line", text: "No name has that in it." }),
    );
  }

  #step(by) {
    const links = [...this.body.querySelectorAll(".name-link")];
    const here = links.indexOf(document.activeElement);
    links[Math.max(0, Math.min(links.length - 1, here + by))]?.focus();
  }
}

function card(one) {
  const href = one.name ? `/?${new URLSearchParams({ name: one.name })}` : "/?unnamed=1";
  const failed = one.sessions_with_errors ?? one.errors;
  const rate = one.sessions ? failed / one.sessions : 0;
  return h(
    "li",
    { class: "name-card" },
    h(
      "div",
      { class: "name-main" },
      link(href, { class: `name-link${one.name ? "" : " is-unnamed"}`, text: one.name || "unnamed" }),
      h(
        "span",
        { class: "muted" },
        h("b", { class: "ink", text: whole(one.sessions) }),
        one.sessions === 1 ? " session" : " sessions",
        failed
          ? h(
              "span",
              { class: "name-errors" },
              " · ",
              icon("error"),
              `${whole(failed)} with errors (${percent(rate)})`,
            )
          : "",
      ),
    ),
    MEASURES.map(([key, word, unit]) => measure(one[key], word, unit, one)),
  );
}

function measure(said, word, unit, { name, sessions }) {
  if (!said || !isKnown(said.p50)) {
    return h(
      "div",
      { class: "measure" },
      h("span", { class: "measure-word", text: word }),
      h("span", { class: "unknown measure-unknown", text: "unknown" }),
    );
  }
  if (sessions === 1) {
    return h(
      "div",
      { class: "measure" },
      h("span", { class: "measure-word", text: word }),
      h("span", { class: "measure-only", text: unit(said.p50) }),
    );
  }
  return h(
    "div",
    { class: "measure" },
    h("span", { class: "measure-word", text: word }),
    said.histogram?.length
      ? histogram(said.histogram, unit, {
          label: `${word} of ${name || "unnamed"}: median ${unit(said.p50)}, 95th percentile ${unit(said.p95)}`,
        })
      : null,
    h(
      "span",
      { class: "measure-figures" },
      h("span", {}, h("i", { text: "p50 " }), unit(said.p50)),
      h("span", {}, h("i", { text: "p95 " }), unit(said.p95)),
      isKnown(said.max) && h("span", {}, h("i", { text: "max " }), unit(said.max)),
    ),
  );
}
