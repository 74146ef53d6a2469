/**
 * How two ids are shown side by side, where there may be room for a part of each alone.
 */

import { h } from "../parts/dom.js";
import { shortId } from "../parts/format.js";

/** What is shown behind a cut, at least: three characters alone are no id. */
const LEAST_REST = 6;

/**
 * Both ids in two pieces: how both begin, which may be cut, and what tells them apart.
 *
 * @param {string} a @param {string} b @returns {[[string, string], [string, string]]}
 */
export function toldApart(a, b) {
  const short = [a, b].map(shortId);
  const [one, other] = short[0] === short[1] ? [a, b] : short;
  let alike = 0;
  while (alike < one.length && one[alike] === other[alike]) alike += 1;
  return /** @type {[[string, string], [string, string]]} */ (
    [one, other].map((id) => {
      const cut = Math.max(0, Math.min(alike, id.length - LEAST_REST));
      return [id.slice(0, cut), id.slice(cut)];
    })
  );
}

/** An id as `toldApart` has it. @param {[string, string]} pieces */
export function idPieces([alike, rest]) {
  return [
    alike && h("span", { class: "id-alike", text: alike }),
    h("span", { class: "id-rest", text: rest }),
  ].filter(Boolean);
}
