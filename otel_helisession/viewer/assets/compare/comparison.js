/**
 * Comparison: two sessions, path by path.
 */

import { Totals, totalsByPath } from "../session/totals.js";

/**
 * @typedef {{path: string, a: Totals | null, b: Totals | null}} Pair
 *
 * @param {import("../session/spans.js").Spans} a @param {import("../session/spans.js").Spans} b
 * @returns {Pair[]} every path of either, those of the first in its order, then the second's own
 */
export function comparedPaths(a, b) {
  const [one, other] = [totalsByPath(a), totalsByPath(b)];
  const paths = [...new Set([...one.keys(), ...other.keys()])].sort();
  return paths.map((path) => ({ path, a: one.get(path) ?? null, b: other.get(path) ?? null }));
}

/**
 * How the second differs from the first.
 *
 * @param {number | null | undefined} a @param {number | null | undefined} b
 * @returns {{by: number, part: number | null} | null} null when either is unknown; part is null when *a* is 0
 */
export function difference(a, b) {
  if (a === null || a === undefined || b === null || b === undefined) return null;
  return { by: b - a, part: a === 0 ? null : (b - a) / a };
}
