/**
 * SessionPage: one session: its figures, its trees, its timeline, and one span in detail.
 */

import { ComparePicker } from "../compare/picker.js";
import { DetailPane } from "../detail/pane.js";
import { h, put, settled } from "../parts/dom.js";
import { problem, unreachable } from "../parts/problem.js";
import { announce } from "../shell/announce.js";
import { sessionActions } from "./actions.js";
import { facts } from "./facts.js";
import { wrongId } from "./wrong_id.js";
import { Spans } from "./spans.js";
import { SessionTools } from "./session_tools.js";
import { SessionViews } from "./session_views.js";

const LIVE_MILLIS = 900;

export class SessionPage {
  /** @param {import("../shell/app.js").App} app @param {string} id */
  constructor(app, id) {
    Object.assign(this, { app, id, title: "Session" });
    this.stop = new AbortController();
    this.head = h("div", { class: "session-top" });
    this.tools = new SessionTools((changes, said) => this.#change(changes, said));
    this.stage = h("div", { class: "stage" });
    this.pane = new DetailPane(app, id, () => this.#change({ span: null }));
    this.split = h("div", { class: "split" }, this.stage, this.pane.element);
    this.element = h(
      "div",
      { class: "session-page", "aria-busy": "true" },
      this.head,
      h("p", { class: "muted loading", text: "Reading the session…" }),
    );
    this.keys = this.#keys();
    this.changed = settled(() => this.#load(), LIVE_MILLIS);
    this.#load();
  }

  arrive(query) {
    this.query = query;
    if (this.spans) this.#draw();
  }

  leave() {
    this.stop.abort();
    this.views?.end();
    this.pane.end();
  }

  async #load() {
    let answer;
    try {
      answer = await this.app.source.session(this.id, this.stop.signal);
    } catch (error) {
      if (!this.stop.signal.aborted) this.#failed(error);
      return;
    }
    await this.app.aboutKnown;
    const { session } = answer;
    const seal = JSON.stringify(session);
    if (seal === this.seal) return;
    if (this.seal) announce("The session has changed");
    this.seal = seal;
    this.session = session;
    this.spans = new Spans(answer);
    this.#show();
  }

  async #failed(error) {
    await this.app.aboutKnown;
    if (this.spans && error.status === 0) return; // the frame says it; what is shown stays
    const retry = () => this.#load();
    put(
      this.element,
      error.status === 404 ? wrongId(this.app, this.id, error.near) : unreachable(error, retry),
    );
    this.element.removeAttribute("aria-busy");
  }

  #show() {
    const { app, session, spans } = this;
    this.title = session.name || session.id;
    app.title(this.title);
    const trace = spans.count ? spans.get(0, "trace_id") : "";
    const compare = () => new ComparePicker(app, session).open();
    put(
      this.head,
      facts(session, {
        isServer: app.source.isServer,
        begins: spans.count ? spans.get(0, "name") : "",
        actions: sessionActions(app, session, { trace, compare }),
      }),
      this.tools.element,
    );
    const before = this.views;
    this.views = new SessionViews(spans, {
      change: (changes, said) => this.#change(changes, said),
      select: (span) => this.#select(span),
    });
    if (before) this.views.resume(before);
    before?.end();
    this.pane.renew(session.name);
    put(
      this.element,
      this.head,
      spans.count
        ? this.split
        : problem({ title: "This session has no spans", text: "They may have been removed." }),
    );
    this.element.removeAttribute("aria-busy");
    if (this.query) this.#draw();
  }

  #draw() {
    const state = this.#state();
    this.tools.draw(state, this.spans);
    const view = this.views.show(state);
    if (this.stage.firstChild !== view.element) put(this.stage, view.element);
    view.draw(state);
    this.app.keyboard.here({ ...view.keys(), ...this.keys });
    this.pane.show(this.spans, state.selected);
    this.split.classList.toggle("has-detail", state.selected >= 0);
  }

  /** What the URL says. */
  #state() {
    const { query, spans } = this;
    const text = (query.get("find") ?? "").trim().toLowerCase();
    const errors = query.get("errors") === "1";
    return {
      view: query.get("view") ?? "paths",
      selected: spans.find(query.get("span")),
      critical: query.get("critical") === "1" ? this.views.critical() : null,
      found: text || errors ? this.views.search(text, errors) : null,
      text: query.get("find") ?? "",
      errors,
      sort: query.get("sort") ?? "",
      window: query.get("t") ?? "",
    };
  }

  #change(changes, said) {
    this.app.router.change(changes, said);
  }

  #select(span) {
    this.#change({ span: this.spans.key(span) });
  }

  #keys() {
    const view = (name) => () => this.#change({ view: name === "paths" ? null : name }, { step: true });
    return {
      1: view("paths"),
      2: view("spans"),
      3: view("timeline"),
      4: view("totals"),
      p: () => this.#change({ critical: this.query.get("critical") === "1" ? null : "1" }),
      "/": () => this.tools.focus(),
      e: () => this.#nextError(),
      y: () => this.head.querySelector(".session-id .copy")?.click(),
      Escape: () =>
        this.query.get("span") ? this.#change({ span: null }) : this.#change({ find: null, errors: null }),
    };
  }

  #nextError() {
    const { spans } = this;
    const from = spans.find(this.query.get("span"));
    for (let by = 1; by <= spans.count; by += 1) {
      const span = (from + by) % spans.count;
      if (spans.fault[span] && (spans.isRequest(span) || spans.get(span, "fault"))) return this.#select(span);
    }
    announce("Nothing failed in this session");
  }
}
