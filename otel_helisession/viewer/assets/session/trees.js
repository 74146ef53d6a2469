/**
 * The two trees of a session, as lists in reading order: by path, and by span.
 *
 * @typedef {object} TreeNode
 * @property {number} depth from 0
 * @property {number} size how many nodes its subtree has, itself included
 * @property {number} span its span, or -1: a folder
 * @property {string} path
 * @property {string} label of a folder
 * @property {import("./totals.js").Totals | null} totals of a folder, all below it included
 */

import { Totals, figuresOf } from "./totals.js";
import { segments } from "./palette.js";

/** The path trees that were made: the timeline asks for the same one. */
const made = new WeakMap();

/** Folders for paths, with the requests in them. @param {import("./spans.js").Spans} spans @returns {TreeNode[]} */
export function pathTree(spans) {
  if (!made.has(spans)) made.set(spans, madePathTree(spans));
  return made.get(spans);
}

function madePathTree(spans) {
  const root = folder("", "", null);
  const folders = new Map();
  for (let span = 0; span < spans.count; span += 1) {
    if (!spans.isRequest(span) && !spans.get(span, "fault")) continue;
    const path = spans.path[span];
    if (!folders.has(path)) folders.set(path, segments(spans.paths[path]).reduce(below, root));
    const here = folders.get(path);
    here.spans.push(span);
    const said = figuresOf(spans, span);
    for (let one = here; one; one = one.parent) one.totals.count(said);
  }
  const ways = spans.paths.map((path) => way(root, path));
  for (let span = 0; span < spans.count; span += 1)
    for (const one of ways[spans.path[span]]) one.totals.open(spans.start[span], spans.end[span]);
  const nodes = [];
  const single = root.folders.size === 1 && !root.spans.length;
  if (single) for (const one of root.folders.values()) list(one, 0, nodes, spans);
  else if (root.folders.size || root.spans.length) list(root, 0, nodes, spans);
  return nodes;
}

function folder(path, label, parent) {
  return { path, label, parent, folders: new Map(), spans: [], totals: new Totals() };
}

/** The folders that there are on the way down to *path*: every span of it is time of each. */
function way(root, path) {
  const found = [root];
  for (const part of segments(path)) {
    const inner = found[found.length - 1].folders.get(part);
    if (!inner) break;
    found.push(inner);
  }
  return found;
}

function below(here, part, place) {
  const path = place ? `${here.path}/${part}` : `/${part}`;
  if (!here.folders.has(part)) here.folders.set(part, folder(path, part, here));
  return here.folders.get(part);
}

/** Put a folder and all in it into *nodes*, by their first starts. */
function list(one, depth, nodes, spans) {
  const node = { depth, size: 1, span: -1, path: one.path || "/", label: one.label, totals: one.totals };
  nodes.push(node);
  const before = nodes.length;
  const folders = [...one.folders.values()].sort((a, b) => a.totals.first - b.totals.first);
  let next = 0;
  for (const span of one.spans) {
    while (next < folders.length && folders[next].totals.first <= spans.start[span])
      list(folders[next++], depth + 1, nodes, spans);
    nodes.push({ depth: depth + 1, size: 1, span, path: one.path || "/", label: "", totals: null });
  }
  for (const inner of folders.slice(next)) list(inner, depth + 1, nodes, spans);
  node.size = nodes.length - before + 1;
}

/** Every span below its parent. @param {import("./spans.js").Spans} spans @returns {TreeNode[]} */
export function spanTree(spans) {
  const nodes = [];
  const open = []; // the nodes above the one at hand
  const stack = [...spans.children(-1)].reverse().map((span) => ({ span, depth: 0 }));
  while (stack.length) {
    const { span, depth } = stack.pop();
    while (open.length > depth) close(open.pop(), nodes);
    const node = {
      depth,
      size: 1,
      span,
      path: spans.paths[spans.path[span]],
      label: "",
      totals: null,
      place: nodes.length,
    };
    nodes.push(node);
    open.push(node);
    const children = spans.children(span);
    for (let place = children.length - 1; place >= 0; place -= 1)
      stack.push({ span: children[place], depth: depth + 1 });
  }
  while (open.length) close(open.pop(), nodes);
  return nodes;
}

function close(node, nodes) {
  node.size = nodes.length - node.place;
}
