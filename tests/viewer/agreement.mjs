// What the front end's modules make of a session's answer, as JSON.
// node agreement.mjs ASSETS < ANSWER
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const assets = pathToFileURL(process.argv[2] + "/");
const load = (name) => import(new URL(name, assets));
const { Spans } = await load("session/spans.js");
const { criticalPath } = await load("session/critical_path.js");
const { totalsByPath } = await load("session/totals.js");
const { pathTree } = await load("session/trees.js");

const spans = new Spans(JSON.parse(readFileSync(0, "utf8")));
const waited = criticalPath(spans).segments.filter(({ span }) => span >= 0);
const totals = [...totalsByPath(spans)].map(([path, one]) => [
  path,
  [one.requests, one.errors, one.percentile(0.5), one.percentile(0.95), one.tokens, one.cost],
]);
const folders = pathTree(spans).filter(({ totals }) => totals);
console.log(
  JSON.stringify({
    waited: waited.map(({ span, from, to }) => [span, from, to]),
    totals: Object.fromEntries(totals),
    busy: Object.fromEntries(folders.map(({ path, totals }) => [path, totals.busy ?? null])),
  }),
);
