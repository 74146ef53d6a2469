/**
 * The icons: strokes on a 16 px grid, in the colour of the text beside them.
 */

import { svg } from "./dom.js";

const STROKES = {
  search: ["M7 12.2A5.2 5.2 0 1 0 7 1.8a5.2 5.2 0 0 0 0 10.4Z", "m11 11 3.4 3.4"],
  copy: [
    "M5.5 5.5V3a1 1 0 0 1 1-1H13a1 1 0 0 1 1 1v6.5a1 1 0 0 1-1 1h-2.5",
    "M9.5 5.5H3a1 1 0 0 0-1 1V13a1 1 0 0 0 1 1h6.5a1 1 0 0 0 1-1V6.5a1 1 0 0 0-1-1Z",
  ],
  done: ["m3 8.6 3.2 3.2L13 4.6"],
  close: ["m4 4 8 8", "m12 4-8 8"],
  sun: [
    "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
    "M8 1.2v1.4M8 13.4v1.4M1.2 8h1.4M13.4 8h1.4M3.2 3.2l1 1M11.8 11.8l1 1M3.2 12.8l1-1M11.8 4.2l1-1",
  ],
  moon: ["M13.4 9.6A5.8 5.8 0 0 1 6.4 2.6a5.8 5.8 0 1 0 7 7Z"],
  auto: ["M2 3.5h12v8H2z", "M6 14h4"],
  help: ["M6 6.2a2 2 0 1 1 2.7 1.9c-.5.2-.7.5-.7 1v.4", "M8 11.9v.1"],
  down: ["m4.5 6.5 3.5 3.5 3.5-3.5"],
  right: ["m6.5 4.5 3.5 3.5-3.5 3.5"],
  left: ["m9.5 4.5-3.5 3.5 3.5 3.5"],
  out: ["M6.5 3H3.6a.6.6 0 0 0-.6.6v8.8c0 .3.3.6.6.6h8.8c.3 0 .6-.3.6-.6V9.5", "M9.5 2.5h4v4M13.2 2.8 7.5 8.5"],
  download: ["M8 2v8", "m4.8 7 3.2 3.2L11.2 7", "M2.5 13.5h11"],
  compare: ["M5.5 2.5v11M10.5 2.5v11", "M2.5 5h3M2.5 8h3M10.5 8h3M10.5 11h3"],
  filter: ["M2.5 4h11M4.5 8h7M6.5 12h3"],
  paths: ["M3 2.5v9.3c0 .4.3.7.7.7H7", "M3 6.5h4", "M9.5 6.5h4M9.5 12.5h4"],
  spans: ["M2.5 3.5h8M5 8h8.5M7.5 12.5H12"],
  timeline: ["M2.5 3.5h5M6 8h5M10 12.5h3.5", "M2 1v14"],
  totals: ["M2.5 13.5h11", "M4 13V9M8 13V3.5M12 13V6.5"],
  path: ["M1.5 11.5C4 11.5 4 4.5 8 4.5s4 7 6.5 7"],
  plus: ["M8 3v10M3 8h10"],
  minus: ["M3 8h10"],
  fit: ["M2.5 5.5v-3h3M13.5 5.5v-3h-3M2.5 10.5v3h3M13.5 10.5v3h-3"],
  error: ["M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4Z", "M8 4.8v3.8M8 11v.1"],
  llm: ["M3 3h10a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1H8l-3 2.6V11H3a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1Z"],
  tool: ["M9.9 6.1a3.6 3.6 0 0 0 4-5L11.7 3.3 10.4 2l2-1.6", "M10 6 3.6 12.4a1.3 1.3 0 1 1-1.9-1.9L8 4.3"],
  vector_db: [
    "M8 6.2c3.2 0 5.5-.9 5.5-2.1S11.2 2 8 2s-5.5.9-5.5 2.1S4.8 6.2 8 6.2Z",
    "M2.5 4.1v7.8C2.5 13.1 4.8 14 8 14s5.5-.9 5.5-2.1V4.1",
    "M2.5 8c0 1.2 2.3 2.1 5.5 2.1s5.5-.9 5.5-2.1",
  ],
  data: ["M4 1.8h5.5L13 5.3v8.9H4z", "M9.3 2v3.5h3.5"],
  structure: ["M2.5 4.5a1 1 0 0 1 1-1h3l1.4 1.8h4.6a1 1 0 0 1 1 1V12a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1Z"],
};

/** @param {keyof typeof STROKES} name @returns {SVGElement} decorative: hidden from screen readers. */
export function icon(name) {
  return svg(
    "svg",
    { class: `icon icon-${name}`, viewBox: "0 0 16 16", "aria-hidden": "true", focusable: "false" },
    ...(STROKES[name] ?? []).map((d) => svg("path", { d })),
  );
}

/** The mark of the project. */
export function mark() {
  return svg(
    "svg",
    { class: "mark", viewBox: "0 0 32 32", "aria-hidden": "true", focusable: "false" },
    svg("rect", { width: 32, height: 32, rx: 8 }),
    svg("path", { d: "M10 6c0 7 12 6 12 13 0 3-1.6 5.4-4 7" }),
    svg("path", { class: "mark-back", d: "M22 6c0 7-12 6-12 13 0 3 1.6 5.4 4 7" }),
  );
}
