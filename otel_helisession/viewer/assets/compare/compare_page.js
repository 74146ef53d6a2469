/**
 * ComparePage: two sessions side by side, and path by path.
 */

import { sessionCost } from "../list/columns.js";
import { h, link, onceAFrame, paint, put, settled } from "../parts/dom.js";
import { compact, cost, duration, isKnown, moment, percent, whole } from "../parts/format.js";
import { icon } from "../parts/icons.js";
import { problem, unreachable } from "../parts/problem.js";
import { isDark, Palette } from "../session/palette.js";
import { Spans } from "../session/spans.js";
import { sessionHref } from "../shell/router.js";
import { comparedPaths, difference } from "./comparison.js";
import { idPieces, toldApart } from "./told_apart.js";
import { drawWhen, whenCanvas } from "./when.js";

const MEASURES = [
  ["Duration", ({ session }) => session.duration_ms, duration],
  ["Requests", ({ session }) => Object.values(session.requests).reduce((all, one) => all + one, 0), whole],
  ["Tokens", ({ session }) => session.tokens.total, compact],
  ["Cost", ({ session }) => session.cost_usd, cost],
  ["Errors", ({ session }) => session.errors, whole],
  ["Mean latency", ({ session }) => session.latency_ms.mean, duration],
];

/** A smaller part more or less is not worth a colour: two runs never take the same time. */
const NOTABLE = 0.2;

const LIVE_MILLIS = 900;

export class ComparePage {
  title = "Compare";

  /** @param {import("../shell/app.js").App} app */
  constructor(app) {
    this.app = app;
    this.stop = new AbortController();
    this.element = h(
      "div",
      { class: "compare-page" },
      h("p", { class: "muted loading", text: "Reading both sessions…" }),
    );
    this.redraw = onceAFrame(() => this.#strips());
    this.sized = new ResizeObserver(this.redraw);
    this.sized.observe(this.element);
    addEventListener("helisession-theme", this.redraw);
    this.changed = settled(() => this.asked && this.#load(this.asked), LIVE_MILLIS);
  }

  arrive(query) {
    const ids = [query.get("a") ?? "", query.get("b") ?? ""];
    if (ids.every((id, place) => id === this.asked?.[place])) return;
    this.asked = ids;
    this.seal = "";
    this.#load(ids);
  }

  leave() {
    this.stop.abort();
    this.sized.disconnect();
    removeEventListener("helisession-theme", this.redraw);
  }

  async #load(ids) {
    if (ids.includes(""))
      return void put(
        this.element,
        problem({
          title: "Two sessions are compared",
          text: "This address names fewer. In the list, mark two with x, and press c.",
        }),
      );
    const answers = await Promise.allSettled(ids.map((id) => this.app.source.session(id, this.stop.signal)));
    if (this.stop.signal.aborted || ids !== this.asked) return; // or it would undo a later answer
    const failed = answers.findIndex(({ status }) => status === "rejected");
    if (failed >= 0) {
      const { reason } = answers[failed];
      if (this.seal && reason.status === 0) return; // the frame says it; what is shown stays
      this.seal = "";
      const wrong = reason.status === 404;
      put(
        this.element,
        wrong
          ? problem({
              title: "One of the two is not there",
              more: [h("code", { class: "problem-id", text: ids[failed] })],
            })
          : unreachable(reason, () => this.#load(ids)),
      );
      return;
    }
    const seal = JSON.stringify(answers.map(({ value }) => value.session));
    if (seal === this.seal) return;
    this.seal = seal;
    this.both = answers.map(({ value }) => ({ session: value.session, spans: new Spans(value) }));
    this.#show();
  }

  #show() {
    const [a, b] = this.both;
    this.palette = new Palette([...new Set([...a.spans.paths, ...b.spans.paths])]);
    const pairs = comparedPaths(a.spans, b.spans);
    this.strips = pairs.map(({ path }) => ({
      path,
      canvas: whenCanvas(`When ${path} was at work in A and in B`),
    }));
    put(
      this.element,
      this.#head(a, b),
      h(
        "div",
        { class: "compare-scroll", tabindex: 0, role: "region", "aria-label": "Path by path" },
        this.#table(pairs),
      ),
    );
    requestAnimationFrame(() => this.#strips());
  }

  #head(a, b) {
    const swap = `/compare?${new URLSearchParams({ a: b.session.id, b: a.session.id })}`;
    const ids = toldApart(a.session.id, b.session.id);
    const cells = (which, letter) =>
      MEASURES.map(([word, value, unit]) => {
        const said = value(which);
        return h(
          "td",
          { class: "is-number", "aria-label": `${word} of ${letter}` },
          word === "Cost"
            ? sessionCost(which.session)
            : isKnown(said)
              ? unit(said)
              : h("span", { class: "unknown", text: "unknown" }),
        );
      });
    const changes = MEASURES.map(([, value, unit]) =>
      h("td", { class: "is-number" }, delta(value(a), value(b), unit)),
    );
    return h(
      "header",
      { class: "compare-head" },
      h(
        "div",
        { class: "compare-title" },
        h("h1", {
          text:
            a.session.name === b.session.name
              ? a.session.name || "unnamed"
              : `${a.session.name || "unnamed"} and ${b.session.name || "unnamed"}`,
        }),
        h("span", { class: "muted", text: "two runs compared" }),
        h("span", { class: "grow" }),
        link(swap, { class: "button" }, icon("compare"), "Swap"),
      ),
      h(
        "table",
        { class: "versus" },
        h("caption", { class: "spoken", text: "Totals of both" }),
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            h("td", {}),
            MEASURES.map(([word]) => h("th", { scope: "col", class: "is-number", text: word })),
          ),
        ),
        h(
          "tbody",
          {},
          h("tr", {}, who("A", a.session, ids[0]), cells(a, "A")),
          h("tr", {}, who("B", b.session, ids[1]), cells(b, "B")),
          h("tr", { class: "versus-change" }, h("th", { scope: "row", text: "Change" }), changes),
        ),
      ),
    );
  }

  #table(pairs) {
    const heads = [
      ["Path", ""],
      ["When (A above B)", ""],
      ["Requests", "is-number"],
      ["p50", "is-number"],
      ["Total time", "is-number"],
      ["Tokens", "is-number"],
      ["Cost", "is-number"],
      ["Errors", "is-number"],
    ];
    return h(
      "table",
      { class: "compare-table" },
      h("caption", { class: "spoken", text: "Each path, the first session above the second" }),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          heads.map(([word, kind]) => h("th", { scope: "col", class: kind, text: word })),
        ),
      ),
      h(
        "tbody",
        {},
        pairs.map((pair, place) => this.#pair(pair, place)),
      ),
    );
  }

  #pair({ path, a, b }, place) {
    const swatch = h("span", { class: "swatch" });
    this.strips[place].swatch = swatch;
    const only = !a || !b ? h("span", { class: "only", text: a ? "only in A" : "only in B" }) : null;
    const cell = (word, value, unit) =>
      h(
        "td",
        { class: "is-number pair-cell", data: { word } },
        h("span", { text: isKnown(value(a)) ? unit(value(a)) : "–" }),
        h("span", { text: isKnown(value(b)) ? unit(value(b)) : "–" }),
        delta(value(a), value(b), unit),
      );
    return h(
      "tr",
      { class: only ? "is-only" : "" },
      h("th", { scope: "row" }, h("span", { class: "pair-path" }, swatch, h("span", { text: path })), only),
      h("td", { class: "when-cell" }, this.strips[place].canvas),
      cell("Requests", (one) => one?.requests ?? 0, whole),
      cell("p50", (one) => one?.percentile(0.5), duration),
      cell("Total time", (one) => one?.timeSpent, duration),
      cell("Tokens", (one) => one?.tokens, compact),
      cell("Cost", (one) => one?.cost, cost),
      cell("Errors", (one) => one?.errors ?? 0, whole),
    );
  }

  #strips() {
    if (!this.strips) return;
    const ground = getComputedStyle(this.element).getPropertyValue("--line");
    for (const { path, canvas, swatch } of this.strips) {
      const colour = this.palette.colour(path, isDark());
      paint(swatch, { "--colour": colour });
      drawWhen(
        canvas,
        path,
        this.both.map(({ spans }) => spans),
        colour,
        ground,
      );
    }
  }
}

function who(letter, session, id) {
  return h(
    "th",
    { scope: "row" },
    h(
      "span",
      { class: "versus-who" },
      h("span", { class: "letter", text: letter }),
      link(sessionHref(session.id), { class: "mono", title: session.id }, ...idPieces(id)),
      h("span", { class: "second", text: moment(session.started) }),
    ),
  );
}

/** How much more or less, in words and sign, not in colour alone. */
function delta(a, b, unit) {
  const found = difference(a, b);
  if (!found) return h("span", { class: "delta faint", text: "" });
  if (Math.abs(found.by) < 1e-9) return h("span", { class: "delta", title: "the same in both", text: "" });
  const sign = found.by > 0 ? "+" : "−";
  const size =
    found.part === null
      ? unit(Math.abs(found.by))
      : found.part > 9
        ? `${whole(Math.round(found.part))}×`
        : percent(Math.abs(found.part));
  const seen = unit(a) !== unit(b); // 0.11 and 0.14 ms are both 0.1 ms
  const notable = seen && (found.part === null || Math.abs(found.part) >= NOTABLE);
  return h("span", {
    class: `delta is-${found.by > 0 ? "more" : "less"}${notable ? " is-notable" : ""}`,
    title: `${sign}${unit(Math.abs(found.by))}`,
    text: `${sign}${size}`,
  });
}
