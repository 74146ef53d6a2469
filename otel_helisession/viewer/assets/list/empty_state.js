/**
 * What stands where there are no sessions: how they come here.
 */

import { h, put } from "../parts/dom.js";
import { copyButton } from "../parts/copy.js";

/** @param {string | null} text what was searched for @param {{filtered: boolean, clear: () => void}} said */
export function nothingFound(text, { filtered, clear }) {
  return h(
    "section",
    { class: "empty empty-found" },
    h("h2", { text: "No sessions found" }),
    h(
      "p",
      { class: "muted" },
      text
        ? [
            "No session has “",
            h("b", { text: text.replace(/^"(.*)"$/, "$1") }),
            `” in its id, name, path, properties or messages${filtered ? ", within these filters" : ""}.`,
          ]
        : "No session is within these filters.",
    ),
    h("button", { type: "button", class: "button", text: "Show all sessions", on: { click: clear } }),
  );
}

/** @param {import("../shell/app.js").App} app */
export function emptyState(app) {
  const ways = h("div", { class: "ways" });
  const store = h("p", { class: "muted empty-store" });
  const show = (about) => {
    put(ways, about?.only_read ? onlyRead() : waysIn(about?.receivers ?? {}).map(way));
    put(
      store,
      about?.store
        ? ["This page reads ", h("code", { text: about.store }), " and shows what comes, by itself."]
        : "",
    );
  };
  show(app.about);
  app.aboutKnown.then(show);
  return h(
    "section",
    { class: "empty" },
    h("h2", { text: "No sessions yet" }),
    h("p", {
      class: "empty-lead",
      text: "A session is one run of an agent: its model calls, tools and searches, as one tree. How to see yours here:",
    }),
    ways,
    h(
      "p",
      { class: "muted" },
      "Or look at one first: ",
      command("helisession demo"),
      " runs an agent on this machine, without a key.",
    ),
    store,
  );
}

function onlyRead() {
  return way({
    title: "Another store",
    text: "This one can only be read, so nothing is received here.",
    code: "helisession view --store FILE",
  });
}

function waysIn(receivers) {
  const { otlp_http: http, otlp_grpc: grpc, helicone } = receivers;
  const ways = [
    {
      title: "A Python program",
      text: "Run it as it is. OpenAI, Anthropic, LangChain and the others are seen by themselves.",
      code: "helisession run -- python app.py",
    },
    {
      title: "Any language, over OpenTelemetry",
      text: http && grpc ? `Send OTLP here, over HTTP, or over gRPC to ${grpc}.` : "Send OTLP here.",
      code: (http ?? grpc) && `export OTEL_EXPORTER_OTLP_ENDPOINT=${http ?? grpc}`,
    },
    {
      title: "What logs to Helicone",
      text: `Point an existing Helicone logger at this address. helicone-helpers, in Python, adds the path itself: its logging_endpoint is ${http}.`,
      code: helicone,
    },
  ];
  return ways.filter(({ code }) => code); // what does not listen is no way in
}

function way({ title, text, code }, index = -1) {
  return h(
    "article",
    { class: "way" },
    index >= 0 && h("span", { class: "way-number", "aria-hidden": "true", text: index + 1 }),
    h("h3", { text: title }),
    h("p", { class: "muted", text }),
    command(code),
  );
}

function command(text) {
  return h("span", { class: "command" }, h("code", { text }), copyButton(text, "command"));
}
