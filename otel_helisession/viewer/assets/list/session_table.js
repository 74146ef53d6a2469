/**
 * SessionTable: the rows of the list. Only those in view exist.
 */

import { h, put } from "../parts/dom.js";
import { VirtualRows } from "../parts/virtual_rows.js";
import { sessionHref } from "../shell/router.js";
import { COLUMNS } from "./columns.js";

const ROW = 54;
const CARD = 96; // a row on a narrow screen: see narrow.css
/** A narrow screen, where a row is a card. */
export const NARROW = "(max-width: 760px)";

/** These start with the smallest when they are first sorted by. */
const ASCENDING = new Set(["name", "user"]);

export class SessionTable {
  #at = -1;
  #atId = "";

  /** @param {import("./paged_sessions.js").PagedSessions} data @param {import("./marked.js").Marked} marked @param {(sort: {sort: string, order: string}) => void} sort */
  constructor(data, marked, sort) {
    Object.assign(this, { data, marked, sort });
    this.head = h(
      "div",
      { class: "row row-head", role: "row" },
      COLUMNS.map((column) => this.#header(column)),
      h(
        "span",
        { class: "cell cell-mark", role: "columnheader" },
        h("span", { class: "spoken", text: "Compare" }),
      ),
    );
    this.rows = h("div", { class: "rows", role: "rowgroup" });
    this.element = h(
      "div",
      { class: "table", role: "grid", tabindex: 0, "aria-label": "Sessions", "aria-readonly": "true" },
      h("div", { role: "rowgroup", class: "table-head" }, this.head),
      this.rows,
    );
    this.narrow = matchMedia(NARROW);
    this.virtual = new VirtualRows({
      scroller: this.element,
      body: this.rows,
      rowHeight: this.#rowHeight(),
      make: () => this.#make(),
      show: (row, index) => this.#show(row, index),
      seen: (first, last) => this.#seen(first, last),
    });
    this.onNarrow = () => {
      this.virtual.resize(this.data.total, this.#rowHeight());
      this.refresh();
    };
    this.narrow.addEventListener("change", this.onNarrow);
    this.onMarks = () => this.refresh();
    addEventListener("helisession-marks", this.onMarks);
  }

  end() {
    this.virtual.end();
    this.narrow.removeEventListener("change", this.onNarrow);
    removeEventListener("helisession-marks", this.onMarks);
  }

  /** Rows came. *reset*: they may stand elsewhere now; *moved*: they answer another question. */
  arrived({ moved, reset }) {
    this.element.setAttribute("aria-rowcount", String(this.data.total + 1));
    const anchor = !moved && reset && this.element.scrollTop > 4 ? this.anchor : null;
    if (moved) {
      this.#at = -1;
      this.#atId = "";
    } else if (this.#atId && reset) this.#at = this.data.indexOf(this.#atId);
    this.virtual.resize(this.data.total);
    if (moved) this.element.scrollTop = 0;
    if (anchor) this.#hold(anchor);
    this.refresh();
  }

  refresh() {
    this.virtual.refresh();
  }

  range() {
    return this.virtual.range();
  }

  focus() {
    this.element.focus({ preventScroll: true });
    if (this.#at < 0) this.step(1);
  }

  /** The session of the current row. */
  current() {
    return this.#at < 0 ? undefined : this.data.at(this.#at);
  }

  /** Make another row the current one. */
  step(by) {
    const to = Math.max(0, Math.min(this.data.total - 1, this.#at + by));
    this.#at = to;
    this.#atId = this.data.at(to)?.id ?? "";
    this.virtual.reveal(to);
    this.refresh();
    this.element.setAttribute("aria-activedescendant", `session-row-${to}`);
  }

  /** Show by what the rows are sorted. */
  sorted(sort, order) {
    for (const header of this.head.querySelectorAll("[data-sorts]")) {
      const here = header.dataset.sorts.split(" ").includes(sort);
      header.setAttribute("aria-sort", here ? (order === "desc" ? "descending" : "ascending") : "none");
      for (const button of header.querySelectorAll("button")) {
        const on = button.dataset.sort === sort;
        button.classList.toggle("is-on", on);
        button.dataset.order = on ? order : "";
      }
    }
  }

  #rowHeight() {
    return this.narrow.matches ? CARD : ROW;
  }

  #header({ name, sorts, number }) {
    const button = ([key, word]) => {
      const turn = () => {
        const { order } = made.dataset;
        const first = ASCENDING.has(key) ? "asc" : "desc";
        this.sort({ sort: key, order: order ? (order === "desc" ? "asc" : "desc") : first });
      };
      const made = h("button", {
        type: "button",
        class: "sort",
        data: { sort: key },
        tabindex: 0,
        text: word,
        on: { click: turn },
      });
      return made;
    };
    return h(
      "span",
      {
        class: `cell cell-${name}${number ? " is-number" : ""}`,
        role: "columnheader",
        data: { sorts: sorts.map(([key]) => key).join(" ") },
        "aria-sort": "none",
      },
      sorts.map(button),
    );
  }

  #make() {
    const mark = h(
      "span",
      { class: "cell cell-mark", role: "gridcell" },
      h("input", { type: "checkbox", tabindex: -1, "aria-label": "Mark to compare" }),
    );
    const row = h(
      "div",
      { class: "row", role: "row" },
      COLUMNS.map(({ name, number }) =>
        h("span", { class: `cell cell-${name}${number ? " is-number" : ""}`, role: "gridcell" }),
      ),
      mark,
    );
    mark.firstChild.addEventListener("change", () =>
      this.marked.toggle(this.data.at(Number(row.dataset.index))),
    );
    return row;
  }

  #show(row, index) {
    const session = this.data.at(index);
    row.id = `session-row-${index}`;
    row.dataset.index = String(index);
    row.setAttribute("aria-rowindex", String(index + 2));
    row.classList.toggle("is-current", index === this.#at);
    row.setAttribute("aria-selected", String(index === this.#at));
    row.classList.toggle("is-waiting", !session);
    row.classList.toggle("has-errors", Boolean(session?.errors));
    if (!session) return;
    const cells = row.children;
    row.lastChild.firstChild.checked = this.marked.has(session.id);
    COLUMNS.forEach((column, place) => put(cells[place], column.cell(session)));
    row.dataset.href = sessionHref(session.id);
  }

  #seen(first, last) {
    const session = this.data.at(first);
    if (session) this.anchor = { id: session.id, index: first };
    this.data.need(first, last);
  }

  /** Keep the row that was first in view where it is. */
  #hold({ id, index }) {
    const now = this.data.indexOf(id);
    if (now >= 0 && now !== index) this.virtual.shift(now - index);
  }
}
