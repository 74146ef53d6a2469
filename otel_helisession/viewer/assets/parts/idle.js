/**
 * Work that is better done before somebody asks for it, but after what was asked for.
 */

const later = globalThis.requestIdleCallback ?? ((act) => setTimeout(act, 200));
const never = globalThis.cancelIdleCallback ?? clearTimeout;

/** Do *tasks*, one at a time, whenever the page has nothing else to do, until `end`. @param {(() => void)[]} tasks */
export function whenIdle(tasks) {
  let asked = 0;
  let ended = false;
  const next = (place) => {
    if (ended || place >= tasks.length) return;
    asked = later(() => {
      tasks[place]();
      next(place + 1);
    });
  };
  next(0);
  return {
    end: () => {
      ended = true;
      never(asked);
    },
  };
}
