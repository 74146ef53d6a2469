/**
 * Lanes: where each request of a session stands in the timeline.
 *
 * A path has as many lanes as it has requests at the same time; paths follow each other as
 * in the tree.
 */

import { pathTree } from "../session/trees.js";

const MOST_LANES = 48;

/** The lanes that were made: a page makes them ahead, while nothing else is to be done. */
const made = new WeakMap();

/** The lanes of a session. @param {import("../session/spans.js").Spans} spans @returns {Lanes} */
export function lanesOf(spans) {
  if (!made.has(spans)) made.set(spans, new Lanes(spans));
  return made.get(spans);
}

export class Lanes {
  /** @param {import("../session/spans.js").Spans} spans */
  constructor(spans) {
    const items = spansToShow(spans);
    const order = pathsInOrder(spans, items);
    /** @type {{path: string, depth: number, first: number, lanes: number[][]}[]} */
    this.groups = [];
    /** Lane and group of each span; -1 where it is not shown. */
    this.laneOf = new Int32Array(spans.count).fill(-1);
    this.groupOf = new Int32Array(spans.count).fill(-1);
    this.count = 0;
    for (const { path, depth } of order) {
      const lanes = pack(spans, items.get(path));
      const group = this.groups.length;
      lanes.forEach((lane, place) => {
        for (const span of lane) {
          this.laneOf[span] = this.count + place;
          this.groupOf[span] = group;
        }
      });
      this.groups.push({ path, depth, first: this.count, lanes });
      this.count += lanes.length;
    }
    this.spans = spans;
  }

  /** The lane of a number, counted over all groups. */
  lane(number) {
    const group = this.groups.find(({ first, lanes }) => number < first + lanes.length);
    return group?.lanes[number - group.first] ?? [];
  }

  /** The first place in *lane* whose span ends after *ms*. @param {number[]} lane */
  firstAfter(lane, ms) {
    let low = 0;
    let high = lane.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.spans.end[lane[middle]] < ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The requests by path; every span where there are none. */
function spansToShow(spans) {
  const items = new Map();
  const found = [];
  const some = spans.counted.some((one) => one === 1);
  for (let span = 0; span < spans.count; span += 1) {
    if (some && !spans.isRequest(span) && !spans.get(span, "fault")) continue;
    (found[spans.path[span]] ??= []).push(span);
  }
  found.forEach((inside, path) => items.set(spans.paths[path], inside));
  return items;
}

function pathsInOrder(spans, items) {
  const found = pathTree(spans).filter(({ span, path }) => span < 0 && items.has(path));
  const known = new Set(found.map(({ path }) => path));
  const rest = [...items.keys()].filter((path) => !known.has(path)).map((path) => ({ path, depth: 0 }));
  return [...found, ...rest];
}

/** Each span into the first lane that is free when it starts. */
function pack(spans, items) {
  const lanes = [];
  const ends = [];
  for (const span of items) {
    let lane = ends.findIndex((end) => end <= spans.start[span]);
    if (lane < 0) lane = lanes.length < MOST_LANES ? lanes.length : ends.indexOf(Math.min(...ends));
    (lanes[lane] ??= []).push(span);
    ends[lane] = Math.max(ends[lane] ?? 0, spans.end[span]);
  }
  return lanes;
}
