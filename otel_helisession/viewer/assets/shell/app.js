/**
 * App: the frame around every page, and which page stands in it.
 *
 * A page is an object with `element`, `title`, `keys`, and `arrive(query)`, `changed()`
 * (the store did) and `leave()`.
 */

import { ComparePage } from "../compare/compare_page.js";
import { NamesPage } from "../list/names_page.js";
import { SessionsPage } from "../list/sessions_page.js";
import { h, link, put } from "../parts/dom.js";
import { icon, mark } from "../parts/icons.js";
import { problem } from "../parts/problem.js";
import { SessionPage } from "../session/session_page.js";
import { helpOverlay } from "./help.js";
import { Keyboard } from "./keyboard.js";
import { Router } from "./router.js";
import { themeSwitch } from "./theme_switch.js";

const ONLY_READ =
  "The store can only be read: no spans are taken, and a search does not look into messages and paths.";

export class App {
  #shown = "";
  #page = null;

  /** @param {object} source where data comes from @param {HTMLElement} root */
  constructor(source, root) {
    this.source = source;
    this.root = root;
    this.router = new Router((place) => this.#arrive(place), source.isServer ? null : source.only);
    this.keyboard = new Keyboard();
    this.theme = themeSwitch();
    this.help = helpOverlay();
    this.main = h("main", { id: "main", tabindex: -1 });
    this.live = h("span", { class: "live", hidden: true });
    this.offline = h(
      "div",
      { class: "offline", role: "alert", hidden: true },
      "The viewer does not answer; trying again. What is shown may be old.",
    );
    this.onlyRead = h("span", {
      class: "only-read",
      hidden: true,
      tabindex: 0,
      title: ONLY_READ,
      "aria-label": `Read only. ${ONLY_READ}`,
      text: "Read only",
    });
    /** Where the store is and where links go; null until it is known. */
    this.about = null;
  }

  start() {
    put(
      this.root,
      h("a", { class: "skip", href: "#main", text: "Skip to content" }),
      this.#header(),
      this.offline,
      this.main,
      this.help,
    );
    this.keyboard.always({
      "?": () => this.help.showModal(),
      "g l": () => this.source.isServer && this.router.go("/"),
      "g n": () => this.source.isServer && this.router.go("/names"),
      t: () => this.theme.turn(),
    });
    this.aboutKnown = this.source.about().then(
      (about) => {
        this.about = about;
        this.onlyRead.hidden = !about.only_read;
        return about;
      },
      () => null,
    );
    this.source.watch(
      () => this.#page?.changed?.(),
      (online) => this.#state(online),
    );
    this.#arrive(this.router.place());
  }

  #header() {
    const pages = this.source.isServer
      ? h(
          "nav",
          { "aria-label": "Pages" },
          link("/", { class: "tab", data: { page: "sessions" }, text: "Sessions" }),
          link("/names", { class: "tab", data: { page: "names" }, text: "Names" }),
        )
      : h("span", { class: "muted exported", text: "Exported session" });
    this.nav = pages;
    return h(
      "header",
      { class: "top" },
      this.source.isServer
        ? link(
            "/",
            { class: "brand", "aria-label": "helisession: all sessions" },
            mark(),
            h("span", { text: "helisession" }),
          )
        : h("span", { class: "brand" }, mark(), h("span", { text: "helisession" })),
      pages,
      h("span", { class: "grow" }),
      this.onlyRead,
      this.live,
      this.theme.button,
      h(
        "button",
        {
          type: "button",
          class: "quiet only-icon",
          "aria-label": "Keys",
          title: "Keys (?)",
          on: { click: () => this.help.showModal() },
        },
        icon("help"),
      ),
    );
  }

  #state(online) {
    this.live.hidden = !online;
    this.offline.hidden = online;
    put(this.live, "Live");
    this.live.title = "New spans appear by themselves";
    if (online && this.wasOffline) this.#page?.changed?.();
    this.wasOffline = !online;
  }

  #arrive(place) {
    const shown = `${place.page} ${place.id}`;
    if (shown !== this.#shown) {
      this.#page?.leave?.();
      this.#shown = shown;
      this.#page = this.#make(place);
      this.keyboard.here(this.#page.keys ?? {});
      put(this.main, this.#page.element);
      for (const tab of this.nav.querySelectorAll("[data-page]")) {
        tab.toggleAttribute("aria-current", false);
        if (tab.dataset.page === place.page) tab.setAttribute("aria-current", "page");
      }
      scrollTo(0, 0);
    }
    this.#page.arrive?.(place.query);
    this.title(this.#page.title);
  }

  /** @param {string} [title] what the browser's tab says. */
  title(title) {
    document.title = title ? `${title} · helisession` : "helisession";
  }

  #make({ page, id }) {
    if (page === "sessions") return new SessionsPage(this);
    if (page === "names") return new NamesPage(this);
    if (page === "session") return new SessionPage(this, id);
    if (page === "compare") return new ComparePage(this);
    return {
      element: problem({ title: "There is no such page", text: location.pathname }),
      title: "Not found",
    };
  }
}
