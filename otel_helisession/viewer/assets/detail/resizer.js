/**
 * The edge between the views and the detail pane, which can be dragged.
 */

import { h } from "../parts/dom.js";

const KEY = "helisession-detail-width";
const STEP = 32;

/** @returns {HTMLElement} a separator; it sets --detail on the root element. */
export function resizer() {
  const edge = h("div", {
    class: "resizer",
    role: "separator",
    tabindex: 0,
    "aria-orientation": "vertical",
    "aria-label": "Width of the span's details",
  });
  const set = (width) => {
    const fitting = Math.round(Math.max(320, Math.min(width, innerWidth * 0.7)));
    document.documentElement.style.setProperty("--detail", `${fitting}px`);
    edge.setAttribute("aria-valuenow", String(fitting));
    keep(fitting);
  };
  const width = () => edge.parentElement.getBoundingClientRect().width;
  edge.addEventListener("pointerdown", (event) => {
    edge.setPointerCapture(event.pointerId);
    const move = (now) => set(innerWidth - now.clientX);
    const up = () => {
      edge.removeEventListener("pointermove", move);
      edge.removeEventListener("lostpointercapture", up);
    };
    edge.addEventListener("pointermove", move);
    edge.addEventListener("lostpointercapture", up);
    event.preventDefault();
  });
  edge.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: STEP, ArrowRight: -STEP }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    set(width() + by);
  });
  const kept = known();
  if (kept) set(kept);
  return edge;
}

function keep(width) {
  try {
    localStorage.setItem(KEY, String(width));
  } catch {
    // Storage is switched off.
  }
}

function known() {
  try {
    return Number(localStorage.getItem(KEY)) || 0;
  } catch {
    return 0;
  }
}
