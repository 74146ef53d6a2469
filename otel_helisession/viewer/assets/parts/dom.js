/**
 * Elements, made without HTML: text is only ever text, whoever wrote it.
 */

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * Make an element.
 *
 * In *said*: `class`, `text`, `on` (listeners by event), `vars` (CSS custom properties and
 * properties, by CSSOM, which a strict CSP allows), `data`; the rest are attributes: `true`
 * is an empty one, `null`, `undefined` and `false` are left out.
 *
 * @param {string} tag @param {Record<string, any>} [said] @param {...(Child | Child[])} children
 * @returns {HTMLElement}
 */
export function h(tag, said = {}, ...children) {
  return fill(document.createElement(tag), said, children);
}

/** The same for SVG. @returns {SVGElement} */
export function svg(tag, said = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), said, children);
}

function fill(element, said, children) {
  for (const [name, value] of Object.entries(said)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") element.setAttribute("class", value);
    else if (name === "text") element.textContent = String(value);
    else if (name === "on") listen(element, value);
    else if (name === "vars") paint(element, value);
    else if (name === "data") Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter(isThere).map(asNode));
  return element;
}

function listen(element, listeners) {
  for (const [event, listener] of Object.entries(listeners)) element.addEventListener(event, listener);
}

/** Set CSS properties by name. @param {HTMLElement | SVGElement} element @param {Record<string, string | number | null>} vars */
export function paint(element, vars) {
  for (const [name, value] of Object.entries(vars)) {
    if (value === null) element.style.removeProperty(name);
    else element.style.setProperty(name, String(value));
  }
}

/** Put *children* in place of what is in *element*. @param {Element} element @param {...(Child | Child[])} children */
export function put(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter(isThere).map(asNode));
  return element;
}

function isThere(child) {
  return child !== null && child !== undefined && child !== false;
}

function asNode(child) {
  return child instanceof Node ? child : document.createTextNode(String(child));
}

/** Text that only a screen reader says. @param {string} text */
export function spoken(text) {
  return h("span", { class: "spoken", text });
}

/** A link that the app follows without loading a page. @param {string} href @param {Record<string, any>} said @param {...Child} children */
export function link(href, said, ...children) {
  return h("a", { href, "data-inside": true, ...said }, ...children);
}

/** Call *action* once *millis* have passed without another call. */
export function settled(action, millis) {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...given), millis);
  };
}

/** Call *action* at once, and then at most once in *millis*, the last time included. */
export function settledFirst(action, millis) {
  let waiting = false;
  let again = false;
  return function call() {
    if (waiting) {
      again = true;
      return;
    }
    waiting = true;
    action();
    setTimeout(() => {
      waiting = false;
      if (again) {
        again = false;
        call();
      }
    }, millis);
  };
}

/** Call *action* at most once a frame. @param {() => void} action */
export function onceAFrame(action) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      action();
    });
  };
}
