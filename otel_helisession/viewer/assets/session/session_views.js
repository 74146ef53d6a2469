/**
 * SessionViews: the views of one session's spans, each made when it is first looked at.
 */

import { TimelineView } from "../timeline/timeline_view.js";
import { whenIdle } from "../parts/idle.js";
import { lanesOf } from "../timeline/lanes.js";
import { criticalPath } from "./critical_path.js";
import { Palette } from "./palette.js";
import { TotalsView } from "./totals_view.js";
import { TreeView } from "./tree_view.js";
import { pathTree, spanTree } from "./trees.js";

export class SessionViews {
  #made = new Map();
  #old = null;

  /** @param {import("./spans.js").Spans} spans @param {{change: Function, select: (span: number) => void}} said */
  constructor(spans, { change, select }) {
    Object.assign(this, { spans, change, select });
    this.palette = new Palette(spans.paths);
    this.idle = whenIdle([() => pathTree(spans), () => lanesOf(spans), () => this.critical()]);
  }

  end() {
    this.idle.end();
    for (const view of this.#made.values()) view.end();
  }

  /** Take over folds and scroll positions from the views of the session as it was. */
  resume(before) {
    this.#old = before.#made;
  }

  critical() {
    this.path ??= criticalPath(this.spans);
    return this.path;
  }

  /** Which spans have the words of *text*, and failed if *errors*. @returns {Uint8Array} */
  search(text, errors) {
    const { spans } = this;
    const found = new Uint8Array(spans.count);
    for (let span = 0; span < spans.count; span += 1) {
      found[span] = (!errors || spans.fault[span]) && (!text || spans.matches(span, text)) ? 1 : 0;
    }
    return found;
  }

  /** The view that *state* names. */
  show({ view, sort }) {
    const name = ["spans", "timeline", "totals"].includes(view) ? view : "paths";
    if (!this.#made.has(name)) {
      const made = this.#make(name, sort);
      const old = this.#old?.get(name);
      if (old) made.resume?.(old);
      this.#made.set(name, made);
    }
    return this.#made.get(name);
  }

  #make(name, sort) {
    const { spans, palette, select, change } = this;
    if (name === "timeline") return new TimelineView({ spans, palette, select, moved: (t) => change({ t }) });
    if (name === "totals") {
      const find = (path) => change({ view: null, find: path }, { step: true });
      return new TotalsView({ spans, palette, sort, sorted: (one) => change({ sort: one }), find });
    }
    const tree =
      name === "spans" ? { label: "Span", nodes: spanTree(spans) } : { label: "Path", nodes: pathTree(spans) };
    return new TreeView({ ...tree, spans, palette, select });
  }
}
