/**
 * What a span said, as it said it: attributes, events, links, and who understood what.
 */

import { copyButton } from "../parts/copy.js";
import { h, put } from "../parts/dom.js";
import { duration } from "../parts/format.js";
import { jsonBlock, jsonText } from "../parts/json_view.js";
import { pairs, section } from "./section.js";

const SHORT = 160;

/** @param {object} said a span document */
export function rawSections(said) {
  const attributes = Object.entries(said.attributes ?? {});
  const resource = Object.entries(said.resource ?? {});
  const provenance = Object.entries(said.provenance ?? {});
  return [
    Object.keys(said.parameters ?? {}).length > 0 &&
      section("Parameters", { open: false }, table(Object.entries(said.parameters))),
    said.events?.length > 0 &&
      section(
        "Events",
        { count: said.events.length, open: false },
        said.events.map((one) => event(one, said)),
      ),
    said.links?.length > 0 &&
      section(
        "Links",
        { count: said.links.length, open: false },
        said.links.map((one) => jsonBlock(one, "link")),
      ),
    attributes.length > 0 &&
      section("Attributes", { count: attributes.length, open: false }, attributeList(attributes)),
    section(
      "Read as",
      { open: false },
      pairs([
        ["Convention", said.convention],
        ["Span kind", said.span_kind],
        ["Scope", said.scope?.name && [said.scope.name, said.scope.version].filter(Boolean).join(" ")],
        ["Span", h("span", { class: "mono", text: said.name })],
      ]),
      provenance.length > 0 && [
        h("p", { class: "muted", text: "Said by another convention:" }),
        table(provenance),
      ],
    ),
    resource.length > 0 && section("Resource", { count: resource.length, open: false }, table(resource)),
  ];
}

/** Attributes by name, which can be filtered when there are many. */
function attributeList(entries) {
  const sorted = [...entries].sort(([a], [b]) => a.localeCompare(b));
  const list = h("div", {}, table(sorted));
  if (sorted.length < 12) return list;
  const input = h("input", {
    type: "search",
    class: "filter-attributes",
    placeholder: "Filter attributes",
    "aria-label": "Filter attributes",
  });
  input.addEventListener("input", () => {
    const text = input.value.toLowerCase();
    put(
      list,
      table(
        sorted.filter(([name, value]) =>
          `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`.toLowerCase().includes(text),
        ),
      ),
    );
  });
  return [input, list];
}

function table(entries) {
  return h(
    "dl",
    { class: "attributes" },
    entries.map(([name, value]) =>
      h("div", { class: "attribute" }, h("dt", {}, name), h("dd", {}, attributeValue(name, value))),
    ),
  );
}

function attributeValue(name, value) {
  const text = jsonText(value);
  if (text.length > SHORT || text.includes("\n"))
    return h(
      "details",
      { class: "long-value" },
      h("summary", { text: `${(typeof value === "string" ? value : JSON.stringify(value)).slice(0, 90)}…` }),
      jsonBlock(value, name),
    );
  return [h("span", { class: `value-${typeof value}`, text }), copyButton(text, name)];
}

function event({ name, time_unix_nano: time, attributes }, { start_unix_nano: start }) {
  const after = time && start ? Number(BigInt(time) - BigInt(start)) / 1e6 : null;
  return h(
    "div",
    { class: "event" },
    h(
      "div",
      { class: "event-head" },
      h("b", { text: name }),
      after !== null && h("span", { class: "muted", text: `after ${duration(after)}` }),
    ),
    table(Object.entries(attributes ?? {})),
  );
}
