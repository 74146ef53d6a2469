/**
 * TreeView: a tree of a session as a treegrid with bars in time. Only rows in view exist.
 */

import { h, paint, put } from "../parts/dom.js";
import { axisTime } from "../parts/format.js";
import { VirtualRows } from "../parts/virtual_rows.js";
import { ticks } from "./axis.js";
import { isDark } from "./palette.js";
import { makeRow, rowLabel, showRow } from "./tree_row.js";

const ROW = 30;
const ALL_OPEN = 400;

export class TreeView {
  #folded = new Set();
  #shown = [];
  #at = -1;

  /**
   * @param {object} said
   * @param {string} said.label
   * @param {import("./spans.js").Spans} said.spans
   * @param {import("./trees.js").TreeNode[]} said.nodes
   * @param {import("./palette.js").Palette} said.palette
   * @param {(span: number) => void} said.select
   */
  constructor({ label, spans, nodes, palette, select }) {
    Object.assign(this, { spans, nodes, palette, select });
    this.critical = null;
    this.found = null;
    this.axis = h("span", { class: "tree-axis", "aria-hidden": "true" });
    const words = { name: label, bar: "", duration: "Duration", tokens: "Tokens", cost: "Cost" };
    const head = h(
      "div",
      { class: "tree-row tree-head", role: "row" },
      Object.entries(words).map(([key, word]) =>
        h(
          "span",
          {
            role: "columnheader",
            class: `tree-${key}${["duration", "tokens", "cost"].includes(key) ? " is-number" : ""}`,
          },
          key === "bar" ? [this.axis, h("span", { class: "spoken", text: "When" })] : word,
        ),
      ),
    );
    this.body = h("div", { class: "rows", role: "rowgroup" });
    this.element = h(
      "div",
      {
        class: "tree",
        role: "treegrid",
        tabindex: 0,
        "aria-label": label,
        on: { click: (event) => this.#click(event) },
      },
      h("div", { role: "rowgroup", class: "tree-heads" }, head),
      this.body,
    );
    this.virtual = new VirtualRows({
      scroller: this.element,
      body: this.body,
      rowHeight: ROW,
      make: makeRow,
      show: (row, index) => this.#show(row, index),
    });
    this.sized = new ResizeObserver(() => this.#drawAxis());
    this.sized.observe(this.axis);
    this.repaint = () => this.virtual.refresh();
    addEventListener("helisession-theme", this.repaint);
    if (nodes.length > ALL_OPEN) this.#foldBelow(1);
  }

  end() {
    this.virtual.end();
    this.sized.disconnect();
    removeEventListener("helisession-theme", this.repaint);
  }

  /** Take over what was folded in *other*, a view of the same session as it was. */
  resume(other) {
    this.#folded = other.#folded;
    this.scrollTop = other.element.scrollTop;
  }

  /** Draw what is to be seen. *found*: spans that are searched for, or null for all. */
  draw({ selected, critical, found }) {
    this.critical = critical;
    this.selected = selected;
    const searched = found !== this.found;
    this.found = found;
    const unfolds = selected >= 0 && selected !== this.last && this.#unfold(selected);
    if (unfolds || searched || !this.listed) this.#list();
    if (this.scrollTop) this.element.scrollTop = this.scrollTop;
    this.scrollTop = 0;
    const place = this.#placeOf(selected);
    if (place >= 0) this.#at = place;
    else if (searched) this.#at = -1;
    if (place >= 0 && selected !== this.last) this.virtual.reveal(place);
    this.last = selected;
    this.virtual.refresh();
  }

  keys() {
    return {
      j: () => this.#step(1),
      k: () => this.#step(-1),
      ArrowDown: () => this.#step(1),
      ArrowUp: () => this.#step(-1),
      ArrowRight: () => this.#right(),
      ArrowLeft: () => this.#left(),
      Home: () => this.#go(0),
      End: () => this.#go(this.#shown.length - 1),
      PageDown: () => this.#step(15),
      PageUp: () => this.#step(-15),
      Enter: () => this.#enter(),
    };
  }

  #list() {
    const shown = [];
    const keep = this.found && this.#kept();
    for (let place = 0; place < this.nodes.length;) {
      const node = this.nodes[place];
      if (keep && !keep[place]) place += 1;
      else {
        shown.push(node);
        node.index = place;
        place += !keep && this.#folded.has(this.#name(node)) ? node.size : 1;
      }
    }
    this.#shown = shown;
    this.listed = true;
    this.element.setAttribute("aria-rowcount", String(shown.length));
    this.virtual.resize(shown.length);
  }

  /** Which nodes are found, or hold one that is. */
  #kept() {
    const keep = new Uint8Array(this.nodes.length);
    const above = [];
    this.nodes.forEach((node, place) => {
      above.length = node.depth;
      above[node.depth] = place;
      if (node.span >= 0 && this.found[node.span]) for (const one of above) keep[one] = 1;
    });
    return keep;
  }

  /** A node's name, which outlives a reload. */
  #name(node) {
    return node.span < 0 ? node.path : this.spans.key(node.span);
  }

  #foldBelow(depth) {
    for (const node of this.nodes) if (node.depth >= depth && node.size > 1) this.#folded.add(this.#name(node));
  }

  /** Open all that *span* hangs below. @returns {boolean} whether it was not to be seen */
  #unfold(span) {
    if (!this.found && this.#placeOf(span) >= 0) return false;
    const above = [];
    for (const node of this.nodes) {
      above.length = node.depth;
      if (node.span === span) {
        for (const one of above) this.#folded.delete(this.#name(one));
        return true;
      }
      above[node.depth] = node;
    }
    return false;
  }

  /** Where *span* is among the rows; -1 where it is not, or is none. */
  #placeOf(span) {
    return span < 0 ? -1 : this.#shown.findIndex((node) => node.span === span);
  }

  #show(row, index) {
    const node = this.#shown[index];
    const open = Boolean(this.found) || !this.#folded.has(this.#name(node));
    const critical = this.critical?.millis ?? null;
    showRow(row, node, { spans: this.spans, open, critical, colour: this.palette.colour(node.path, isDark()) });
    row.id = `tree-row-${index}`;
    row.dataset.index = String(index);
    row.setAttribute("aria-rowindex", String(index + 1));
    row.setAttribute("aria-label", rowLabel(node, this.spans));
    row.classList.toggle("is-current", index === this.#at);
    row.setAttribute("aria-selected", String(node.span >= 0 && node.span === this.selected));
    row.classList.toggle("is-dim", Boolean(critical) && node.span >= 0 && !critical[node.span]);
  }

  #click(event) {
    const row = event.target.closest(".tree-row[data-index]");
    if (!row) return;
    const index = Number(row.dataset.index);
    const node = this.#shown[index];
    this.#at = index;
    const onFold = event.target.closest(".fold");
    if (node.size > 1 && (onFold || node.span < 0)) this.#turn(node);
    else if (node.span >= 0) this.select(node.span);
  }

  #turn(node, fold = !this.#folded.has(this.#name(node))) {
    if (fold) this.#folded.add(this.#name(node));
    else this.#folded.delete(this.#name(node));
    this.#list();
    this.virtual.refresh();
    this.#say();
  }

  #step(by) {
    this.#go(this.#at + by);
  }

  #go(to) {
    if (!this.#shown.length) return;
    this.#at = Math.max(0, Math.min(this.#shown.length - 1, to));
    this.virtual.reveal(this.#at);
    this.virtual.refresh();
    this.#say();
    const { span } = this.#shown[this.#at];
    if (span >= 0 && this.selected >= 0) this.select(span);
  }

  #say() {
    this.element.setAttribute("aria-activedescendant", `tree-row-${this.#at}`);
  }

  #enter() {
    const node = this.#shown[this.#at];
    if (!node) return;
    if (node.span < 0) this.#turn(node);
    else this.select(node.span);
  }

  #right() {
    const node = this.#shown[this.#at];
    if (node && node.size > 1 && this.#folded.has(this.#name(node))) this.#turn(node, false);
    else this.#step(1);
  }

  #left() {
    const node = this.#shown[this.#at];
    if (!node) return;
    if (node.size > 1 && !this.#folded.has(this.#name(node))) return this.#turn(node, true);
    for (let place = this.#at - 1; place >= 0; place -= 1) {
      if (this.#shown[place].depth < node.depth) return this.#go(place);
    }
  }

  #drawAxis() {
    const { total } = this.spans;
    const { step, at } = ticks(0, total, Math.max(1, this.axis.clientWidth / 62));
    put(
      this.axis,
      at
        .filter((one) => one <= total * 0.94)
        .map((one) => {
          const tick = h("span", { class: "tree-tick", text: axisTime(one, step, total) });
          paint(tick, { left: `${(one / (total || 1)) * 100}%` });
          return tick;
        }),
    );
    paint(this.element, { "--grid": total ? `${(step / total) * 100}%` : "100%" });
  }
}
