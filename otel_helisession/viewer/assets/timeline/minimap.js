/**
 * Minimap: all of the session in a strip, with the part that is in view; drag to choose it.
 */

import { h, paint } from "../parts/dom.js";

const HEIGHT = 40;

export class Minimap {
  /** @param {import("./window.js").TimeWindow} time @param {import("./lanes.js").Lanes} lanes @param {() => void} changed */
  constructor(time, lanes, changed) {
    Object.assign(this, { time, lanes, changed });
    this.canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { class: "minimap-canvas" }));
    this.view = h(
      "div",
      { class: "minimap-view" },
      h("span", { class: "minimap-grip is-left" }),
      h("span", { class: "minimap-grip is-right" }),
    );
    this.element = h("div", { class: "minimap", "aria-hidden": "true" }, this.canvas, this.view);
    this.element.addEventListener("pointerdown", (event) => this.#down(event));
    this.element.addEventListener("dblclick", () => {
      time.whole();
      changed();
    });
  }

  /** Draw every span as a line in its lane. @param {(path: string) => string} colour */
  draw(colour) {
    const width = this.element.clientWidth;
    if (!width) return;
    const ratio = devicePixelRatio || 1;
    this.canvas.width = width * ratio;
    this.canvas.height = HEIGHT * ratio;
    const canvas = this.canvas.getContext("2d");
    canvas.scale(ratio, ratio);
    const { groups, count, spans } = this.lanes;
    const pitch = (HEIGHT - 6) / Math.max(1, count);
    const scale = width / this.time.total;
    for (const { path, first, lanes } of groups) {
      canvas.fillStyle = colour(path);
      lanes.forEach((lane, row) => {
        const y = 3 + (first + row) * pitch;
        let drawn = -1;
        for (const span of lane) {
          const x = spans.start[span] * scale;
          const end = Math.max(spans.end[span] * scale, x + 1);
          if (end <= drawn) continue;
          canvas.fillRect(x, y, end - x, Math.max(1, Math.min(4, pitch - 0.5)));
          drawn = end;
        }
      });
    }
  }

  /** Show which part is in view. */
  place() {
    const { from, to, total, isWhole } = this.time;
    paint(this.view, { left: `${(from / total) * 100}%`, width: `${((to - from) / total) * 100}%` });
    this.view.classList.toggle("is-whole", isWhole);
  }

  #down(event) {
    const box = this.element.getBoundingClientRect();
    const ms = (x) => ((x - box.left) / box.width) * this.time.total;
    const began = ms(event.clientX);
    const { from, to } = this.time;
    const near = (8 / box.width) * this.time.total;
    const grip = this.time.isWhole
      ? "new"
      : Math.abs(began - from) < near
        ? "from"
        : Math.abs(began - to) < near
          ? "to"
          : began > from && began < to
            ? "move"
            : "new";
    this.element.setPointerCapture(event.pointerId);
    const move = (now) => {
      const at = ms(now.clientX);
      if (grip === "from") this.time.set(Math.min(at, to), to);
      else if (grip === "to") this.time.set(from, Math.max(at, from));
      else if (grip === "move") this.time.set(from + at - began, to + at - began);
      else if (Math.abs(at - began) > near / 2) this.time.set(Math.min(at, began), Math.max(at, began));
      this.changed();
    };
    const up = () => {
      this.element.removeEventListener("pointermove", move);
      this.element.removeEventListener("pointerup", up);
      this.element.removeEventListener("pointercancel", up);
    };
    this.element.addEventListener("pointermove", move);
    this.element.addEventListener("pointerup", up);
    this.element.addEventListener("pointercancel", up);
    event.preventDefault();
  }
}
