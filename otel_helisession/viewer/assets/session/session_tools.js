/**
 * SessionTools: the switch of views, the search within the session, and what is highlighted.
 */

import { h, settledFirst, spoken } from "../parts/dom.js";
import { counted } from "../parts/format.js";
import { icon } from "../parts/icons.js";

const VIEWS = [
  ["paths", "Paths"],
  ["spans", "Spans"],
  ["timeline", "Timeline"],
  ["totals", "Totals"],
];

export class SessionTools {
  /** @param {(changes: Record<string, string | null>, said?: object) => void} change */
  constructor(change) {
    this.tabs = VIEWS.map(([name, word], place) =>
      h(
        "button",
        {
          type: "button",
          role: "tab",
          class: "view-tab",
          data: { view: name },
          title: `${word} (${place + 1})`,
          on: { click: () => change({ view: name === "paths" ? null : name }, { step: true }) },
        },
        icon(name),
        h("span", { text: word }),
      ),
    );
    this.input = /** @type {HTMLInputElement} */ (
      h("input", {
        type: "search",
        class: "search-input",
        placeholder: "Find in this session",
        "aria-label": "Find in this session: names, paths, models, errors",
        autocomplete: "off",
        spellcheck: "false",
      })
    );
    const find = settledFirst(() => change({ find: this.input.value || null }), 120);
    this.input.addEventListener("input", find);
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" && event.key !== "Enter") return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "Escape") {
        this.input.value = "";
        change({ find: null });
      }
      this.input.blur();
    });
    this.found = h("span", { class: "found muted", role: "status" });
    this.errors = this.#toggle("error", "Errors", "Only what failed", () =>
      change({ errors: this.errors.getAttribute("aria-pressed") === "true" ? null : "1" }),
    );
    this.critical = this.#toggle("path", "Critical path", "What the session waited for (p)", () =>
      change({ critical: this.critical.getAttribute("aria-pressed") === "true" ? null : "1" }),
    );
    const tablist = h(
      "div",
      {
        class: "view-tabs",
        role: "tablist",
        "aria-label": "Views",
        on: { keydown: (event) => this.#walk(event) },
      },
      this.tabs,
    );
    this.element = h(
      "div",
      { class: "session-tools" },
      tablist,
      h("span", { class: "grow" }),
      this.found,
      this.critical,
      this.errors,
      h("label", { class: "search search-small" }, icon("search"), this.input),
    );
  }

  focus() {
    this.input.select();
  }

  draw(state, spans) {
    for (const tab of this.tabs) {
      const on = tab.dataset.view === state.view;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
    }
    if (document.activeElement !== this.input) this.input.value = state.text;
    const failed = spans.fault.some(
      (fault, span) => fault && (spans.isRequest(span) || spans.get(span, "fault")),
    );
    this.errors.hidden = !failed && !state.errors;
    this.errors.setAttribute("aria-pressed", String(state.errors));
    this.critical.setAttribute("aria-pressed", String(Boolean(state.critical)));
    const searchable = state.view !== "totals";
    for (const one of [this.input.parentElement, this.critical, this.errors])
      one.classList.toggle("is-off", !searchable);
    this.found.textContent = state.found
      ? `${counted(
          state.found.reduce((all, one) => all + one, 0),
          "span",
        )} found`
      : "";
  }

  #toggle(picture, word, title, turn) {
    return h(
      "button",
      { type: "button", class: "button toggle", "aria-pressed": "false", title, on: { click: turn } },
      icon(picture),
      h("span", { class: "button-word", text: word }),
      spoken(""),
    );
  }

  #walk(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const here = this.tabs.indexOf(document.activeElement);
    const to = this.tabs[(here + by + this.tabs.length) % this.tabs.length];
    to.focus();
    to.click();
  }
}
