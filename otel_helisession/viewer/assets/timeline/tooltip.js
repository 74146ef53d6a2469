/**
 * What stands beside the pointer: the time it is at, and the span it is on.
 */

import { h, paint, put } from "../parts/dom.js";
import { axisTime, compact, cost, duration, isKnown } from "../parts/format.js";
import { kindTag } from "../parts/kinds.js";
import { statusWord } from "../session/tree_row.js";
import { tickStep } from "../session/axis.js";

export class Tooltip {
  constructor() {
    this.time = h("span", { class: "cross-time" });
    this.line = h("div", { class: "cross", hidden: true }, this.time);
    this.card = h("div", { class: "tooltip", hidden: true });
    this.element = h("div", { class: "timeline-over", "aria-hidden": "true" }, this.line, this.card);
  }

  hide() {
    this.line.hidden = true;
    this.card.hidden = true;
    this.on = -1;
  }

  /** @param {import("./geometry.js").Geometry} place @param {import("../session/spans.js").Spans} spans */
  show(place, spans, x, y, span) {
    this.line.hidden = x < place.left || x > place.right;
    paint(this.line, { transform: `translateX(${Math.round(x)}px)` });
    this.time.textContent = axisTime(Math.max(0, place.ms(x)), tickStep(place.time.span, 400), place.time.to);
    this.time.classList.toggle("is-left", x > place.width - 90);
    this.card.hidden = span < 0;
    if (span < 0) return void (this.on = -1);
    if (span !== this.on) put(this.card, words(spans, span));
    this.on = span;
    const { offsetWidth: wide, offsetHeight: tall } = this.card;
    const left = x + 14 + wide > place.width ? Math.max(4, x - wide - 12) : x + 14;
    const top = y + 16 + tall > place.height ? Math.max(4, y - tall - 10) : y + 16;
    paint(this.card, { transform: `translate(${left}px, ${top}px)` });
  }
}

function words(spans, span) {
  const waited = spans.get(span, "ttft_ms");
  const input = spans.get(span, "input_tokens");
  const output = spans.get(span, "output_tokens");
  const price = spans.get(span, "cost_usd");
  const facts = [
    duration(spans.millis(span)),
    isKnown(waited) && `first token ${duration(waited)}`,
    (isKnown(input) || isKnown(output)) && `${compact(input)} → ${compact(output)} tokens`,
    isKnown(price) && cost(price),
  ].filter(Boolean);
  const fault = spans.fault[span];
  return [
    h(
      "div",
      { class: "tooltip-head" },
      kindTag(spans.get(span, "kind")),
      h("b", { text: spans.title(span) }),
      fault ? h("span", { class: `status status-${fault}`, text: statusWord(spans, span) }) : null,
    ),
    h("div", { class: "muted", text: spans.paths[spans.path[span]] }),
    h("div", { class: "tooltip-facts", text: facts.join(" · ") }),
  ];
}
