/**
 * What stands in a page's place when it cannot be shown, and why.
 */

import { h, link } from "./dom.js";

/**
 * @param {{title: string, text?: string, hint?: string, more?: (Node | null | undefined | false)[], retry?: () => void}} said
 */
export function problem({ title, text, hint, more = [], retry }) {
  return h(
    "section",
    { class: "problem", role: "alert" },
    h("h1", { text: title }),
    text && h("p", { class: "problem-text", text }),
    hint && h("p", { class: "muted", text: hint }),
    more,
    h(
      "p",
      { class: "problem-ways" },
      retry && h("button", { type: "button", class: "button", text: "Try again", on: { click: retry } }),
      link("/", { class: "button", text: "All sessions" }),
    ),
  );
}

/** What *error* says, as a problem. @param {Error & {status?: number, hint?: string}} error @param {() => void} retry */
export function unreachable(error, retry) {
  const away = error.status === 0;
  return problem({
    title: away ? "The viewer does not answer" : "This cannot be shown",
    text: away
      ? "The page is here, but the process behind it is not. What you do not see is not lost: it is in the store."
      : error.message,
    hint: away ? "Start it again with: helisession view" : error.hint,
    retry,
  });
}
