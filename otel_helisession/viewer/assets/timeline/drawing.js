/**
 * Drawing: the timeline on its canvas.
 */

import { ticks } from "../session/axis.js";
import { axisTime } from "../parts/format.js";
import { AXIS } from "./geometry.js";

const FONT = "12px Inter, system-ui, sans-serif";
const SMALL = "11px Inter, system-ui, sans-serif";
const FAULT = "600 10.5px Inter, system-ui, sans-serif";

/**
 * @typedef {object} Scene
 * @property {import("./geometry.js").Geometry} place
 * @property {import("../session/spans.js").Spans} spans
 * @property {(path: string) => string} colour
 * @property {(path: string) => string} inkOn what is legible on that colour
 * @property {Record<string, string>} ink the theme's colours by name
 * @property {number} top how far the lanes are scrolled
 * @property {number} selected
 * @property {Float64Array | null} critical
 * @property {Uint8Array | null} found
 */

/** @param {CanvasRenderingContext2D} canvas @param {Scene} scene */
export function draw(canvas, scene) {
  const { place } = scene;
  canvas.clearRect(0, 0, place.width, place.height);
  canvas.textBaseline = "middle";
  grid(canvas, scene);
  canvas.save();
  canvas.beginPath();
  canvas.rect(0, AXIS, place.width, place.height - AXIS);
  canvas.clip();
  canvas.translate(0, -scene.top);
  place.lanes.groups.forEach((group, index) => drawGroup(canvas, scene, group, index));
  canvas.restore();
  axis(canvas, scene);
}

function axisTicks({ place }) {
  const most = Math.max(2, (place.right - place.left) / 90);
  return ticks(place.time.from, place.time.to, most);
}

function grid(canvas, scene) {
  const { place, ink } = scene;
  canvas.fillStyle = ink.grid;
  for (const ms of axisTicks(scene).at) canvas.fillRect(Math.round(place.x(ms)), AXIS, 1, place.height - AXIS);
}

function axis(canvas, scene) {
  const { place, ink } = scene;
  const { step, at } = axisTicks(scene);
  canvas.fillStyle = ink.line;
  canvas.fillRect(0, AXIS - 1, place.width, 1);
  canvas.font = SMALL;
  canvas.fillStyle = ink.muted;
  for (const ms of at) {
    const text = axisTime(ms, step, place.time.to);
    const x = place.x(ms);
    const half = canvas.measureText(text).width / 2;
    if (x + half > place.right + 12) continue;
    canvas.textAlign = x - half < 2 ? "left" : "center";
    canvas.fillText(text, x - half < 2 ? Math.max(2, x) : x, AXIS / 2);
  }
  canvas.textAlign = "left";
}

function drawGroup(canvas, scene, group, index) {
  const { place, ink, top } = scene;
  const y = place.tops[index];
  const height = place.head + group.lanes.length * place.pitch + 5;
  if (y + height < top + AXIS || y > top + place.height) return;
  const colour = scene.colour(group.path);
  if (index) {
    canvas.fillStyle = ink.hair;
    canvas.fillRect(0, Math.round(y) - 2, place.width, 1);
  }
  groupLabel(canvas, scene, group, y, height, colour);
  canvas.save();
  canvas.beginPath();
  canvas.rect(place.left - 1, y, place.right - place.left + 12, height);
  canvas.clip();
  group.lanes.forEach((lane, row) => {
    const laneTop = y + place.head + row * place.pitch;
    if (laneTop + place.pitch >= top + AXIS && laneTop <= top + place.height)
      drawLane(canvas, scene, lane, laneTop, colour);
  });
  canvas.restore();
}

function groupLabel(canvas, { place, ink }, { path, depth }, y, height, colour) {
  const last = path.slice(path.lastIndexOf("/"));
  const x = 12 + (place.narrow ? 0 : Math.min(depth, 6) * 10);
  const middle = place.narrow ? y + 9 : y + Math.min(height / 2, place.head + place.pitch / 2);
  canvas.fillStyle = colour;
  rounded(canvas, x, middle - 4, 8, 8, 2.5);
  canvas.font = FONT;
  canvas.fillStyle = ink.text;
  canvas.fillText(
    fitted(canvas, place.narrow ? path : last, (place.narrow ? place.width : place.left) - x - 22),
    x + 14,
    middle,
  );
}

function drawLane(canvas, scene, lane, y, colour) {
  const { place, spans } = scene;
  const { from, to } = place.time;
  const above = [];
  let drawnTo = -Infinity;
  for (let index = place.lanes.firstAfter(lane, from); index < lane.length; index += 1) {
    const span = lane[index];
    if (spans.start[span] > to) break;
    const x = Math.max(place.left - 2, place.x(spans.start[span]));
    const end = Math.min(place.right + 12, place.x(spans.end[span]));
    const width = Math.max(end - x, 2);
    const fault = spans.fault[span];
    if (fault || span === scene.selected) above.push({ span, x, width, y, colour, fault });
    if (end <= drawnTo) continue; // within the pixel that is drawn already
    drawSpan(canvas, scene, { span, x, width, y, colour });
    drawnTo = Math.max(drawnTo, Math.floor(x + width) - (width > 3 ? 0 : 0.5));
  }
  for (const one of above) drawAbove(canvas, scene, one);
}

function drawSpan(canvas, scene, { span, x, width, y, colour }) {
  const { place, spans, ink, critical, found } = scene;
  const dim = (critical && !critical[span]) || (found && !found[span]);
  const waited = spans.get(span, "ttft_ms");
  const tick = waited === null || waited === undefined ? NaN : place.x(spans.start[span] + waited);
  canvas.globalAlpha = dim ? 0.22 : 1;
  canvas.fillStyle = colour;
  rounded(canvas, x, y, width, place.bar, Math.min(3, width / 5));
  if (tick > x + 1 && width > 6) {
    canvas.fillStyle = ink.veil;
    rounded(canvas, x, y, Math.min(tick - x, width), place.bar, 3);
    canvas.fillStyle = ink.text;
    canvas.fillRect(Math.round(tick), y - 1, 1.5, place.bar + 2);
  }
  if (critical?.[span]) {
    canvas.fillStyle = ink.text;
    canvas.fillRect(x, y + place.bar + 0.5, width, 2);
  }
  if (!spans.fault[span] && width > 44 && place.bar >= 12) drawTitle(canvas, scene, { span, x, width, y, tick });
  canvas.globalAlpha = 1;
}

/** What must not be drawn over by the spans that follow. */
function drawAbove(canvas, scene, { span, x, width, y, fault, colour }) {
  const dim = (scene.critical && !scene.critical[span]) || (scene.found && !scene.found[span]);
  canvas.globalAlpha = dim ? 0.3 : 1;
  if (fault && width > 8) drawFault(canvas, scene, { span, x, width, y, fault, colour });
  else if (fault) drawFlag(canvas, scene, { x: x + width / 2, y, fault });
  if (span === scene.selected) outline(canvas, x, y, width, scene.place.bar, scene.ink);
  canvas.globalAlpha = 1;
}

/** A failed span that is too short for words: a flag above it. */
function drawFlag(canvas, { ink, place }, { x, y, fault }) {
  canvas.fillStyle = fault === 4 ? ink.caller : ink.error;
  canvas.fillRect(x - 0.75, y, 1.5, place.bar);
  canvas.beginPath();
  canvas.moveTo(x - 4.5, y - 2);
  canvas.lineTo(x + 4.5, y - 2);
  canvas.lineTo(x, y + 5);
  canvas.fill();
}

/** Hatches a failed span, and writes what was called and what HTTP said, where there is room. */
function drawFault(canvas, scene, { span, x, width, y, fault, colour }) {
  const { place, spans, ink } = scene;
  canvas.save();
  canvas.beginPath();
  canvas.rect(x, y, width, place.bar);
  canvas.clip();
  canvas.strokeStyle = ink.hatch;
  canvas.lineWidth = 2;
  canvas.beginPath();
  for (let at = x - place.bar; at < x + width; at += 7) {
    canvas.moveTo(at, y + place.bar);
    canvas.lineTo(at + place.bar, y);
  }
  canvas.stroke();
  canvas.restore();
  canvas.strokeStyle = fault === 4 ? ink.caller : ink.error;
  canvas.lineWidth = 1.5;
  canvas.strokeRect(x + 0.75, y + 0.75, Math.max(1, width - 1.5), place.bar - 1.5);
  const word = fault === 1 ? "!" : String(spans.get(span, "http_status"));
  canvas.font = FAULT;
  const wide = canvas.measureText(word).width + 8;
  if (place.bar < 10 || width < wide + 4) return;
  const room = width - wide - 6;
  if (room > 44 && place.bar >= 12)
    drawTitle(canvas, scene, { span, x, width: room, y, tick: NaN, plate: colour });
  canvas.font = FAULT;
  const at = x + width - wide - 1;
  canvas.fillStyle = fault === 4 ? ink.caller : ink.error;
  rounded(canvas, at, y + 1, wide, place.bar - 2, 2);
  canvas.fillStyle = ink.onError;
  canvas.fillText(word, at + 4, y + place.bar / 2 + 0.5);
}

/** Writes what was called into the bar: before or behind the first token, where there is more room; over hatching on a *plate*. */
function drawTitle(canvas, { spans, ink, place, inkOn }, { span, x, width, y, tick, plate }) {
  let begin = Math.max(x, place.left);
  let end = x + width;
  const veiled = tick > x && tick - begin > end - tick;
  if (veiled) end = Math.min(end, tick);
  else if (tick > begin) begin = tick;
  if (end - begin < 44) return;
  canvas.font = SMALL;
  const text = fitted(canvas, spans.title(span), end - begin - 12);
  if (text.length <= 2) return;
  if (plate) {
    canvas.fillStyle = plate;
    rounded(canvas, begin + 2, y + 2, canvas.measureText(text).width + 8, place.bar - 4, 2);
  }
  canvas.fillStyle = veiled ? ink.text : inkOn(spans.paths[spans.path[span]]);
  canvas.fillText(text, begin + 6, y + place.bar / 2 + 0.5);
}

function outline(canvas, x, y, width, height, ink) {
  canvas.globalAlpha = 1;
  canvas.strokeStyle = ink.text;
  canvas.lineWidth = 2;
  canvas.beginPath();
  canvas.roundRect(x - 2, y - 2, width + 4, height + 4, 4);
  canvas.stroke();
}

function rounded(canvas, x, y, width, height, radius) {
  if (width < 4) return canvas.fillRect(x, y, width, height);
  canvas.beginPath();
  canvas.roundRect(x, y, width, height, radius);
  canvas.fill();
}

/** *text*, cut so that it is no wider than *room*. */
function fitted(canvas, text, room) {
  if (room <= 0) return "";
  if (text.length < 200 && canvas.measureText(text).width <= room) return text;
  let length = Math.min(text.length, Math.floor(room / 5));
  while (length > 0 && canvas.measureText(`${text.slice(0, length)}…`).width > room) length -= 1;
  return length ? `${text.slice(0, length)}…` : "";
}
