/**
 * Keyboard: single keys and two-key sequences (`g l`), where nobody is typing.
 */

const SEQUENCE_MILLIS = 1200;

export class Keyboard {
  #shell = new Map();
  #page = new Map();
  #begun = "";
  #begunAt = 0;

  constructor() {
    document.addEventListener("keydown", (event) => this.#press(event));
  }

  /** Keys that hold on every page. @param {Record<string, (event: KeyboardEvent) => void>} keys */
  always(keys) {
    this.#shell = new Map(Object.entries(keys));
  }

  /** Keys of the page that is shown now; they win. @param {Record<string, (event: KeyboardEvent) => void>} keys */
  here(keys) {
    this.#page = new Map(Object.entries(keys));
  }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key !== "Escape" && isTyping(event.target)) return;
    const now = performance.now();
    const two = this.#begun && now - this.#begunAt < SEQUENCE_MILLIS ? `${this.#begun} ${event.key}` : "";
    this.#begun = "";
    const action = (two && this.#find(two)) || this.#find(event.key);
    if (action) {
      event.preventDefault();
      action(event);
    } else if (event.key === "g") {
      this.#begun = "g";
      this.#begunAt = now;
    }
  }

  #find(keys) {
    return this.#page.get(keys) ?? this.#shell.get(keys);
  }
}

function isTyping(target) {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
