/**
 * TotalsView: what each path did in all: how often, how long and how that is distributed.
 */

import { h, paint, put, svg } from "../parts/dom.js";
import { axisTime, compact, cost, counted, duration, isKnown, percent, whole } from "../parts/format.js";
import { isDark } from "./palette.js";
import { Totals, totalsByPath } from "./totals.js";

const BINS = 56;
const MOST_DOTS = 24;
const HEIGHT = 36;

/** @type {[string, string, (row: {path: string, totals: Totals}) => number | string][]} */
const COLUMNS = [
  ["path", "Path", ({ path }) => path],
  ["count", "Requests", ({ totals }) => totals.requests],
  ["durations", "Durations", ({ totals }) => totals.percentile(0.5) ?? 0],
  ["p50", "p50", ({ totals }) => totals.percentile(0.5) ?? -1],
  ["p95", "p95", ({ totals }) => totals.percentile(0.95) ?? -1],
  ["time", "Total time", ({ totals }) => totals.timeSpent ?? -1],
  ["tokens", "Tokens", ({ totals }) => totals.tokens ?? -1],
  ["cost", "Cost", ({ totals }) => totals.cost ?? -1],
  ["errors", "Error rate", ({ totals }) => totals.errorRate],
];

export class TotalsView {
  /**
   * @param {{spans: import("./spans.js").Spans, palette: import("./palette.js").Palette, sort: string, sorted: (sort: string) => void, find: (path: string) => void}} said
   */
  constructor({ spans, palette, sort, sorted, find }) {
    Object.assign(this, { spans, palette, sort, sorted, find });
    this.rows = [...totalsByPath(spans)].map(([path, totals]) => ({ path, totals }));
    this.all = new Totals();
    for (const { totals } of this.rows) this.all.take(totals);
    this.scale = new LogScale(this.rows);
    this.element = h("div", {
      class: "totals",
      tabindex: 0,
      role: "region",
      "aria-label": "Totals of each path",
    });
    this.repaint = () => this.#draw();
    addEventListener("helisession-theme", this.repaint);
    this.#draw();
  }

  end() {
    removeEventListener("helisession-theme", this.repaint);
  }

  draw({ sort }) {
    if (sort === this.sort) return;
    this.sort = sort;
    this.#draw();
  }

  keys() {
    return {};
  }

  #draw() {
    const [key, order] = (this.sort || "path asc").split(" ");
    const value = COLUMNS.find(([name]) => name === key)?.[2] ?? COLUMNS[0][2];
    const sign = order === "desc" ? -1 : 1;
    const rows = [...this.rows].sort((a, b) => sign * compare(value(a), value(b)));
    put(
      this.element,
      h(
        "table",
        { class: "totals-table" },
        h("caption", { class: "spoken", text: "Totals of each path" }),
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            COLUMNS.map((column) => this.#header(column, key, order)),
          ),
        ),
        h(
          "tbody",
          {},
          rows.map((row) => this.#row(row)),
        ),
        h("tfoot", {}, this.#foot(this.all)),
      ),
    );
  }

  #header([name, word], key, order) {
    const on = name === key;
    const turn = () =>
      this.sorted(`${name} ${on ? (order === "desc" ? "asc" : "desc") : name === "path" ? "asc" : "desc"}`);
    const button = h("button", {
      type: "button",
      class: `sort${on ? " is-on" : ""}`,
      data: { order: on ? order : "" },
      text: word,
      on: { click: turn },
    });
    return h(
      "th",
      {
        scope: "col",
        class: `totals-${name}${name === "path" ? "" : name === "durations" ? "" : " is-number"}`,
        "aria-sort": on ? (order === "desc" ? "descending" : "ascending") : "none",
      },
      button,
      name === "durations" && this.scale.axis(),
    );
  }

  #row({ path, totals }) {
    const colour = this.palette.colour(path, isDark());
    const swatch = h("span", { class: "swatch" });
    paint(swatch, { "--colour": colour });
    const name = h(
      "button",
      {
        type: "button",
        class: "totals-name",
        title: `Show the requests of ${path}`,
        on: { click: () => this.find(path) },
      },
      swatch,
      h("span", { text: path }),
    );
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, name),
      figureCells(totals, this.scale.chart(totals, colour, path)),
    );
  }

  #foot(all) {
    return h(
      "tr",
      {},
      h("th", { scope: "row", class: "totals-all", text: "All requests" }),
      figureCells(all, null),
    );
  }
}

function figureCells(totals, chart) {
  const number = (word, text, said = {}) => h("td", { class: "is-number", data: { word }, ...said }, text);
  const price = isKnown(totals.cost)
    ? cost(totals.cost)
    : totals.unpriced
      ? h("span", { class: "unknown", text: "unknown" })
      : h("span", { class: "faint", text: "–" });
  return [
    number("Requests", whole(totals.requests)),
    h("td", { class: "totals-durations" }, chart),
    number("p50", duration(totals.percentile(0.5))),
    number("p95", duration(totals.percentile(0.95))),
    number("Total time", duration(totals.timeSpent)),
    number("Tokens", isKnown(totals.tokens) ? compact(totals.tokens) : h("span", { class: "faint", text: "–" }), {
      title: isKnown(totals.tokens) ? `${whole(totals.input)} in, ${whole(totals.output)} out` : null,
    }),
    number("Cost", price),
    number(
      "Error rate",
      totals.errors
        ? h("span", { class: "error-count" }, percent(totals.errorRate))
        : h("span", { class: "faint", text: "0%" }),
      { title: counted(totals.errors, "error") },
    ),
  ];
}

/** Durations of very different lengths on one line: equal distances are equal factors. */
class LogScale {
  constructor(rows) {
    const times = rows.flatMap(({ totals }) => [totals.percentile(0), totals.percentile(1)]).filter(isKnown);
    const shortest = times.length ? times.reduce((a, b) => Math.min(a, b)) : 1;
    const longest = times.length ? times.reduce((a, b) => Math.max(a, b)) : 1;
    const least = Math.max(0.01, shortest);
    this.low = Math.log10(least) - 0.08;
    this.high = Math.log10(Math.max(least * 10, longest)) + 0.08;
  }

  /** From 0 to 1. */
  place(ms) {
    return Math.max(0, Math.min(0.9999, (Math.log10(Math.max(ms, 1e-3)) - this.low) / (this.high - this.low)));
  }

  axis() {
    const marks = [];
    for (let power = Math.ceil(this.low); power <= Math.floor(this.high); power += 1) {
      const mark = h("span", { class: "totals-tick", text: axisTime(10 ** power, 10 ** power) });
      paint(mark, { left: `${this.place(10 ** power) * 100}%` });
      marks.push(mark);
    }
    return h("span", { class: "totals-axis", "aria-hidden": "true" }, marks);
  }

  /** How the durations are distributed: few as dots, many as bars; median and 95th percentile marked. */
  chart(totals, colour, path) {
    const shapes = totals.times.length <= MOST_DOTS ? this.#dots(totals, colour) : this.#bars(totals, colour);
    const grid = [];
    for (let power = Math.ceil(this.low); power <= Math.floor(this.high); power += 1) {
      const x = `${this.place(10 ** power) * 100}%`;
      grid.push(svg("line", { class: "chart-grid", x1: x, x2: x, y1: 0, y2: HEIGHT - 6 }));
    }
    const label = `Durations of ${path}: ${counted(totals.requests, "request")}, median ${duration(totals.percentile(0.5))}, 95th percentile ${duration(totals.percentile(0.95))}`;
    const ground = svg("line", {
      class: "chart-ground",
      x1: 0,
      x2: "100%",
      y1: HEIGHT - 5.5,
      y2: HEIGHT - 5.5,
    });
    return svg(
      "svg",
      { class: "duration-chart", role: "img", "aria-label": label },
      grid,
      ground,
      shapes,
      this.#mark(totals, 0.95, "p95"),
      this.#mark(totals, 0.5, "p50"),
    );
  }

  #dots(totals, colour) {
    return totals.times.map((ms) => {
      const dot = svg("circle", {
        class: "chart-dot",
        cx: `${this.place(ms) * 100}%`,
        cy: (HEIGHT - 6) / 2,
        r: 4.5,
        fill: colour,
      });
      dot.append(svg("title", { text: duration(ms) }));
      return dot;
    });
  }

  #bars(totals, colour) {
    const bins = new Array(BINS).fill(0);
    for (const ms of totals.times) bins[Math.floor(this.place(ms) * BINS)] += 1;
    const most = Math.max(...bins);
    const step = 100 / BINS;
    return bins.map((count, place) => {
      const tall = Math.max(2, (count / most) * (HEIGHT - 8));
      return (
        count > 0 &&
        svg("rect", {
          x: `${(place + 0.06) * step}%`,
          width: `${step * 0.88}%`,
          y: HEIGHT - 6 - tall,
          height: tall,
          rx: 1,
          fill: colour,
        })
      );
    });
  }

  #mark(totals, part, word) {
    const ms = totals.percentile(part);
    if (!isKnown(ms)) return null;
    const mark = svg(
      "svg",
      { x: `${this.place(ms) * 100}%`, overflow: "visible" },
      svg("path", { class: `chart-mark chart-${word}`, d: `M-3.5 ${HEIGHT}h7l-3.5-5.5z` }),
    );
    mark.append(svg("title", { text: `${word} ${duration(ms)}` }));
    return mark;
  }
}

function compare(a, b) {
  return typeof a === "string" ? a.localeCompare(b) : a - b;
}
