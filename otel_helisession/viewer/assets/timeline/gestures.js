/**
 * Gestures on the timeline: wheel, drag, pinch, click and hover.
 */

const WHEEL = 0.0022;
const STILL = 4;

/**
 * @param {HTMLElement} element
 * @param {object} said
 * @param {() => import("./geometry.js").Geometry} said.place
 * @param {() => boolean} said.scrolls whether the plain wheel scrolls the lanes
 * @param {() => void} said.changed the window was changed
 * @param {(x: number, y: number) => void} said.click
 * @param {(x: number, y: number) => void} said.double
 * @param {(x: number, y: number) => void} said.hover
 * @param {() => void} said.leave
 */
export function gestures(element, said) {
  const points = new Map();
  let moved = false;
  const local = (event) => {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  element.addEventListener("wheel", (event) => wheel(event, local(event)[0], said), { passive: false });
  element.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    points.set(event.pointerId, local(event));
    moved = points.size > 1;
  });
  element.addEventListener("pointermove", (event) => {
    const [x, y] = local(event);
    const before = points.get(event.pointerId);
    if (!before) return event.pointerType === "mouse" && said.hover(x, y);
    if (!moved && Math.hypot(x - before[0], y - before[1]) < STILL) return;
    if (!moved) {
      moved = true;
      element.setPointerCapture(event.pointerId);
    }
    said.leave();
    if (points.size === 2) pinch(points, event.pointerId, x, said);
    else drag(element, x - before[0], event.pointerType === "mouse" ? y - before[1] : 0, said);
    points.set(event.pointerId, [x, y]);
  });
  element.addEventListener("pointerup", (event) => {
    const known = points.delete(event.pointerId);
    if (known && !moved) said.click(...local(event));
  });
  element.addEventListener("pointercancel", (event) => points.delete(event.pointerId));
  element.addEventListener("pointerleave", () => said.leave());
  element.addEventListener("dblclick", (event) => said.double(...local(event)));
}

function wheel(event, x, { place, scrolls, changed }) {
  const geometry = place();
  const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
  if (sideways) geometry.time.pan((event.deltaX || event.deltaY) * geometry.perPixel);
  else if (event.ctrlKey || event.metaKey || !scrolls()) {
    const lines = event.deltaMode === 1 ? 18 : 1;
    geometry.time.zoom(Math.exp(event.deltaY * lines * WHEEL * (event.ctrlKey ? 3 : 1)), geometry.ms(x));
  } else return; // the browser scrolls
  event.preventDefault();
  changed();
}

function drag(element, byX, byY, { place, changed }) {
  const geometry = place();
  geometry.time.pan(-byX * geometry.perPixel);
  const scroller = element.closest(".timeline-scroll");
  if (scroller && byY) scroller.scrollTop -= byY;
  changed();
}

function pinch(points, id, x, { place, changed }) {
  const [other] = [...points].filter(([one]) => one !== id).map(([, point]) => point);
  const before = points.get(id)[0];
  const geometry = place();
  const apart = Math.max(12, Math.abs(before - other[0]));
  geometry.time.zoom(apart / Math.max(12, Math.abs(x - other[0])), geometry.ms((before + other[0]) / 2));
  changed();
}
