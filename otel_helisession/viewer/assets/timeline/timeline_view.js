/**
 * TimelineView: when each kind of work happened, on a canvas: lanes, zoom and pan.
 */

import { h, onceAFrame, paint, settled } from "../parts/dom.js";
import { duration } from "../parts/format.js";
import { icon } from "../parts/icons.js";
import { isDark } from "../session/palette.js";
import { rowLabel } from "../session/tree_row.js";
import { announce } from "../shell/announce.js";
import { draw } from "./drawing.js";
import { Geometry } from "./geometry.js";
import { gestures } from "./gestures.js";
import { lanesOf } from "./lanes.js";
import { Minimap } from "./minimap.js";
import { Tooltip } from "./tooltip.js";
import { TimeWindow } from "./window.js";

const INKS = ["text", "muted", "line", "hair", "grid", "veil", "hatch", "error", "caller", "on-error"];

export class TimelineView {
  /**
   * @param {object} said
   * @param {import("../session/spans.js").Spans} said.spans
   * @param {import("../session/palette.js").Palette} said.palette
   * @param {(span: number) => void} said.select
   * @param {(text: string | null) => void} said.moved the part in view, as it stands in the URL
   */
  constructor({ spans, palette, select, moved }) {
    Object.assign(this, { spans, palette, select });
    this.lanes = lanesOf(spans);
    this.time = new TimeWindow(spans.total);
    this.state = { selected: -1, critical: null, found: null, window: "" };
    this.colour = (path) => palette.colour(path, isDark());
    this.tell = settled(() => moved(this.time.text() || null), 200);
    this.redraw = onceAFrame(() => this.#paint());
    this.map = new Minimap(this.time, this.lanes, () => this.#moved());
    this.tooltip = new Tooltip();
    this.canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { class: "timeline-canvas" }));
    this.pad = h("div", { class: "timeline-pad" });
    this.sheet = h(
      "div",
      { class: "timeline-sheet", tabindex: 0, role: "application", "aria-label": this.#label() },
      this.canvas,
      this.tooltip.element,
    );
    this.scroller = h("div", { class: "timeline-scroll" }, this.sheet, this.pad);
    this.element = h(
      "div",
      { class: "timeline" },
      h("div", { class: "timeline-top" }, this.#buttons(), this.map.element),
      this.scroller,
    );
    this.#listen();
  }

  end() {
    this.sized.disconnect();
    removeEventListener("helisession-theme", this.recolour);
  }

  draw(state) {
    const { selected } = this.state;
    if (state.window !== this.time.text() && state.window !== this.state.window) this.time.read(state.window);
    this.state = state;
    if (state.selected >= 0 && state.selected !== selected) this.#reveal(state.selected);
    this.redraw();
  }

  keys() {
    const change = (action) => () => {
      action();
      this.#moved();
    };
    const { time } = this;
    return {
      "+": change(() => time.zoom(0.6)),
      "=": change(() => time.zoom(0.6)),
      "-": change(() => time.zoom(1 / 0.6)),
      0: change(() => time.whole()),
      a: change(() => time.pan(-time.span * 0.2)),
      d: change(() => time.pan(time.span * 0.2)),
      ArrowRight: () => this.#step(1),
      ArrowLeft: () => this.#step(-1),
      j: () => this.#step(1),
      k: () => this.#step(-1),
      ArrowDown: () => this.#hop(1),
      ArrowUp: () => this.#hop(-1),
    };
  }

  #listen() {
    this.sized = new ResizeObserver(() => {
      this.map.draw(this.colour);
      const { clientWidth: width, clientHeight: height } = this.scroller;
      if (this.place?.width !== width || this.place.height !== height) this.#paint();
    });
    this.sized.observe(this.scroller);
    this.scroller.addEventListener("scroll", this.redraw, { passive: true });
    this.recolour = () => {
      this.map.draw(this.colour);
      this.redraw();
    };
    addEventListener("helisession-theme", this.recolour);
    gestures(this.sheet, {
      place: () => this.place,
      scrolls: () => this.place.content > this.place.height + 1,
      changed: () => this.#moved(),
      click: (x, y) => this.#click(x, y),
      double: (x, y) => this.#zoomTo(this.#at(x, y)),
      hover: (x, y) => this.tooltip.show(this.place, this.spans, x, y, this.#at(x, y)),
      leave: () => this.tooltip.hide(),
    });
  }

  #buttons() {
    const button = (picture, label, key) =>
      h(
        "button",
        {
          type: "button",
          class: "quiet only-icon",
          "aria-label": label,
          title: label,
          on: { click: () => this.keys()[key]() },
        },
        icon(picture),
      );
    return h(
      "div",
      { class: "timeline-buttons", role: "group", "aria-label": "Zoom" },
      button("minus", "Zoom out (−)", "-"),
      button("plus", "Zoom in (+)", "+"),
      button("fit", "The whole session (0)", "0"),
    );
  }

  #moved() {
    this.redraw();
    this.tell();
  }

  #paint() {
    const { clientWidth: width, clientHeight: height } = this.scroller;
    if (!width || !height) return;
    this.place = new Geometry(this.lanes, this.time, width, height);
    const ratio = devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
      paint(this.canvas, { width: `${width}px`, height: `${height}px` });
    }
    paint(this.sheet, { height: `${height}px` });
    paint(this.pad, { height: `${Math.max(0, this.place.content - height)}px` });
    const canvas = this.canvas.getContext("2d");
    canvas.setTransform(ratio, 0, 0, ratio, 0, 0);
    const { selected, critical, found } = this.state;
    const { palette } = this;
    draw(canvas, {
      place: this.place,
      spans: this.spans,
      colour: this.colour,
      inkOn: (path) => palette.inkOn(path, isDark()),
      ink: this.#ink(),
      top: this.scroller.scrollTop,
      selected,
      critical: critical?.millis ?? null,
      found,
    });
    this.map.place();
  }

  #ink() {
    const style = getComputedStyle(this.element);
    const name = (one) => one.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
    return Object.fromEntries(INKS.map((one) => [name(one), style.getPropertyValue(`--ink-${one}`)]));
  }

  #at(x, y) {
    return y < 28 ? -1 : this.place.at(x, y + this.scroller.scrollTop);
  }

  #click(x, y) {
    const span = this.#at(x, y);
    this.sheet.focus({ preventScroll: true });
    if (span >= 0) this.select(span);
  }

  #zoomTo(span) {
    if (span < 0) this.time.whole();
    else {
      const margin = Math.max(this.spans.millis(span) * 0.3, 0.05);
      this.time.set(this.spans.start[span] - margin, this.spans.end[span] + margin);
    }
    this.#moved();
  }

  /** The next span in time. */
  #step(by) {
    const { count } = this.spans;
    for (let span = this.state.selected + by; span >= 0 && span < count; span += by) {
      if (this.lanes.laneOf[span] >= 0) return this.#choose(span);
    }
  }

  /** The span of the next lane that is nearest in time. */
  #hop(by) {
    const { selected } = this.state;
    if (selected < 0 || this.lanes.laneOf[selected] < 0) return this.#step(1);
    const lane = this.lanes.lane(this.lanes.laneOf[selected] + by);
    const when = this.spans.start[selected];
    const near = [...lane].sort(
      (a, b) => Math.abs(this.spans.start[a] - when) - Math.abs(this.spans.start[b] - when),
    )[0];
    if (near !== undefined) this.#choose(near);
  }

  #choose(span) {
    announce(rowLabel({ span }, this.spans));
    this.select(span);
  }

  #reveal(span) {
    this.time.reveal(this.spans.start[span], this.spans.end[span]);
    if (!this.place) return;
    const y = this.place.y(span);
    const { scrollTop, clientHeight } = this.scroller;
    if (y < scrollTop + 40) this.scroller.scrollTop = y - 60;
    else if (y > scrollTop + clientHeight - 40) this.scroller.scrollTop = y - clientHeight + 60;
  }

  #label() {
    return `Timeline of ${duration(this.spans.total)}, ${this.lanes.groups.length} paths in ${this.lanes.count} lanes. Arrow keys go from span to span, plus and minus zoom.`;
  }
}
