/**
 * The filters of the list: a form to add them, and chips for those that hold. The URL has them all.
 */

import { h } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { REQUEST_KINDS, kindWord } from "../parts/kinds.js";
import { duration } from "../parts/format.js";
import { Choices } from "./choices.js";

const SPANS_OF_TIME = {
  "1h": ["the last hour", 3600e3],
  "24h": ["the last 24 hours", 86400e3],
  "7d": ["the last 7 days", 7 * 86400e3],
};

/** How each filter reads as a chip. @type {Record<string, (value: string) => string>} */
const CHIPS = {
  name: (value) => `name is ${value}`,
  unnamed: () => "unnamed",
  user: (value) => `user is ${value}`,
  kind: (value) => `with ${kindWord(value)} calls`,
  model: (value) => `model is ${value}`,
  errors: () => "with errors",
  min_cost: (value) => `cost from $${value}`,
  max_cost: (value) => `cost up to $${value}`,
  min_ms: (value) => `from ${duration(Number(value))}`,
  max_ms: (value) => `up to ${duration(Number(value))}`,
  since: (value) => (SPANS_OF_TIME[value] ? `in ${SPANS_OF_TIME[value][0]}` : `since ${value}`),
  until: (value) => `until ${value}`,
};

export const FILTERS = Object.keys(CHIPS);

/** The question to the server for what stands in the URL. @param {URLSearchParams} query */
export function question(query) {
  const asked = new URLSearchParams();
  for (const name of ["q", "sort", "order", ...FILTERS]) {
    const value = query.get(name);
    if (value) asked.set(name, value);
  }
  const span = SPANS_OF_TIME[asked.get("since") ?? ""];
  if (span) asked.set("since", new Date(Date.now() - span[1]).toISOString());
  return asked;
}

/** @param {URLSearchParams} query @param {(changes: Record<string, null>) => void} change */
export function chips(query, change) {
  const held = FILTERS.filter((name) => query.get(name));
  return h(
    "ul",
    { class: "chips", "aria-label": "Filters that hold", hidden: !held.length },
    held.map((name) => {
      const text = CHIPS[name](query.get(name));
      return h(
        "li",
        {},
        h(
          "button",
          {
            type: "button",
            class: "chip",
            "aria-label": `Remove filter: ${text}`,
            on: { click: () => change({ [name]: null }) },
          },
          h("span", { text }),
          icon("close"),
        ),
      );
    }),
    held.length > 1 &&
      h(
        "li",
        {},
        h("button", {
          type: "button",
          class: "chip chip-clear",
          text: "Clear all",
          on: { click: () => change(Object.fromEntries(held.map((name) => [name, null]))) },
        }),
      ),
  );
}

/**
 * The form behind the button "Filter".
 *
 * @param {() => URLSearchParams} current @param {(changes: Record<string, string | null>) => void} change
 * @param {() => Promise<Record<string, string[]>>} known what there is to choose from
 */
export function filterForm(current, change, known) {
  const choices = new Choices(known);
  const form = /** @type {HTMLFormElement} */ (
    h(
      "form",
      { class: "filter-form", "aria-label": "Filters" },
      choices.element,
      field("Name", choices.input("name", "names")),
      field("User", choices.input("user", "users")),
      field("Model", choices.input("model", "models")),
      field(
        "With calls of",
        select("kind", [["", "any kind"], ...REQUEST_KINDS.map((kind) => [kind, kindWord(kind)])]),
      ),
      field(
        "Started in",
        select("since", [
          ["", "any time"],
          ...Object.entries(SPANS_OF_TIME).map(([key, [word]]) => [key, word]),
        ]),
      ),
      pair("Cost, $", "min_cost", "max_cost"),
      pair("Duration, ms", "min_ms", "max_ms"),
      h("div", { class: "checks" }, check("errors", "with errors"), check("unnamed", "without a name")),
      h(
        "div",
        { class: "filter-ways" },
        h("button", { type: "submit", class: "button button-main", text: "Apply" }),
      ),
    )
  );
  const box = h(
    "details",
    { class: "filter" },
    h("summary", { class: "button" }, icon("filter"), h("span", { text: "Filter" })),
    form,
  );
  box.addEventListener("toggle", () => {
    if (!box.open) return;
    set(form, current());
    form.querySelector("input")?.focus();
    choices.renew();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    box.open = false;
    change(values(form));
  });
  box.addEventListener("keydown", (event) => event.key === "Escape" && close(box));
  addEventListener("pointerdown", (event) => box.open && !box.contains(event.target) && (box.open = false));
  return box;
}

function close(box) {
  box.open = false;
  box.querySelector("summary")?.focus();
}

function set(form, query) {
  for (const input of form.elements) {
    if (input.type === "checkbox") input.checked = query.get(input.name) === "1";
    else if (input.name) input.value = query.get(input.name) ?? "";
  }
}

function values(form) {
  const said = {};
  for (const input of form.elements) {
    if (!input.name) continue;
    said[input.name] = input.type === "checkbox" ? (input.checked ? "1" : null) : input.value.trim() || null;
  }
  return said;
}

function field(label, input) {
  return h("label", { class: "field" }, h("span", { text: label }), input);
}

function select(name, options) {
  return h(
    "select",
    { name },
    options.map(([value, text]) => h("option", { value, text })),
  );
}

function pair(label, low, high) {
  const number = (name, hint) =>
    h("input", {
      name,
      type: "number",
      min: 0,
      step: "any",
      placeholder: hint,
      "aria-label": `${label} ${hint}`,
    });
  return h(
    "div",
    { class: "field" },
    h("span", { text: label }),
    h("span", { class: "pair" }, number(low, "from"), number(high, "to")),
  );
}

function check(name, label) {
  return h("label", { class: "check" }, h("input", { name, type: "checkbox" }), label);
}
