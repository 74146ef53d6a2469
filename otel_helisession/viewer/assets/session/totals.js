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

  /** Count a request or a fault. @param {import("./spans.js").Spans} spans @param {number} span */
  add(spans, span) {
    if (spans.get(span, "fault")) this.errors += 1;
    if (!spans.isRequest(span)) return;
    this.requests += 1;
    this.times.push(spans.millis(span));
    this.sorted = false;
    this.input = sum(this.input, spans.get(span, "input_tokens"));
    this.output = sum(this.output, spans.get(span, "output_tokens"));
    const cost = spans.get(span, "cost_usd");
    this.cost = sum(this.cost, cost);
    if (cost === null && spans.get(span, "kind") === "llm") this.unpriced += 1;
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
    if (!this.sorted) this.times.sort((a, b) => a - b);
    this.sorted = true;
    return this.times[Math.max(0, Math.ceil(part * this.times.length) - 1)];
  }

  get timeSpent() {
    return this.times.length ? this.times.reduce((all, one) => all + one, 0) : null;
  }
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
