/**
 * VirtualRows: a list of any length of which only the rows in view exist.
 *
 * Rows have one height. They are made once and filled anew as they are scrolled into view,
 * so scrolling makes no elements. Browsers cannot lay out more than some 30 million pixels;
 * beyond MOST_PIXELS the scroll bar is scaled.
 */

import { onceAFrame, paint, settled } from "./dom.js";

const MOST_PIXELS = 8_000_000;
const SPARE_ROWS = 3;

export class VirtualRows {
  #rows = new Map();
  #free = [];
  #count = 0;
  #height;

  /**
   * @param {object} said
   * @param {HTMLElement} said.scroller the element that scrolls
   * @param {HTMLElement} said.body where the rows go; it gets the height of all of them
   * @param {number} said.rowHeight in pixels
   * @param {() => HTMLElement} said.make an empty row
   * @param {(row: HTMLElement, index: number) => void} said.show fills it
   * @param {(first: number, last: number) => void} [said.seen] told which rows are in view
   */
  constructor({ scroller, body, rowHeight, make, show, seen }) {
    Object.assign(this, { scroller, body, make, show, seen });
    this.#height = rowHeight;
    this.redraw = onceAFrame(() => this.draw());
    this.tidy = settled(() => this.#order(), 180);
    scroller.addEventListener("scroll", this.redraw, { passive: true });
    this.watcher = new ResizeObserver(this.redraw);
    this.watcher.observe(scroller);
  }

  /** Stop watching the scroller. */
  end() {
    this.watcher.disconnect();
    this.scroller.removeEventListener("scroll", this.redraw);
  }

  get count() {
    return this.#count;
  }

  get rowHeight() {
    return this.#height;
  }

  /** There are now *count* rows of *rowHeight*, which `refresh` shows. */
  resize(count, rowHeight = this.#height) {
    this.#count = count;
    this.#height = rowHeight;
    paint(this.body, { height: `${Math.min(count * rowHeight, MOST_PIXELS)}px` });
  }

  /** Fill the rows in view anew. */
  refresh() {
    for (const row of this.#rows.values()) this.#release(row);
    this.#rows.clear();
    this.draw();
  }

  /** First and last index in view. */
  range() {
    const top = this.#top();
    const first = Math.max(0, Math.floor(top / this.#height));
    const last = Math.min(this.#count - 1, Math.floor((top + this.scroller.clientHeight) / this.#height));
    return [first, last];
  }

  /** Make the rows in view exist, and no others. */
  draw() {
    if (!this.scroller.isConnected) return;
    const [inFirst, inLast] = this.range();
    const first = Math.max(0, inFirst - SPARE_ROWS);
    const last = Math.min(this.#count - 1, inLast + SPARE_ROWS);
    for (const [index, row] of this.#rows) {
      if (index >= first && index <= last) continue;
      this.#release(row);
      this.#rows.delete(index);
    }
    const shift = this.#offset() - this.#top();
    for (let index = first; index <= last; index += 1) {
      const row = this.#rows.get(index) ?? this.#take(index);
      paint(row, { transform: `translateY(${index * this.#height + shift}px)` });
    }
    for (const row of this.#free) row.hidden = true;
    this.seen?.(inFirst, inLast);
    this.tidy();
  }

  /** The row of *index*, when it is in view. @returns {HTMLElement | undefined} */
  row(index) {
    return this.#rows.get(index);
  }

  /** Scroll until *index* is in view, as little as that takes. */
  reveal(index) {
    const header = this.body.offsetTop;
    const top = index * this.#height;
    const room = this.scroller.clientHeight - header;
    const from = this.#top();
    if (top < from) this.#scrollTo(top);
    else if (top + this.#height > from + room) this.#scrollTo(top + this.#height - room);
    this.draw();
  }

  /** Scroll by so many rows, without an animation: rows came above the ones in view. */
  shift(rows) {
    this.scroller.scrollTop += rows * this.#height * this.#scale();
  }

  /** Put the elements in the order of the rows, for those who read them one after the other. */
  #order() {
    if (!this.body.isConnected || this.body.contains(document.activeElement)) return;
    const sorted = [...this.#rows].sort(([a], [b]) => a - b);
    sorted.forEach(([, row], place) => {
      if (this.body.children[place] !== row) this.body.insertBefore(row, this.body.children[place]);
    });
  }

  #take(index) {
    const row = this.#free.pop() ?? this.body.appendChild(this.make());
    row.hidden = false;
    this.#rows.set(index, row);
    this.show(row, index);
    return row;
  }

  #release(row) {
    this.#free.push(row);
  }

  /** How many pixels of the scroll bar a pixel of the list is. */
  #scale() {
    const all = this.#count * this.#height;
    return all <= MOST_PIXELS
      ? 1
      : (MOST_PIXELS - this.scroller.clientHeight) / (all - this.scroller.clientHeight);
  }

  /** Where in the body the view begins. */
  #offset() {
    return this.scroller.scrollTop;
  }

  /** Where in the list the view begins. */
  #top() {
    return this.scroller.scrollTop / this.#scale();
  }

  #scrollTo(top) {
    this.scroller.scrollTop = top * this.#scale();
  }
}
