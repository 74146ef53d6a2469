/**
 * The overlay that lists the keys.
 */

import { h } from "../parts/dom.js";

const GROUPS = [
  [
    "Everywhere",
    [
      ["/", "Search"],
      ["g l", "Sessions"],
      ["g n", "Names"],
      ["t", "Theme: system, light, dark"],
      ["?", "This help"],
      ["Esc", "Close what is open"],
    ],
  ],
  [
    "In a list",
    [
      ["j  k", "Next, previous"],
      ["Enter", "Open"],
      ["x", "Mark to compare"],
      ["c", "Compare the two marked"],
    ],
  ],
  [
    "In a session",
    [
      ["j  k", "Next, previous row"],
      ["→  ←", "Unfold, fold; in the timeline: next, previous span"],
      ["1 2 3 4", "Paths, spans, timeline, totals"],
      ["p", "Critical path"],
      ["e", "Next error"],
      ["y", "Copy the session's id"],
    ],
  ],
  [
    "In the timeline",
    [
      ["+  −", "Zoom"],
      ["a  d", "Pan"],
      ["0", "The whole session"],
    ],
  ],
];

/** @returns {HTMLDialogElement} */
export function helpOverlay() {
  const dialog = /** @type {HTMLDialogElement} */ (
    h(
      "dialog",
      { class: "help", "aria-label": "Keys" },
      h(
        "div",
        { class: "help-head" },
        h("h2", { text: "Keys" }),
        h("button", { type: "button", class: "button", text: "Close", on: { click: () => dialog.close() } }),
      ),
      h("div", { class: "help-groups" }, GROUPS.map(group)),
    )
  );
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  return dialog;
}

function group([title, keys]) {
  return h(
    "section",
    {},
    h("h3", { text: title }),
    h(
      "dl",
      {},
      keys.flatMap(([key, what]) => [
        h(
          "dt",
          {},
          key.split(/\s+/).map((one) => h("kbd", { text: one })),
        ),
        h("dd", { text: what }),
      ]),
    ),
  );
}
