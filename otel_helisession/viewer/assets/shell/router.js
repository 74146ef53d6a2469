/**
 * Router: the URL is the state. Pages read it, and change it by going somewhere.
 *
 * In an exported file there are no paths: its one session's state stands behind the `#`.
 */

/**
 * @typedef {{page: "sessions"|"names"|"session"|"compare"|"missing", id: string, query: URLSearchParams}} Place
 */

export class Router {
  /** @param {(place: Place) => void} arrived @param {string | null} only the id of an export's session */
  constructor(arrived, only) {
    this.arrived = arrived;
    this.only = only;
    addEventListener("popstate", () => this.arrived(this.place()));
    document.addEventListener("click", (event) => this.#follow(event));
  }

  /** @returns {Place} where the URL says that we are. */
  place() {
    if (this.only !== null) {
      return { page: "session", id: this.only, query: new URLSearchParams(location.hash.slice(1)) };
    }
    const query = new URLSearchParams(location.search);
    const [first = "", ...rest] = location.pathname.split("/").slice(1);
    if (first === "" || (first === "sessions" && !rest.join(""))) return { page: "sessions", id: "", query };
    if (first === "sessions") return { page: "session", id: decoded(rest.join("/")), query };
    if (first === "names" || first === "compare") return { page: first, id: "", query };
    return { page: "missing", id: "", query };
  }

  /** Go to *href*, a step in the history. @param {string} href */
  go(href) {
    history.pushState(null, "", href);
    this.arrived(this.place());
  }

  /**
   * Change the query of where we are: null takes a parameter away.
   *
   * @param {Record<string, string | null>} changes @param {{step?: boolean}} [said] whether Back undoes it
   */
  change(changes, { step = false } = {}) {
    const query = new URLSearchParams(this.place().query);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === "") query.delete(name);
      else query.set(name, value);
    }
    this.setQuery(query, step);
  }

  /** @param {URLSearchParams} query @param {boolean} step */
  setQuery(query, step) {
    const text = query.toString();
    const href = this.only === null ? location.pathname + (text && `?${text}`) : `#${text}`;
    if (step) history.pushState(null, "", href);
    else history.replaceState(null, "", href);
    this.arrived(this.place());
  }

  #follow(event) {
    if (
      event.defaultPrevented ||
      event.button ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    const anchor = event.target instanceof Element ? event.target.closest("a[data-inside]") : null;
    if (!anchor) return;
    event.preventDefault();
    if (this.only === null) this.go(anchor.getAttribute("href"));
  }
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The page of a session. @param {string} id @param {Record<string, string>} [query] */
export function sessionHref(id, query = {}) {
  const tail = new URLSearchParams(query).toString();
  return `/sessions/${encodeURIComponent(id)}${tail && `?${tail}`}`;
}
