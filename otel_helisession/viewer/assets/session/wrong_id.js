/**
 * What stands in the place of a session that is not there.
 */

import { h, link } from "../parts/dom.js";
import { problem } from "../parts/problem.js";
import { sessionHref } from "../shell/router.js";

/** @param {import("../shell/app.js").App} app @param {string} id @param {string[]} near ids that were meant, perhaps */
export function wrongId(app, id, near) {
  const store = app.about?.store;
  return problem({
    title: "There is no session with this id",
    more: [
      h("p", {}, h("code", { class: "problem-id", text: id })),
      near.length > 0 &&
        h(
          "div",
          { class: "near" },
          h("p", { text: "Did you mean" }),
          h(
            "ul",
            {},
            near.map((one) => h("li", {}, link(sessionHref(one), { class: "mono", text: one }))),
          ),
        ),
      h(
        "p",
        { class: "muted" },
        "It may have been removed (sessions are kept for 7 days unless you say otherwise), not have arrived yet, or be in another store",
        store ? [" than ", h("code", { text: store })] : "",
        ". When it comes, this page shows it.",
      ),
    ].flat(),
  });
}
