/**
 * The critical path: what the session waited for, at every moment from its end back to its start.
 */

/**
 * From the end backwards: what ended last; before it began, what ended last until then (what ran
 * on beside it held nobody up); within a span the same of its children, and what none accounts
 * for is its own. Where no span ran, nothing is known (span -1). As analysis/critical_path.py.
 *
 * @param {import("./spans.js").Spans} spans
 * @returns {{segments: {span: number, from: number, to: number}[], millis: Float64Array}}
 *     the segments by time, and how many milliseconds of each span are on the path
 */
export function criticalPath(spans) {
  const segments = [];
  const stack = [{ span: -1, from: 0, to: spans.total }];
  while (stack.length) {
    const { span, from, to } = stack.pop();
    let until = to;
    for (const child of byEnd(spans, span)) {
      if (spans.end[child] > until && until !== to) continue;
      const began = Math.max(spans.start[child], from);
      const ended = Math.min(spans.end[child], until);
      if (began >= ended) continue;
      if (ended < until) segments.push({ span, from: ended, to: until });
      stack.push({ span: child, from: began, to: ended });
      until = began;
    }
    if (until > from) segments.push({ span, from, to: until });
  }
  segments.sort((a, b) => a.from - b.from);
  const millis = new Float64Array(spans.count);
  for (const { span, from, to } of segments) if (span >= 0) millis[span] += to - from;
  return { segments, millis };
}

function byEnd(spans, span) {
  return [...spans.children(span)].sort((a, b) => spans.end[b] - spans.end[a] || a - b);
}
