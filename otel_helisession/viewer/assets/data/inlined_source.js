/**
 * InlinedSource: the data of one session that is in the page itself; see single_page.py.
 */

import { SourceError } from "./server_source.js";

export class InlinedSource {
  isServer = false;

  /** @param {{about: object, session: object, details: Record<string, object>}} document */
  constructor(document) {
    this.document = document;
    /** The id of the one session. */
    this.only = document.session.session.id;
  }

  async about() {
    return this.document.about;
  }

  async sessions() {
    return { total: 1, sessions: [this.document.session.session], version: 0 };
  }

  async names() {
    return { names: [] };
  }

  async session() {
    return this.document.session;
  }

  /** @param {string} id @param {string} trace @param {string} span */
  async span(id, trace, span) {
    const found = this.document.details[`${trace}:${span}`];
    if (found) return found;
    throw new SourceError(404, "This file does not hold the details of that span.");
  }

  exportUrl() {
    return "";
  }

  watch() {}
}
