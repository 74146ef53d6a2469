/**
 * PagedSessions: the sessions that answer a question, fetched a page at a time as they are seen.
 */

const PAGE = 60;
const MOST_PAGES = 40;

export class PagedSessions {
  #pages = new Map();
  #asked = new Set();
  #stop = new AbortController();

  /**
   * @param {(query: URLSearchParams, signal: AbortSignal) => Promise<object>} fetch
   * @param {(news: {reset: boolean}) => void} arrived
   * @param {(error: Error) => void} failed
   */
  constructor(fetch, arrived, failed) {
    Object.assign(this, { fetch, arrived, failed });
    this.total = 0;
    /** Sessions that a phrase was not looked for in, because that takes long. */
    this.unread = 0;
    this.query = new URLSearchParams();
  }

  /** Ask something else. What has been shown stays until the answer is there. @param {URLSearchParams} query */
  ask(query) {
    this.query = query;
    return this.reload(0, PAGE - 1);
  }

  /** The session at *index*, or undefined while it is not there yet. */
  at(index) {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Where the session *id* is, among those that are here; -1 if it is not. */
  indexOf(id) {
    for (const [page, sessions] of this.#pages) {
      const place = sessions.findIndex((one) => one.id === id);
      if (place >= 0) return page * PAGE + place;
    }
    return -1;
  }

  /** Fetch what is missing of the rows from *first* to *last*. */
  need(first, last) {
    for (let page = Math.floor(first / PAGE); page <= Math.floor(Math.max(first, last) / PAGE); page += 1) {
      if (this.#pages.has(page) || this.#asked.has(page) || page * PAGE >= this.total) continue;
      this.#asked.add(page);
      this.#page(page).then(
        (answer) => {
          this.#asked.delete(page);
          if (!answer) return;
          this.#keep(page, answer);
          this.arrived({ reset: false });
        },
        (error) => {
          this.#asked.delete(page);
          this.#tell(error);
        },
      );
    }
  }

  /** Fetch the rows from *first* to *last* anew, and forget the others. */
  async reload(first, last) {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#asked.clear();
    const pages = [];
    for (let page = Math.floor(first / PAGE); page <= Math.floor(Math.max(first, last) / PAGE); page += 1)
      pages.push(page);
    try {
      const answers = await Promise.all(pages.map((page) => this.#page(page)));
      if (answers.includes(null)) return;
      this.#pages.clear();
      answers.forEach((answer, place) => this.#keep(pages[place], answer));
      this.arrived({ reset: true });
    } catch (error) {
      this.#tell(error);
    }
  }

  end() {
    this.#stop.abort();
  }

  async #page(page) {
    const { signal } = this.#stop;
    const query = new URLSearchParams(this.query);
    query.set("limit", String(PAGE));
    query.set("offset", String(page * PAGE));
    const answer = await this.fetch(query, signal);
    return signal.aborted ? null : answer;
  }

  #keep(page, { total, sessions, unread = 0 }) {
    this.total = total;
    this.unread = unread;
    this.#pages.set(page, sessions);
    if (this.#pages.size > MOST_PAGES) this.#pages.delete(this.#pages.keys().next().value);
  }

  #tell(error) {
    if (error.name !== "AbortError") this.failed(error);
  }
}
