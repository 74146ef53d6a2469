/**
 * JSON as people read it: indented, with keys, texts and numbers told apart.
 */

import { copyButton } from "./copy.js";
import { h } from "./dom.js";

const MOST_CHARS = 200_000;
const MOST_TOKENS = 4_000;
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;

/** *value* as text: a text as it is, unless it holds JSON itself. @param {unknown} value */
export function jsonText(value) {
  if (typeof value !== "string") return JSON.stringify(value, null, 2) ?? "null";
  const held = parsed(value);
  return held === undefined ? value : JSON.stringify(held, null, 2);
}

function parsed(text) {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A block with *value* and a button that copies all of it. @param {unknown} value @param {string} label */
export function jsonBlock(value, label) {
  const text = jsonText(value);
  const shown = text.slice(0, MOST_CHARS);
  const isJson = typeof value !== "string" || parsed(value) !== undefined;
  return h(
    "div",
    { class: "block" },
    copyButton(() => text, label),
    h(
      "pre",
      { class: isJson ? "code" : "code is-text", tabindex: 0, "aria-label": label },
      isJson ? coloured(shown) : shown,
    ),
    text.length > shown.length &&
      h("p", {
        class: "muted",
        text: `${(text.length - shown.length).toLocaleString("en-US")} more characters: copy to see all.`,
      }),
  );
}

function coloured(text) {
  const pieces = [];
  let done = 0;
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(text); found && pieces.length < MOST_TOKENS; found = TOKEN.exec(text)) {
    const [all, quoted, colon, word] = found;
    if (found.index > done) pieces.push(text.slice(done, found.index));
    const kind = quoted ? (colon ? "key" : "text") : word ? "word" : "number";
    pieces.push(h("span", { class: `json-${kind}`, text: quoted ?? all }));
    if (colon) pieces.push(colon);
    done = found.index + all.length;
  }
  return [...pieces, text.slice(done)];
}
