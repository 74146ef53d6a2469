/**
 * Small histograms, as SVG.
 */

import { svg } from "./dom.js";
import { counted } from "./format.js";

/** A bar of few bins is a bar, not a block. */
const WIDEST = 14;

/**
 * @param {[number, number, number][]} bins lower bound, upper bound, how many
 * @param {(value: number) => string} unit how a bound is written
 * @param {{width?: number, height?: number, label: string, noun?: string}} said
 */
export function histogram(bins, unit, { width = 132, height = 30, label, noun = "session" }) {
  const most = Math.max(1, ...bins.map(([, , count]) => count));
  const step = width / Math.max(1, bins.length);
  const bars = bins.map(([low, high, count], index) => {
    const tall = count ? Math.max(2, (count / most) * (height - 2)) : 0;
    const wide = Math.min(WIDEST, Math.max(1, step - Math.min(2, step / 4)));
    const bar = svg("rect", {
      x: index * step + (bins.length === 1 ? (step - wide) / 2 : 0),
      y: height - tall,
      width: wide,
      height: tall,
      rx: 1,
    });
    bar.append(svg("title", { text: `${unit(low)} to ${unit(high)}: ${counted(count, noun)}` }));
    return bar;
  });
  const ground = svg("rect", { class: "histogram-ground", x: 0, y: height - 1, width, height: 1 });
  return svg(
    "svg",
    { class: "histogram", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label },
    ground,
    bars,
  );
}
