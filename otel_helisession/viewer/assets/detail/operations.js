/**
 * What a tool, a vector database or an operation on data was given, and gave back.
 */

import { h, paint } from "../parts/dom.js";
import { isKnown, whole } from "../parts/format.js";
import { jsonBlock } from "../parts/json_view.js";
import { longText } from "./chat.js";
import { pairs, section } from "./section.js";

/** @param {{name: string, call_id?: string, arguments?: unknown, result?: unknown}} tool */
export function toolSections(tool) {
  return [
    isKnown(tool.arguments) && section("Input", {}, jsonBlock(tool.arguments, "tool input")),
    isKnown(tool.result) && section("Output", {}, jsonBlock(tool.result, "tool output")),
    tool.call_id &&
      section(
        "Call",
        { open: false },
        pairs([
          ["Tool", tool.name],
          ["Call id", h("span", { class: "mono", text: tool.call_id })],
        ]),
      ),
  ];
}

/** @param {{name: string, value?: unknown, result?: unknown}} data */
export function dataSections(data) {
  return [
    isKnown(data.value) && section("Value", {}, jsonBlock(data.value, "value")),
    isKnown(data.result) && section("Result", {}, jsonBlock(data.result, "result")),
  ];
}

/** @param {object} vector */
export function vectorSections(vector) {
  const { matches } = vector;
  return [
    section(
      isKnown(vector.query) || isKnown(vector.top_k) || matches ? "Query" : "Database",
      {},
      isKnown(vector.query) &&
        h(
          "blockquote",
          { class: "query" },
          typeof vector.query === "string" ? longText(vector.query) : jsonBlock(vector.query, "query"),
        ),
      pairs([
        ["Operation", vector.operation],
        ["Database", vector.database],
        ["Collection", vector.collection],
        ["Asked for", isKnown(vector.top_k) ? `${whole(vector.top_k)} matches` : null],
      ]),
      isKnown(vector.filter) && jsonBlock(vector.filter, "filter"),
    ),
    Array.isArray(matches) &&
      section(
        "Matches",
        { count: matches.length },
        matches.length ? matchList(matches) : h("p", { class: "muted", text: "Nothing was found." }),
      ),
  ];
}

function matchList(matches) {
  const scores = matches.map(scoreOf).filter(isKnown);
  const most = Math.max(...scores.map(Math.abs), 1e-12);
  return h(
    "ol",
    { class: "matches" },
    matches.slice(0, 200).map((match, place) => oneMatch(match, place, Math.abs(most) <= 1 ? 1 : most)),
  );
}

function scoreOf(match) {
  const said = match?.score ?? match?.distance ?? match?.similarity;
  return typeof said === "number" && Number.isFinite(said) ? said : null;
}

function oneMatch(match, place, most) {
  if (!match || typeof match !== "object") return h("li", { class: "match" }, jsonBlock(match, "match"));
  const { id, score, distance, similarity, ...rest } = match;
  const value = scoreOf(match);
  const word = isKnown(score)
    ? "score"
    : isKnown(distance)
      ? "distance"
      : isKnown(similarity)
        ? "similarity"
        : "";
  const bar = h("span", { class: "score-bar" }, h("span", {}));
  if (value !== null) paint(bar.firstChild, { width: `${Math.min(100, (Math.abs(value) / most) * 100)}%` });
  const text = textOf(rest);
  const others = Object.keys(rest).length > (text ? 1 : 0);
  return h(
    "li",
    { class: "match" },
    h(
      "div",
      { class: "match-head" },
      h("span", { class: "match-place", text: place + 1 }),
      isKnown(id) && h("span", { class: "match-id mono", title: `id ${id}`, text: `id ${id}` }),
      h("span", { class: "grow" }),
      value !== null && bar,
      value !== null && h("span", { class: "match-score", title: word, text: trimmed(value) }),
    ),
    text && longText(text),
    others && h("details", { class: "offer" }, h("summary", { text: "All of it" }), jsonBlock(match, "match")),
  );
}

function trimmed(value) {
  return Math.abs(value) >= 100 ? value.toFixed(1) : value.toFixed(3);
}

/** The text of a match, under the names that databases have for it. */
function textOf(match) {
  for (const holder of [match, match.payload, match.metadata]) {
    for (const name of ["content", "text", "document", "page_content", "chunk", "name", "title"]) {
      if (typeof holder?.[name] === "string") return holder[name];
    }
  }
  return "";
}
