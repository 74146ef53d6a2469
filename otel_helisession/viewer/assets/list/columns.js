/**
 * The columns of the list of sessions: how they are headed, sorted by and filled.
 */

import { h, link, spoken } from "../parts/dom.js";
import {
  ago,
  clock,
  compact,
  cost,
  counted,
  duration,
  isKnown,
  moment,
  shortId,
  whole,
} from "../parts/format.js";
import { icon } from "../parts/icons.js";
import { kindCounts } from "../parts/kinds.js";
import { sessionHref } from "../shell/router.js";

/**
 * A column is headed by one or two words, each of which sorts.
 *
 * @typedef {{name: string, sorts: [string, string][], cell: (session: object) => (Node | string)[], number?: boolean}} Column
 * @type {Column[]}
 */
export const COLUMNS = [
  { name: "session", sorts: [["name", "Session"]], cell: session },
  {
    name: "started",
    sorts: [
      ["started", "Started"],
      ["last_activity", "last activity"],
    ],
    cell: times,
  },
  {
    name: "duration",
    sorts: [["duration", "Duration"]],
    cell: ({ duration_ms }) => [duration(duration_ms)],
    number: true,
  },
  { name: "requests", sorts: [["requests", "Requests"]], cell: ({ requests }) => [kindCounts(requests)] },
  { name: "tokens", sorts: [["tokens", "Tokens"]], cell: ({ tokens }) => tokenLines(tokens), number: true },
  { name: "cost", sorts: [["cost", "Cost"]], cell: (one) => [sessionCost(one)], number: true },
  { name: "errors", sorts: [["errors", "Errors"]], cell: ({ errors }) => [errorCount(errors)], number: true },
  {
    name: "latency",
    sorts: [
      ["mean", "Mean"],
      ["p95", "p95"],
    ],
    cell: latency,
    number: true,
  },
  {
    name: "user",
    sorts: [["user", "User"]],
    cell: ({ user_id }) => [user_id ?? h("span", { class: "faint", text: "–" })],
  },
];

function session(one) {
  const name = one.name || "unnamed";
  return [
    link(sessionHref(one.id), {
      class: `row-link${one.name ? "" : " is-unnamed"}`,
      tabindex: -1,
      title: one.name || "This session has no name",
      text: name,
    }),
    h("span", { class: "second mono", title: one.id, text: shortId(one.id) }),
  ];
}

function times({ started, last_activity }) {
  return [
    h("time", { datetime: started, title: moment(started), text: clock(started) }),
    h("time", {
      class: "second",
      datetime: last_activity,
      title: `Last activity ${moment(last_activity)}`,
      text: ago(last_activity),
    }),
  ];
}

function latency({ latency_ms: { mean, p95 } }) {
  if (!isKnown(mean)) return [h("span", { class: "faint", text: "–" })];
  return [
    h("span", { text: duration(mean) }),
    h("span", { class: "second" }, duration(p95), spoken(" 95th percentile")),
  ];
}

/** Tokens as a total, with what of them was cached or spent on reasoning below. */
function tokenLines(tokens) {
  if (!isKnown(tokens.total))
    return [h("span", { class: "faint", text: "–", title: "No request said its tokens" })];
  const parts = [];
  if (tokens.cache_read) parts.push(`${compact(tokens.cache_read)} cached`);
  if (tokens.reasoning) parts.push(`${compact(tokens.reasoning)} reasoning`);
  const title = `${whole(tokens.input)} in, ${whole(tokens.output)} out`;
  return [
    h("span", { title, text: compact(tokens.total) }),
    h("span", {
      class: "second",
      title,
      text: parts.join(" · ") || `${compact(tokens.input)} → ${compact(tokens.output)}`,
    }),
  ];
}

/** What a session cost, and whether that is all. @param {object} one a session document */
export function sessionCost(one) {
  const missing = one.requests_without_cost ?? 0;
  if (!isKnown(one.cost_usd)) {
    const asked = missing || one.requests?.llm;
    return asked
      ? h("span", {
          class: "unknown",
          text: "unknown",
          title: "No request said its cost, and no price is known for its model",
        })
      : h("span", { class: "faint", text: "–", title: "Nothing here has a cost" });
  }
  if (!missing) return h("span", { text: cost(one.cost_usd) });
  return h(
    "span",
    { title: `At least: ${counted(missing, "request")} without a known cost` },
    h("span", { class: "faint", text: "≥ " }),
    cost(one.cost_usd),
  );
}

/** @param {number} errors */
function errorCount(errors) {
  if (!errors) return h("span", { class: "faint" }, "–", spoken(" none"));
  return h("span", { class: "error-count" }, icon("error"), whole(errors));
}
