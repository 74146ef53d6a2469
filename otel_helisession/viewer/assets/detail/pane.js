/**
 * DetailPane: one span, whole, beside the views.
 */

import { copyButton } from "../parts/copy.js";
import { h, put } from "../parts/dom.js";
import { cost, duration, isKnown, moment, whole } from "../parts/format.js";
import { icon } from "../parts/icons.js";
import { kindTag } from "../parts/kinds.js";
import { outsideEntries } from "../session/actions.js";
import { errorTitle, statusWord } from "../session/tree_row.js";
import { chat } from "./chat.js";
import { dataSections, toolSections, vectorSections } from "./operations.js";
import { rawSections } from "./raw.js";
import { resizer } from "./resizer.js";
import { pairs } from "./section.js";
import { unread } from "./unread.js";

export class DetailPane {
  /** @param {import("../shell/app.js").App} app @param {string} id the session's @param {() => void} close */
  constructor(app, id, close) {
    Object.assign(this, { app, id, close });
    this.body = h("div", { class: "detail-body", tabindex: -1 });
    this.element = h("aside", { class: "detail", "aria-label": "Span", hidden: true }, resizer(), this.body);
    this.shown = "";
    this.name = "";
  }

  end() {
    this.stop?.abort();
  }

  /** The session was read anew: what is shown may have more to say. @param {string} name the session's */
  renew(name) {
    this.name = name;
    this.shown = "";
  }

  /** @param {import("../session/spans.js").Spans} spans @param {number} span -1 for none */
  show(spans, span) {
    this.element.hidden = span < 0;
    const key = span < 0 ? "" : spans.key(span);
    if (key === this.shown) return;
    const again = key === this.lastKey;
    this.lastKey = key;
    this.shown = key;
    this.stop?.abort();
    if (span < 0) return;
    this.stop = new AbortController();
    const head = this.#head(spans, span);
    const rest = h(
      "div",
      { class: "detail-rest", "aria-busy": "true" },
      again ? [...(this.rest?.childNodes ?? [])] : "",
    );
    this.rest = rest;
    put(this.body, head, rest);
    if (!again) requestAnimationFrame(() => (this.body.scrollTop = 0)); // not now: it would lay all out twice
    this.#fetch(spans, span, rest, this.stop.signal);
  }

  async #fetch(spans, span, rest, signal) {
    try {
      const said = await this.app.source.span(
        this.id,
        spans.get(span, "trace_id"),
        spans.get(span, "span_id"),
        signal,
      );
      if (signal.aborted) return;
      put(rest, this.#sections(said));
    } catch (error) {
      if (signal.aborted) return;
      put(rest, h("p", { class: "muted detail-problem", role: "alert", text: error.message }));
    }
    rest.removeAttribute("aria-busy");
  }

  #head(spans, span) {
    const values = {
      session_id: this.id,
      session_name: this.name,
      trace_id: spans.get(span, "trace_id"),
      span_id: spans.get(span, "span_id"),
    };
    const fault = spans.fault[span];
    const outside = outsideEntries(this.app.about, values);
    return h(
      "header",
      { class: "detail-head" },
      h(
        "div",
        { class: "detail-line" },
        kindTag(spans.get(span, "kind")),
        fault ? h("span", { class: `status status-${fault}`, text: statusWord(spans, span) }) : null,
        h("span", { class: "grow" }),
        outside.map(({ label, href }) =>
          h(
            "a",
            {
              class: "quiet outside",
              href,
              target: "_blank",
              rel: "noopener noreferrer",
              title: `Open this span in ${label}`,
            },
            label,
            icon("out"),
          ),
        ),
        h(
          "button",
          {
            type: "button",
            class: "quiet only-icon",
            "aria-label": "Close",
            title: "Close (Esc)",
            on: { click: () => this.close() },
          },
          icon("close"),
        ),
      ),
      h("h2", { text: spans.title(span) }),
      h("p", { class: "detail-path mono", text: spans.paths[spans.path[span]] }),
      fault ? failure(spans, span) : null,
      h("dl", { class: "detail-figures" }, figures(spans, span)),
    );
  }

  #sections(said) {
    const { messages, tool, vector, data } = said;
    const content = [
      messages && chat(messages),
      tool && toolSections(tool),
      vector && vectorSections(vector),
      data && dataSections(data),
    ]
      .flat()
      .filter(Boolean);
    const nothing =
      !content.length &&
      said.kind !== "structure" &&
      !said.unread?.length &&
      h("p", {
        class: "muted no-content",
        text: "The span says neither what went in nor what came out. Libraries record messages only when they are asked to.",
      });
    return [more(said), unread(said), ...content, nothing, ...rawSections(said), ids(said)].filter(Boolean);
  }
}

function failure(spans, span) {
  const type = spans.get(span, "error_type");
  const message = spans.get(span, "error_message");
  const http = spans.get(span, "http_status");
  if (!type && !message && !http) return null;
  return h(
    "div",
    { class: "failure" },
    h("b", { text: errorTitle(spans, span) }),
    message && h("p", { text: withoutType(message, type) }),
  );
}

/** *message* without its own type in front: `TimeoutError: too late` stands below `TimeoutError`. */
function withoutType(message, type) {
  if (!type) return message;
  const short = type.split(".").pop();
  const front = [type, short].find((one) => message.startsWith(`${one}: `));
  return front ? message.slice(front.length + 2) : message;
}

function figures(spans, span) {
  const input = spans.get(span, "input_tokens");
  const output = spans.get(span, "output_tokens");
  const waited = spans.get(span, "ttft_ms");
  const price = spans.get(span, "cost_usd");
  const isLlm = spans.get(span, "kind") === "llm";
  const all = [
    ["Duration", duration(spans.millis(span)), `at ${duration(spans.start[span])}`],
    isKnown(waited) && ["First token", duration(waited), "after the start"],
    (isKnown(input) || isKnown(output)) && [
      "Tokens",
      `${whole(input)} → ${whole(output)}`,
      tokenParts(spans, span),
    ],
    isKnown(price)
      ? ["Cost", cost(price), spans.isRequest(span) ? "" : "counted elsewhere"]
      : isLlm && ["Cost", h("span", { class: "unknown", text: "unknown" }), ""],
  ];
  return all
    .filter(Boolean)
    .map(([word, value, below]) =>
      h(
        "div",
        {},
        h("dt", { text: word }),
        h("dd", {}, value, below && h("span", { class: "figure-below", text: below })),
      ),
    );
}

function tokenParts(spans, span) {
  const cached = spans.get(span, "cache_read_tokens");
  const reasoning = spans.get(span, "reasoning_tokens");
  return [cached && `${whole(cached)} cached`, reasoning && `${whole(reasoning)} reasoning`]
    .filter(Boolean)
    .join(" · ");
}

function more(said) {
  const facts = pairs([
    ["Provider", said.vector?.database ? null : said.provider],
    ["Operation", said.vector?.operation ? null : said.operation],
    ["Finished", said.finish_reasons?.join(", ")],
    ["Service tier", said.service_tier],
    ["Started", said.started && moment(said.started)],
  ]);
  return facts;
}

function ids(said) {
  const id = (name, value) =>
    value && [
      name,
      h("span", { class: "id" }, h("span", { class: "mono", text: value }), copyButton(value, name)),
    ];
  return h(
    "footer",
    { class: "detail-ids" },
    pairs(
      [
        id("Trace", said.trace_id),
        id("Span", said.span_id),
        id("Parent", said.parent_span_id),
        id("Response", said.response_id),
      ].filter(Boolean),
    ),
  );
}
