/**
 * ServerSource: the data of a running viewer, over its JSON API.
 *
 * Every method takes an AbortSignal where a newer question may overtake an older one.
 */

/** An answer that is none: `status` is 0 when the server could not be reached. */
export class SourceError extends Error {
  /** @param {number} status @param {string} message @param {{hint?: string, near?: string[]}} [more] */
  constructor(status, message, { hint = "", near = [] } = {}) {
    super(message);
    this.status = status;
    this.hint = hint;
    /** Ids that were meant, perhaps. */
    this.near = near;
  }
}

export class ServerSource {
  /** Whether there is a list of sessions, live events and exports. */
  isServer = true;

  /** @returns {Promise<object>} version, store, receivers, links. */
  about() {
    return this.#get("/api/about");
  }

  /** @param {URLSearchParams} query @param {AbortSignal} [signal] */
  sessions(query, signal) {
    return this.#get(`/api/sessions?${query}`, signal);
  }

  /** @param {AbortSignal} [signal] */
  names(signal) {
    return this.#get("/api/names", signal);
  }

  /** @returns {Promise<{names: string[], users: string[], models: string[]}>} what lists can be filtered by. */
  choices() {
    return this.#get("/api/choices");
  }

  /** @param {string} id @param {AbortSignal} [signal] */
  session(id, signal) {
    return this.#get(`/api/sessions/${encodeURIComponent(id)}`, signal);
  }

  /** @param {string} id @param {string} trace @param {string} span @param {AbortSignal} [signal] */
  span(id, trace, span, signal) {
    const tail = [id, "spans", trace, span].map(encodeURIComponent).join("/");
    return this.#get(`/api/sessions/${tail}`, signal);
  }

  /** @param {string} id @param {"json"|"otlp"|"html"} format @returns {string} the download's URL. */
  exportUrl(id, format) {
    return `/api/sessions/${encodeURIComponent(id)}/export?format=${format}`;
  }

  /**
   * Call *changed* whenever the store did, and *state* with whether the server answers.
   *
   * The browser tries again by itself when the connection breaks; one that is closed for
   * good (the server answered with an error) is opened anew every three seconds.
   *
   * @param {() => void} changed @param {(online: boolean) => void} state
   */
  watch(changed, state) {
    let version = null;
    const open = () => {
      const events = new EventSource("/api/events");
      events.onopen = () => state(true);
      events.onmessage = (event) => {
        state(true);
        const said = JSON.parse(event.data).version;
        if (version !== null && said !== version) changed();
        version = said;
      };
      events.onerror = () => {
        state(false);
        if (events.readyState !== EventSource.CLOSED) return;
        setTimeout(open, 3000);
      };
      addEventListener("pagehide", () => events.close(), { once: true });
    };
    open();
  }

  /** @param {string} url @param {AbortSignal} [signal] */
  async #get(url, signal) {
    let answer;
    try {
      answer = await fetch(url, { signal, headers: { Accept: "application/json" } });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new SourceError(0, "The viewer does not answer.", { hint: "Is `helisession view` still running?" });
    }
    const body = await answer.json().catch(() => null);
    if (answer.ok && body) return body;
    const message = body?.error ?? `The viewer answered ${answer.status}.`;
    throw new SourceError(answer.status, String(message), { near: body?.near });
  }
}
