/**
 * When a path was at work in two sessions: two strips on one axis.
 */

import { h } from "../parts/dom.js";

const HEIGHT = 26;

/** @param {string} label @returns {HTMLCanvasElement} */
export function whenCanvas(label) {
  return /** @type {HTMLCanvasElement} */ (h("canvas", { class: "when", role: "img", "aria-label": label }));
}

/**
 * @param {HTMLCanvasElement} element @param {string} path @param {object[]} both the Spans of each session
 * @param {string} colour @param {string} ground
 */
export function drawWhen(element, path, both, colour, ground) {
  const width = element.clientWidth;
  if (!width) return;
  const ratio = devicePixelRatio || 1;
  element.width = width * ratio;
  element.height = HEIGHT * ratio;
  const canvas = element.getContext("2d");
  canvas.scale(ratio, ratio);
  const longest = Math.max(...both.map(({ total }) => total), 1e-3);
  both.forEach((spans, row) => {
    const y = row ? 15 : 3;
    canvas.globalAlpha = 1;
    canvas.fillStyle = ground;
    canvas.fillRect(0, y + 3.5, (spans.total / longest) * width, 1);
    canvas.fillStyle = colour;
    canvas.globalAlpha = row ? 0.62 : 1;
    const place = spans.paths.indexOf(path);
    for (let span = 0; span < spans.count; span += 1) {
      if (spans.path[span] !== place || !spans.isRequest(span)) continue;
      const x = (spans.start[span] / longest) * width;
      canvas.fillRect(x, y, Math.max(1.5, (spans.millis(span) / longest) * width), 8);
    }
  });
}
