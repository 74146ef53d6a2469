/**
 * Totals of requests: what they took, said, and cost. Unknown stays null.
 */

export class Totals {
  constructor() {
    this.requests = 0;
    this.errors = 0;
    this.input = null;
    this.output = null;
    this.cost = null;
    this.unpriced = 0;
    this.first = Infinity;
    this.last = -Infinity;
    /** Milliseconds in which some span was open; what overlaps counts once. */
    this.busy = 0;
    /** Milliseconds of each request. @type {number[]} */
    this.times = [];
    this.sorted = false;
  }

  /** Note the time of a span; in the order of starts. @param {number} start @param {number} end */
  open(start, end) {
    this.busy += Math.max(0, end - Math.max(start, this.last));
    this.first = Math.min(this.first, start);
    this.last = Math.max(this.last, end);
  }

  /** Count a request or a fault, and how long it took. @param {import("./spans.js").Spans} spans @param {number} span */
  add(spans, span) {
    this.count(figuresOf(spans, span));
    if (!spans.isRequest(span)) return;
    this.times.push(spans.millis(span));
    this.sorted = false;
  }

  /** Count what `figuresOf` a span said. @param {ReturnType<typeof figuresOf>} said */
  count(said) {
    this.errors += said.errors;
    this.requests += said.requests;
    this.unpriced += said.unpriced;
    this.input = sum(this.input, said.input);
    this.output = sum(this.output, said.output);
    this.cost = sum(this.cost, said.cost);
  }

  /** Count all that *other* counted. @param {Totals} other */
  take(other) {
    this.count(other);
    this.times = this.times.concat(other.times);
    this.sorted = false;
  }

  get tokens() {
    return sum(this.input, this.output);
  }

  get errorRate() {
    return this.requests ? this.errors / this.requests : 0;
  }

  /** By nearest rank; null without requests. @param {number} part of 1 */
  percentile(part) {
    if (!this.times.length) return null;
    if (!this.sorted) this.times = [...Float64Array.from(this.times).sort()];
    this.sorted = true;
    return this.times[Math.max(0, Math.ceil(part * this.times.length) - 1)];
  }

  get timeSpent() {
    return this.times.length ? this.times.reduce((all, one) => all + one, 0) : null;
  }
}

const NOTHING = { requests: 0, unpriced: 0, input: null, output: null, cost: null };

/** What a span adds to the totals of its path, and of every folder above. @param {import("./spans.js").Spans} spans @param {number} span */
export function figuresOf(spans, span) {
  const errors = spans.get(span, "fault") ? 1 : 0;
  if (!spans.isRequest(span)) return { ...NOTHING, errors };
  const cost = spans.get(span, "cost_usd");
  return {
    errors,
    requests: 1,
    unpriced: cost === null && spans.get(span, "kind") === "llm" ? 1 : 0,
    input: spans.get(span, "input_tokens"),
    output: spans.get(span, "output_tokens"),
    cost,
  };
}

/** The sum of what is known; null when neither is. */
export function sum(a, b) {
  if (a === null || a === undefined) return b ?? null;
  return b === null || b === undefined ? a : a + b;
}

/** The totals of every path that has requests, in the order of paths. @param {import("./spans.js").Spans} spans */
export function totalsByPath(spans) {
  const found = new Map();
  for (let span = 0; span < spans.count; span += 1) {
    if (!spans.isRequest(span) && !spans.get(span, "fault")) continue;
    const path = spans.paths[spans.path[span]];
    if (!found.has(path)) found.set(path, new Totals());
    found.get(path).add(spans, span);
  }
  return found;
}
