/**
 * SessionsPage: the list, which can be searched, filtered and sorted, and is live.
 */

import { h, put, settledFirst } from "../parts/dom.js";
import { counted, whole } from "../parts/format.js";
import { icon } from "../parts/icons.js";
import { unreachable } from "../parts/problem.js";
import { announce } from "../shell/announce.js";
import { sessionHref } from "../shell/router.js";
import { emptyState, nothingFound } from "./empty_state.js";
import { FILTERS, chips, filterForm, question } from "./filters.js";
import { Marked } from "./marked.js";
import { PagedSessions } from "./paged_sessions.js";
import { NARROW, SessionTable } from "./session_table.js";

const TYPING_MILLIS = 120;
const LIVE_MILLIS = 800;

export class SessionsPage {
  title = "Sessions";

  /** @param {import("../shell/app.js").App} app */
  constructor(app) {
    this.app = app;
    this.data = new PagedSessions(
      (query, signal) => app.source.sessions(query, signal),
      (news) => this.#arrived(news),
      (error) => this.#failed(error),
    );
    this.marked = new Marked(app.router);
    this.table = new SessionTable(this.data, this.marked, (sort) => this.#sort(sort));
    this.search = this.#searchBox();
    this.count = h("span", { class: "muted list-count", "aria-live": "polite" });
    this.unread = h("p", { class: "muted list-unread", role: "status", hidden: true });
    this.chips = h("div", { class: "chip-row" });
    this.body = h("div", { class: "list-body" });
    this.element = h(
      "div",
      { class: "list-page" },
      h(
        "div",
        { class: "list-head" },
        h("h1", {}, "Sessions "),
        this.count,
        h("span", { class: "grow" }),
        this.search.box,
        this.#filter(),
      ),
      this.chips,
      this.unread,
      this.body,
      this.marked.bar,
    );
    this.keys = this.#keys();
    this.changed = settledFirst(() => this.#renew(), LIVE_MILLIS);
    this.minute = setInterval(() => this.table.refresh(), 30_000);
  }

  arrive(query) {
    this.query = query;
    const text = query.get("q") ?? "";
    if (this.search.input.value.trim() !== text) this.search.input.value = text;
    put(
      this.chips,
      chips(query, (changes) => this.#change(changes)),
    );
    this.chips.hidden = !FILTERS.some((name) => query.get(name));
    this.table.sorted(query.get("sort") ?? "started", query.get("order") ?? "desc");
    const asked = question(query);
    if (asked.toString() === this.asked) return;
    this.asked = asked.toString();
    this.moved = true;
    this.data.ask(asked);
  }

  leave() {
    this.data.end();
    this.table.end();
    clearInterval(this.minute);
  }

  #searchBox() {
    const input = /** @type {HTMLInputElement} */ (
      h("input", {
        type: "search",
        class: "search-input",
        placeholder: matchMedia(NARROW).matches ? "Search sessions" : "Search ids, names, paths, messages",
        "aria-label": "Search sessions: ids, names, paths, properties and message text",
        autocomplete: "off",
        spellcheck: "false",
      })
    );
    const asked = settledFirst(() => this.#searched(input.value.trim()), TYPING_MILLIS);
    input.addEventListener("input", asked);
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" && event.key !== "ArrowDown" && event.key !== "Enter") return;
      event.preventDefault();
      if (event.key === "Escape" && input.value) {
        input.value = "";
        this.#change({ q: null });
      } else this.table.focus();
    });
    return {
      input,
      box: h(
        "label",
        { class: "search" },
        icon("search"),
        input,
        h("kbd", { text: "/", "aria-hidden": "true" }),
      ),
    };
  }

  /** Search for *text*. A step in the history is to begin or end a search, not each letter. */
  #searched(text) {
    if (!this.element.isConnected) return; // the page was left: what is shown now has a query of its own
    const before = this.query.get("q") ?? "";
    this.app.router.change({ q: text || null }, { step: !text !== !before });
  }

  #filter() {
    return filterForm(
      () => this.query,
      (changes) => this.#change(changes),
      () => this.app.source.choices(),
    );
  }

  #keys() {
    const open = () => {
      const one = this.table.current();
      if (one) this.app.router.go(sessionHref(one.id));
    };
    const mark = () => {
      const one = this.table.current();
      if (one) this.marked.toggle(one);
      this.table.refresh();
    };
    return {
      "/": () => this.search.input.select(),
      j: () => this.table.step(1),
      k: () => this.table.step(-1),
      ArrowDown: () => this.table.step(1),
      ArrowUp: () => this.table.step(-1),
      Enter: open,
      o: open,
      x: mark,
      c: () => this.marked.compare(),
    };
  }

  #change(changes) {
    this.app.router.change(changes, { step: true });
  }

  #sort({ sort, order }) {
    this.#change({
      sort: sort === "started" && order === "desc" ? null : sort,
      order: order === "desc" ? null : order,
    });
    announce(`Sorted by ${sort}, ${order === "desc" ? "largest first" : "smallest first"}`);
  }

  /** Fetch what is in view anew, because the store changed. */
  #renew() {
    const asked = question(this.query);
    this.data.query = asked;
    this.data.reload(...this.table.range());
  }

  #arrived({ reset }) {
    const narrowed = this.query.get("q") || FILTERS.some((name) => this.query.get(name));
    put(this.count, this.data.total || narrowed ? whole(this.data.total) : "");
    this.count.setAttribute("aria-label", counted(this.data.total, "session"));
    this.unread.hidden = !this.data.unread;
    put(this.unread, this.data.unread ? unreadText(this.data.unread) : "");
    if (this.data.total) {
      if (this.body.firstChild !== this.table.element) put(this.body, this.table.element);
      this.table.arrived({ moved: this.moved, reset });
    } else {
      const clear = () => this.#change(Object.fromEntries(["q", ...FILTERS].map((name) => [name, null])));
      const filtered = FILTERS.some((name) => this.query.get(name));
      put(
        this.body,
        narrowed ? nothingFound(this.query.get("q"), { filtered, clear }) : emptyState(this.app),
      );
    }
    this.moved = false;
  }

  #failed(error) {
    if (this.data.total && error.status === 0) return; // the frame says it; what is shown stays
    put(
      this.body,
      unreachable(error, () => this.data.ask(question(this.query))),
    );
  }
}

/** That there may be more, and how to find it. @param {number} count */
function unreadText(count) {
  return `${counted(count, "session")} with these words could not be read for the whole phrase in time. Filter by name or time, or ask the command line, which reads all: helisession ls --search`;
}
