/**
 * The kinds of requests: their words, and their counts as small coloured numbers.
 */

import { counted, whole } from "./format.js";
import { h, spoken } from "./dom.js";
import { icon } from "./icons.js";

export const REQUEST_KINDS = ["llm", "tool", "vector_db", "data"];

const WORDS = {
  llm: "LLM",
  tool: "Tool",
  vector_db: "Vector",
  data: "Data",
  structure: "Step",
};

/** @param {string} kind */
export function kindWord(kind) {
  return WORDS[kind] ?? kind;
}

/** A kind as icon and word. @param {string} kind */
export function kindTag(kind) {
  return h("span", { class: `kind kind-${WORDS[kind] ? kind : "structure"}` }, icon(kind), kindWord(kind));
}

/** How many requests of each kind; those of which there are none are left out. @param {Record<string, number>} requests */
export function kindCounts(requests) {
  const there = REQUEST_KINDS.filter((kind) => requests[kind]);
  if (!there.length) return h("span", { class: "faint", text: "none" });
  return h(
    "span",
    { class: "kind-counts" },
    there.map((kind) =>
      h(
        "span",
        { class: `kind-count kind-${kind}`, title: counted(requests[kind], `${kindWord(kind)} call`) },
        icon(kind),
        whole(requests[kind]),
        spoken(` ${kindWord(kind)} `),
      ),
    ),
  );
}
