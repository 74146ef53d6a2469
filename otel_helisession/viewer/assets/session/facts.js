/**
 * The head of a session's page: what it is, and its figures.
 */

import { sessionCost } from "../list/columns.js";
import { copyButton } from "../parts/copy.js";
import { h, link } from "../parts/dom.js";
import { UNKNOWN, compact, counted, duration, isKnown, moment, percent, whole } from "../parts/format.js";
import { icon } from "../parts/icons.js";
import { kindCounts } from "../parts/kinds.js";

/**
 * @param {object} session its document @param {{isServer: boolean, actions: Node[], begins: string}} said
 *     *begins*: the name of its first span, by which a session without a name is known
 */
export function facts(session, { isServer, actions, begins }) {
  const name = session.name || "unnamed";
  const list = session.name ? `/?${new URLSearchParams({ name: session.name })}` : "/?unnamed=1";
  return h(
    "header",
    { class: "session-head" },
    h(
      "div",
      { class: "session-title" },
      h(
        "h1",
        { class: session.name ? "" : "is-unnamed" },
        isServer ? link(list, { title: "All sessions of this name", text: name }) : name,
        !session.name && begins
          ? h("span", { class: "begins", title: "The name of its first span", text: ` (${begins})` })
          : "",
      ),
      h(
        "span",
        { class: "session-id mono" },
        h("span", { class: "session-id-text", title: session.id, text: session.id }),
        copyButton(session.id, "session id"),
      ),
      h("span", { class: "grow" }),
      h("div", { class: "actions" }, actions),
    ),
    h("p", { class: "session-about" }, about(session)),
    h("dl", { class: "figures" }, figures(session)),
  );
}

function about(session) {
  const parts = [h("span", {}, h("time", { datetime: session.started, text: moment(session.started) }))];
  if (session.user_id) parts.push(h("span", {}, "for ", h("b", { text: session.user_id })));
  if (session.models?.length) parts.push(h("span", { class: "models", text: session.models.join(", ") }));
  const properties = Object.entries(session.properties ?? {}).map(([key, value]) =>
    h(
      "span",
      { class: "property" },
      h("span", { class: "property-key", text: key }),
      h("span", { text: value }),
    ),
  );
  return [...parts, ...properties];
}

function figures(session) {
  const { tokens, latency_ms: latency } = session;
  const requests = Object.values(session.requests).reduce((all, one) => all + one, 0);
  const small = [
    tokens.cache_read ? `${compact(tokens.cache_read)} cached` : "",
    tokens.reasoning ? `${compact(tokens.reasoning)} reasoning` : "",
  ].filter(Boolean);
  return [
    figure("Duration", duration(session.duration_ms), counted(session.spans, "span")),
    figure("Requests", whole(requests), kindCounts(session.requests)),
    figure(
      "Tokens",
      isKnown(tokens.total) ? compact(tokens.total) : session.requests.llm ? unknown() : UNKNOWN,
      isKnown(tokens.total)
        ? [
            `${compact(tokens.input)} in → ${compact(tokens.output)} out`,
            small.length ? ` · ${small.join(" · ")}` : "",
          ]
        : session.requests.llm
          ? "no request said them"
          : "no model was called",
    ),
    figure(
      "Cost",
      sessionCost(session),
      session.requests_without_cost
        ? `${counted(session.requests_without_cost, "request")} unpriced`
        : session.requests.llm || isKnown(session.cost_usd)
          ? "all requests"
          : "no model was called",
    ),
    figure(
      "Errors",
      errors(session.errors),
      requests ? `${percent(session.errors / requests)} of requests` : "",
    ),
    figure(
      "Latency",
      isKnown(latency.mean) ? duration(latency.mean) : "–",
      isKnown(latency.p95) ? `mean · p95 ${duration(latency.p95)}` : "no requests",
    ),
  ];
}

function figure(word, value, below) {
  return h(
    "div",
    { class: "figure" },
    h("dt", { text: word }),
    h("dd", {}, h("span", { class: "figure-value" }, value), h("span", { class: "figure-below" }, below)),
  );
}

function unknown() {
  return h("span", { class: "unknown", text: "unknown" });
}

function errors(count) {
  return count ? h("span", { class: "error-count" }, icon("error"), whole(count)) : "0";
}
