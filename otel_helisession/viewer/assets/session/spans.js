/**
 * Spans: the spans of one session, as columns, and who is whose child.
 *
 * Times are milliseconds since the session's start. A span is its index, in the order of starts.
 */

/** What HTTP said, or the kind of failure: 0 none, 4 the caller's, 5 the server's, 1 any other. */
const FAULT_NONE = 0;
const FAULT_OTHER = 1;

export class Spans {
  #columns;
  #rows;
  /** Where a span is, by its trace and id. @type {Map<string, Map<string, number>>} */
  #places = new Map();

  /** @param {{columns: string[], spans: any[][]}} answer of /api/sessions/{id} */
  constructor({ columns, spans }) {
    this.#rows = spans;
    this.#columns = new Map(columns.map((name, place) => [name, place]));
    this.count = spans.length;
    this.start = new Float64Array(this.count);
    this.end = new Float64Array(this.count);
    this.parent = new Int32Array(this.count).fill(-1);
    this.path = new Int32Array(this.count);
    this.fault = new Uint8Array(this.count);
    /** Whether the span counts as a request. */
    this.counted = new Uint8Array(this.count);
    /** Every path of a span, in the order of first starts. @type {string[]} */
    this.paths = [];
    this.#read();
    this.#family();
    /** Where the axis ends: the true end of the last span. */
    this.total = this.end.reduce((most, one) => Math.max(most, one), 0);
  }

  /** The value of a column. @param {number} span @param {string} column */
  get(span, column) {
    return this.#rows[span][this.#columns.get(column)];
  }

  /** `trace:span`, which names a span in URLs. @param {number} span */
  key(span) {
    return `${this.get(span, "trace_id")}:${this.get(span, "span_id")}`;
  }

  /** The span of *key*, or -1. @param {string | null} key */
  find(key) {
    const colon = key ? key.indexOf(":") : -1;
    return colon < 0 ? -1 : this.#place(key.slice(0, colon), key.slice(colon + 1));
  }

  /** @param {number} span */
  isRequest(span) {
    return this.counted[span] === 1;
  }

  /** @param {number} span */
  millis(span) {
    return this.end[span] - this.start[span];
  }

  /** What a person calls the span: what was called, else its name. @param {number} span */
  title(span) {
    const kind = this.get(span, "kind");
    if (kind === "llm") return this.get(span, "model") || this.get(span, "name");
    return this.get(span, "target") || this.get(span, "name");
  }

  /** What stands behind the title, small: the provider, or an operation that is not the usual one. */
  byline(span) {
    const operation = this.get(span, "operation");
    const unusual =
      operation && !["chat", "execute_tool", "text_completion"].includes(operation) ? operation : "";
    return [this.get(span, "provider"), unusual].filter(Boolean).join(" · ");
  }

  /** The children of a span, in the order of their starts; of -1, those without a parent here. */
  children(span) {
    return this.kin[span + 1];
  }

  /** The span's ancestors, the nearest first. */
  *ancestors(span) {
    const seen = new Set([span]);
    for (let one = this.parent[span]; one >= 0 && !seen.has(one); one = this.parent[one]) {
      seen.add(one);
      yield one;
    }
  }

  /** Whether the words of *text* (lower case) are all in what a list shows of the span. */
  matches(span, text) {
    this.texts ??= new Array(this.count);
    this.texts[span] ??= ["name", "path", "target", "model", "provider", "kind", "error_type", "error_message"]
      .map((column) => this.get(span, column) ?? "")
      .join(" ")
      .toLowerCase();
    return text.split(/\s+/).every((word) => this.texts[span].includes(word));
  }

  #read() {
    const known = new Map();
    const names = ["start_ms", "end_ms", "counted", "path", "trace_id", "span_id"];
    const [start, end, counted, path, traceId, spanId] = names.map((name) => this.#columns.get(name));
    let [last, here] = [undefined, new Map()];
    for (let span = 0; span < this.count; span += 1) {
      const row = this.#rows[span];
      this.start[span] = row[start];
      this.end[span] = Math.max(row[end], row[start]);
      this.counted[span] = row[counted] ? 1 : 0;
      this.fault[span] = this.#fault(span);
      const where = row[path] || "/";
      if (!known.has(where)) known.set(where, this.paths.push(where) - 1);
      this.path[span] = known.get(where);
      const trace = row[traceId];
      if (trace !== last) {
        if (!this.#places.has(trace)) this.#places.set(trace, new Map());
        here = this.#places.get(trace);
        last = trace;
      }
      here.set(row[spanId], span);
    }
  }

  #place(trace, span) {
    return this.#places.get(trace)?.get(span) ?? -1;
  }

  #fault(span) {
    const http = this.get(span, "http_status") ?? 0;
    const failed = this.get(span, "status") === "error" || this.get(span, "fault");
    if (http >= 400 && http < 600) return Math.floor(http / 100);
    return failed ? FAULT_OTHER : FAULT_NONE;
  }

  #family() {
    this.kin = Array.from({ length: this.count + 1 }, () => []);
    for (let span = 0; span < this.count; span += 1) {
      const parent = this.get(span, "parent");
      const place = parent ? this.#place(this.get(span, "trace_id"), parent) : -1;
      this.parent[span] = place === span ? -1 : place;
    }
    const state = new Uint8Array(this.count);
    for (let span = 0; span < this.count; span += 1) this.#uncircle(span, state);
    for (let span = 0; span < this.count; span += 1) this.kin[this.parent[span] + 1].push(span);
  }

  /** Cut a circle of parents, which only broken or hostile data has. state: 1 on the way, 2 known. */
  #uncircle(span, state) {
    const way = [];
    let one = span;
    while (one >= 0 && state[one] === 0) {
      state[one] = 1;
      way.push(one);
      one = this.parent[one];
    }
    if (one >= 0 && state[one] === 1) this.parent[one] = -1;
    for (const seen of way) state[seen] = 2;
  }
}
