/**
 * Numbers and times as people read them. Unknown is a word or a dash, never 0.
 */

const WHOLE = new Intl.NumberFormat("en-US");
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const DAY_AND_YEAR = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export const UNKNOWN = "–";

/** @param {number | null | undefined} value */
export function isKnown(value) {
  return value !== null && value !== undefined;
}

/** `0.4 ms`, `664 ms`, `12.4 s`, `3 min 05 s`, `2 h 10 min`. @param {number | null | undefined} ms */
export function duration(ms) {
  if (!isKnown(ms)) return UNKNOWN;
  if (ms < 0.05) return "0 ms";
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 2880) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
  return `${(minutes / 1440).toFixed(1)} d`;
}

/** A point on an axis whose ticks are *step* apart and which ends at *most*: `1.25 s`, `0.4 ms`. @param {number} ms @param {number} step @param {number} [most] */
export function axisTime(ms, step, most = step) {
  if (ms === 0) return "0";
  const [unit, size] =
    step >= 60_000 ? ["min", 60_000] : step >= 500 || most >= 5_000 ? ["s", 1000] : ["ms", 1];
  const digits = Math.max(0, Math.ceil(-Math.log10(step / size) - 1e-9));
  return `${(ms / size).toFixed(Math.min(digits, 6))} ${unit}`;
}

/** `1,204`. @param {number | null | undefined} value */
export function whole(value) {
  return isKnown(value) ? WHOLE.format(value) : UNKNOWN;
}

/** `524`, `12.4k`, `3.1M`. @param {number | null | undefined} value */
export function compact(value) {
  if (!isKnown(value)) return UNKNOWN;
  if (value < 10_000) return WHOLE.format(value);
  if (value < 999_950) return `${(value / 1000).toFixed(value < 99_950 ? 1 : 0)}k`;
  return `${(value / 1e6).toFixed(value < 99.95e6 ? 1 : 0)}M`;
}

/** `$0.0013`, `<$0.0001`, `$12.40`: as cli/figures.py `money`. @param {number | null | undefined} usd */
export function cost(usd) {
  if (!isKnown(usd)) return UNKNOWN;
  if (usd >= 1 || usd <= 0) return `$${usd.toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ",")}`;
  return usd >= 0.00005 ? `$${usd.toFixed(4)}` : "<$0.0001";
}

/** `12%`, `0.4%`, `0%`. @param {number} part of 1 */
export function percent(part) {
  if (part === 0) return "0%";
  const hundredths = part * 100;
  return `${hundredths < 10 && hundredths % 1 ? hundredths.toFixed(1) : Math.round(hundredths)}%`;
}

/** `just now`, `12 min ago`, `22 Nov, 14:03`. @param {string} iso @param {number} [now] */
export function ago(iso, now = Date.now()) {
  const then = Date.parse(iso);
  const seconds = Math.round((now - then) / 1000);
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 12 * 3600) return `${Math.floor(seconds / 3600)} h ago`;
  const date = new Date(then);
  if (date.getFullYear() !== new Date(now).getFullYear()) return DAY_AND_YEAR.format(date);
  return `${DAY.format(date)}, ${CLOCK.format(date).slice(0, 5)}`;
}

/** `14:03:22` of today, `22 Nov, 14:03` of another day. @param {string} iso @param {number} [now] */
export function clock(iso, now = Date.now()) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return UNKNOWN;
  const day = DAY.format(date);
  return day === DAY.format(new Date(now)) ? CLOCK.format(date) : `${day}, ${CLOCK.format(date).slice(0, 5)}`;
}

/** `22 Nov 2026, 14:03:22` in the reader's zone. @param {string} iso */
export function moment(iso) {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? UNKNOWN : `${DAY_AND_YEAR.format(date)}, ${CLOCK.format(date)}`;
}

/** The plural of an English noun: `1 error`, `2 errors`. @param {number} count @param {string} noun */
export function counted(count, noun) {
  return `${whole(count)} ${noun}${count === 1 ? "" : noun.endsWith("y") ? "" : "s"}`;
}

/** An id, short enough for a table: the whole of a short one, else its beginning. @param {string} id */
export function shortId(id) {
  return /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(id) ? id.slice(0, 8) : id;
}
