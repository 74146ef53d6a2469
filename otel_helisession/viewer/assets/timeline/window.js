/**
 * TimeWindow: the part of a session's time that the timeline shows.
 */

const SHORTEST = 0.02;

export class TimeWindow {
  /** @param {number} total milliseconds of the session */
  constructor(total) {
    this.total = Math.max(total, 1e-3);
    this.whole();
  }

  whole() {
    this.from = 0;
    this.to = this.total;
  }

  get span() {
    return this.to - this.from;
  }

  get isWhole() {
    return this.from <= 0 && this.to >= this.total;
  }

  /** Show from *from* to *to*, within the session and never shorter than SHORTEST. */
  set(from, to) {
    const span = Math.min(this.total, Math.max(to - from, Math.min(SHORTEST, this.total)));
    this.from = Math.max(0, Math.min(from, this.total - span));
    this.to = this.from + span;
  }

  /** Show *factor* times as much, with the time *around* staying where it is. */
  zoom(factor, around = (this.from + this.to) / 2) {
    const span = this.span * factor;
    const part = (around - this.from) / this.span;
    this.set(around - part * span, around - part * span + span);
  }

  pan(ms) {
    this.set(this.from + ms, this.to + ms);
  }

  /** Make *from* to *to* visible, moving as little as that takes. */
  reveal(from, to) {
    if (to >= this.from && from <= this.to && (from >= this.from || to <= this.to)) return;
    const span = this.span;
    this.set((from + to - span) / 2, (from + to + span) / 2);
  }

  /** As it stands in the URL; empty for the whole. */
  text() {
    return this.isWhole ? "" : `${trim(this.from)}-${trim(this.to)}`;
  }

  /** Show what *text* says, if it says something. @param {string} text */
  read(text) {
    const [from, to] = text.split("-").map(Number);
    if (text && Number.isFinite(from) && Number.isFinite(to) && to > from) this.set(from, to);
    else this.whole();
  }
}

function trim(ms) {
  return String(Number(ms.toFixed(3)));
}
