/**
 * The critical path: what the session waited for, at every moment from its end back to its start.
 */

/**
 * Walking back from the end: of what ran then, the span that ended last; within it, the
 * child that ended last; where no child ran, the span itself; where no span ran, nothing
 * that is known (span -1).
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
      if (spans.start[child] >= until) continue;
      const ended = Math.min(spans.end[child], until);
      if (ended <= from) break;
      if (ended < until) segments.push({ span, from: ended, to: until });
      const began = Math.max(spans.start[child], from);
      stack.push({ span: child, from: began, to: ended });
      until = began;
      if (until <= from) break;
    }
    if (until > from) segments.push({ span, from, to: until });
  }
  segments.sort((a, b) => a.from - b.from);
  const millis = new Float64Array(spans.count);
  for (const { span, from, to } of segments) if (span >= 0) millis[span] += to - from;
  return { segments, millis };
}

function byEnd(spans, span) {
  return [...spans.children(span)].sort((a, b) => spans.end[b] - spans.end[a] || b - a);
}
