/**
 * The buttons of a session: open it elsewhere, compare it, take it along.
 */

import { menu } from "../parts/menu.js";

/** The URL for one session or span, or null when the template is none, or not of the web. */
function outsideUrl(template, values) {
  if (!template) return null;
  const url = template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name] ?? ""));
  return /^https?:\/\//i.test(url) ? url : null;
}

const PLACES = [
  ["jaeger", "Jaeger"],
  ["tempo", "Grafana Tempo"],
  ["helicone", "Helicone"],
];

/** Entries for every place that is known. @param {object | null} about @param {Record<string, string>} values */
export function outsideEntries(about, values) {
  return PLACES.map(([key, label]) => ({
    label,
    outside: true,
    href: outsideUrl(about?.links?.[key], values),
  })).filter(({ href }) => href);
}

/** @param {import("../shell/app.js").App} app @param {object} session @param {{trace: string, compare: () => void}} said */
export function sessionActions(app, session, { trace, compare }) {
  if (!app.source.isServer) return [];
  const values = { session_id: session.id, session_name: session.name, trace_id: trace, span_id: "" };
  const outside = outsideEntries(app.about, values);
  const download = (format, label, hint) => ({
    label,
    hint,
    href: app.source.exportUrl(session.id, format),
    download: true,
  });
  return [
    outside.length ? menu("Open in", "out", outside) : null,
    menu("Compare", "compare", [{ label: "With another session of this name…", act: compare }]),
    menu("Export", "download", [
      download("html", "One HTML file", "to attach to an issue; opens anywhere"),
      download("json", "JSON", "what helisession show --json says"),
      download("otlp", "OTLP JSON lines", "for a Collector, or another viewer"),
    ]),
  ];
}
