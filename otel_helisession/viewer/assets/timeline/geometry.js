/**
 * Geometry: where lanes and times are on the screen, in CSS pixels.
 */

export const AXIS = 28;
const GUTTER = 190;
const NARROW = 640;

export class Geometry {
  /**
   * @param {import("./lanes.js").Lanes} lanes @param {import("./window.js").TimeWindow} time
   * @param {number} width @param {number} height
   */
  constructor(lanes, time, width, height) {
    Object.assign(this, { lanes, time, width, height });
    this.narrow = width < NARROW;
    this.left = this.narrow ? 10 : GUTTER;
    this.right = width - 14;
    this.pitch = pitch(lanes, height, this.narrow);
    this.bar = Math.max(4, this.pitch - 4);
    this.#place();
  }

  /** x of a time. */
  x(ms) {
    return this.left + ((ms - this.time.from) / this.time.span) * (this.right - this.left);
  }

  /** The time at x. */
  ms(x) {
    return this.time.from + ((x - this.left) / (this.right - this.left)) * this.time.span;
  }

  /** Milliseconds a pixel. */
  get perPixel() {
    return this.time.span / Math.max(1, this.right - this.left);
  }

  /** y of the bar of a span, in the whole content. */
  y(span) {
    const group = this.lanes.groupOf[span];
    if (group < 0) return -1;
    return (
      this.tops[group] + this.head + (this.lanes.laneOf[span] - this.lanes.groups[group].first) * this.pitch
    );
  }

  /** The span at a point of the content, or -1. Short spans can be hit within three pixels. */
  at(x, y) {
    const group = this.groupAt(y);
    if (group < 0) return -1;
    const { lanes } = this.lanes.groups[group];
    const row = Math.floor((y - this.tops[group] - this.head) / this.pitch);
    const lane = lanes[row];
    if (!lane) return -1;
    const near = 3 * this.perPixel;
    const ms = this.ms(x);
    let best = -1;
    let distance = Infinity;
    const { spans } = this.lanes;
    for (let place = this.lanes.firstAfter(lane, ms - near); place < lane.length; place += 1) {
      const span = lane[place];
      if (spans.start[span] > ms + near) break;
      const off = Math.max(spans.start[span] - ms, ms - spans.end[span], 0);
      if (off < distance) [best, distance] = [span, off];
    }
    return best;
  }

  groupAt(y) {
    for (let group = this.tops.length - 1; group >= 0; group -= 1) if (y >= this.tops[group]) return group;
    return -1;
  }

  #place() {
    this.head = this.narrow ? 18 : 5;
    this.tops = [];
    let top = AXIS + 4;
    for (const { lanes } of this.lanes.groups) {
      this.tops.push(top);
      top += this.head + lanes.length * this.pitch + 5;
    }
    this.content = top + 8;
  }
}

/** The height of a lane: as tall as fits, but no more than reads well. */
function pitch(lanes, height, narrow) {
  const room = (height - AXIS - 12 - lanes.groups.length * (narrow ? 23 : 10)) / Math.max(1, lanes.count);
  return Math.max(16, Math.min(26, Math.floor(room)));
}
