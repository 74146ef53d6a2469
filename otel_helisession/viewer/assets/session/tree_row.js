/**
 * A row of a tree: what it is, when it ran, what it took.
 */

import { h, paint, put, spoken } from "../parts/dom.js";
import { compact, cost, counted, duration, isKnown, whole } from "../parts/format.js";
import { icon } from "../parts/icons.js";
import { kindTag, kindWord } from "../parts/kinds.js";

/** An empty row. */
export function makeRow() {
  const fold = h(
    "button",
    { type: "button", class: "fold quiet", tabindex: -1, "aria-hidden": "true" },
    icon("right"),
  );
  const name = h(
    "span",
    { class: "tree-name", role: "gridcell" },
    h("span", { class: "tree-indent" }),
    fold,
    h("span", { class: "swatch" }),
    h("span", { class: "tree-words" }),
  );
  const bar = h(
    "span",
    { class: "tree-bar", role: "gridcell" },
    h("span", { class: "bar" }),
    h("span", { class: "bar-critical" }),
    h("span", { class: "bar-tick" }),
    h("span", { class: "bar-fault" }),
  );
  const figures = ["duration", "tokens", "cost"].map((one) =>
    h("span", { class: `tree-${one} is-number`, role: "gridcell" }),
  );
  return h("div", { class: "tree-row", role: "row" }, name, bar, figures);
}

/**
 * Fill *row* with *node*.
 *
 * @param {HTMLElement} row @param {import("./trees.js").TreeNode} node
 * @param {{spans: object, open: boolean, colour: string, critical: Float64Array | null}} said
 */
export function showRow(row, node, { spans, open, colour, critical }) {
  const [name, bar, took, tokens, price] = row.children;
  const isFolder = node.span < 0;
  const hasChildren = node.size > 1;
  row.classList.toggle("is-folder", isFolder);
  row.setAttribute("aria-level", String(node.depth + 1));
  if (hasChildren) row.setAttribute("aria-expanded", String(open));
  else row.removeAttribute("aria-expanded");
  const [indent, fold, swatch, words] = name.children;
  paint(indent, { "--depth": node.depth });
  paint(row, { "--colour": colour });
  fold.classList.toggle("is-open", open);
  fold.classList.toggle("is-leaf", !hasChildren);
  swatch.hidden = !isFolder;
  put(words, isFolder ? folderWords(node) : spanWords(spans, node.span));
  const facts = isFolder ? node.totals : spanFacts(spans, node.span);
  showBar(bar, node, spans, facts, critical);
  const millis = isFolder ? facts.busy : facts.last - facts.first;
  put(took, duration(millis));
  put(tokens, tokenText(facts));
  put(
    price,
    isKnown(facts.cost)
      ? cost(facts.cost)
      : facts.unpriced
        ? h("span", { class: "unknown", text: "unknown" })
        : "",
  );
}

function folderWords({ label, path, totals }) {
  const count = totals.requests;
  return [
    h(
      "span",
      { class: "tree-what" },
      h("span", { class: "folder-name", title: path, text: label ? `/${label}` : "/" }),
      totals.errors
        ? h(
            "span",
            { class: "error-count" },
            icon("error"),
            whole(totals.errors),
            spoken(totals.errors === 1 ? " error" : " errors"),
          )
        : null,
    ),
    h("span", { class: "tree-by", text: counted(count, "request") }),
  ];
}

function spanWords(spans, span) {
  const kind = spans.get(span, "kind");
  const fault = spans.fault[span];
  const title = spans.title(span);
  const name = spans.get(span, "name");
  return [
    h(
      "span",
      { class: "tree-what" },
      kindTag(kind),
      h("span", { class: "span-name", title: name === title ? title : `${title} (${name})`, text: title }),
      fault
        ? h("span", {
            class: `status status-${fault}`,
            title: errorTitle(spans, span),
            text: statusWord(spans, span),
          })
        : null,
    ),
    h("span", { class: "tree-by", text: kind === "structure" ? "" : spans.byline(span) }),
  ];
}

/** What a failed span is marked with: its HTTP status, or its error. */
export function statusWord(spans, span) {
  const http = spans.get(span, "http_status");
  if (http >= 400) return String(http);
  const type = spans.get(span, "error_type") ?? "";
  return type.split(".").pop() || "error";
}

/** The whole of what that mark is a part of: `429 openai.RateLimitError`. An error's type may be its HTTP status. */
export function errorTitle(spans, span) {
  const said = [spans.get(span, "http_status"), spans.get(span, "error_type")].filter(Boolean).map(String);
  return [...new Set(said)].join(" ") || "Error";
}

function spanFacts(spans, span) {
  const is = spans.isRequest(span);
  return {
    first: spans.start[span],
    last: spans.end[span],
    input: spans.get(span, "input_tokens"),
    output: spans.get(span, "output_tokens"),
    cost: is ? spans.get(span, "cost_usd") : null,
    unpriced: is && spans.get(span, "kind") === "llm" && !isKnown(spans.get(span, "cost_usd")) ? 1 : 0,
  };
}

function tokenText({ input, output }) {
  if (!isKnown(input) && !isKnown(output)) return "";
  return [
    h("span", { text: compact(input) }),
    h("span", { class: "faint", text: " → " }),
    h("span", { text: compact(output) }),
  ];
}

function showBar(cell, node, spans, facts, critical) {
  const [bar, onPath, tick, fault] = cell.children;
  const all = spans.total || 1;
  const left = (facts.first / all) * 100;
  const width = ((facts.last - facts.first) / all) * 100;
  bar.classList.toggle("bar-extent", node.span < 0);
  bar.classList.toggle("bar-step", node.span >= 0 && spans.get(node.span, "kind") === "structure");
  paint(bar, { left: `${left}%`, width: `${width}%` });
  const waited = node.span >= 0 ? spans.get(node.span, "ttft_ms") : null;
  tick.hidden = !isKnown(waited);
  if (isKnown(waited)) {
    paint(tick, { left: `${((facts.first + waited) / all) * 100}%` });
    tick.title = `First token after ${duration(waited)}`;
  }
  bar.classList.toggle("has-tick", isKnown(waited));
  if (isKnown(waited))
    paint(bar, { "--waited": `${Math.min(100, (waited / Math.max(1e-9, facts.last - facts.first)) * 100)}%` });
  const part = critical && node.span >= 0 ? critical[node.span] : 0;
  onPath.hidden = !part;
  if (part) paint(onPath, { left: `${left}%`, width: `${width}%` });
  fault.hidden = node.span < 0 || !spans.fault[node.span];
  if (!fault.hidden) paint(fault, { left: `${left + width}%` });
}

/** What a screen reader says of a row. */
export function rowLabel(node, spans) {
  if (node.span < 0)
    return `${node.path}, ${counted(node.totals.requests, "request")}, ${duration(node.totals.busy)}`;
  const { span } = node;
  const failed = spans.fault[span] ? `, failed: ${statusWord(spans, span)}` : "";
  return `${kindWord(spans.get(span, "kind"))} ${spans.title(span)}, ${duration(spans.millis(span))}${failed}`;
}
