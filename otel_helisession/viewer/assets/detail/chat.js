/**
 * Messages as a chat: who said what, tools that were called, reasoning folded away.
 */

import { copyButton } from "../parts/copy.js";
import { h, put } from "../parts/dom.js";
import { compact } from "../parts/format.js";
import { icon } from "../parts/icons.js";
import { jsonBlock } from "../parts/json_view.js";
import { section } from "./section.js";

const LONG_CHARS = 1_400;
const LONG_LINES = 18;
const MOST_CHARS = 400_000;

/** @param {{input?: object[], output?: object[], instructions?: object[], tools?: object[]}} said */
export function chat({ input = [], output = [], instructions = [], tools = [] }) {
  const turns = [
    ...(instructions.length ? [message({ role: "system", parts: instructions })] : []),
    ...input.map((one) => message(one)),
    ...output.map((one) => message(one, true)),
  ];
  return [
    turns.length > 0 && section("Messages", { count: turns.length }, h("ol", { class: "chat" }, turns)),
    tools.length > 0 && section("Tools on offer", { count: tools.length, open: false }, tools.map(tool)),
  ];
}

function message({ role, parts, name, finish_reason: finish }, isAnswer = false) {
  const who = String(role ?? "unknown");
  const list = Array.isArray(parts) ? parts : [{ type: "text", content: parts }];
  const words = list.map(partText).filter(Boolean).join("\n\n");
  return h(
    "li",
    { class: `message role-${roleClass(who)}${isAnswer ? " is-answer" : ""}` },
    h(
      "div",
      { class: "message-head" },
      h("span", { class: "role", text: who }),
      name && h("span", { class: "muted", text: String(name) }),
      isAnswer && h("span", { class: "answer-mark", text: "answer" }),
      finish && h("span", { class: "faint", text: String(finish) }),
      h("span", { class: "grow" }),
      words && copyButton(words, "message"),
    ),
    list.map(part),
  );
}

function roleClass(role) {
  return ["system", "developer", "user", "assistant", "tool"].includes(role)
    ? role.replace("developer", "system")
    : "other";
}

/** What a part says as text, for copying. */
function partText({ type, content, text }) {
  const said = content ?? text;
  return type === "text" || type === "reasoning" ? asText(said) : "";
}

function part(one) {
  if (!one || typeof one !== "object") return longText(asText(one));
  const said = one.content ?? one.text;
  if (one.type === "text") return longText(asText(said));
  if (one.type === "reasoning") return reasoning(asText(said));
  if (one.type === "tool_call") return call(one);
  if (one.type === "tool_call_response") return answer(one);
  if (["blob", "file", "uri", "image", "audio", "video"].includes(one.type)) return stub(one);
  return jsonBlock(one, `part ${one.type ?? ""}`);
}

function asText(said) {
  if (said === null || said === undefined) return "";
  return typeof said === "string" ? said : JSON.stringify(said, null, 2);
}

/** A text, of which a long one shows its beginning first. @param {string} text */
export function longText(text) {
  const whole = text.slice(0, MOST_CHARS);
  const lines = whole.split("\n");
  const isLong = whole.length > LONG_CHARS * 1.3 || lines.length > LONG_LINES * 1.3;
  const element = h("div", { class: "text", dir: "auto" });
  if (!isLong) return put(element, whole);
  const head = lines.slice(0, LONG_LINES).join("\n").slice(0, LONG_CHARS);
  const more = h("button", {
    type: "button",
    class: "more",
    text: `Show all ${compact(whole.length)} characters`,
  });
  more.addEventListener("click", () => put(element, whole));
  return put(element, `${head}…`, more);
}

function reasoning(text) {
  return h(
    "details",
    { class: "reasoning" },
    h(
      "summary",
      {},
      "Reasoning",
      h("span", {
        class: "faint",
        text: text ? ` ${compact(text.length)} characters` : " not shown by the model",
      }),
    ),
    longText(text),
  );
}

function call({ name, id, arguments: given }) {
  return h(
    "div",
    { class: "call" },
    h(
      "div",
      { class: "call-head" },
      icon("tool"),
      h("b", { text: String(name ?? "tool") }),
      id && h("span", { class: "faint mono", text: String(id) }),
    ),
    isEmpty(given) ? null : jsonBlock(given, `arguments of ${name}`),
  );
}

function answer({ id, response, result, content }) {
  const said = response ?? result ?? content;
  return h(
    "div",
    { class: "call is-result" },
    h(
      "div",
      { class: "call-head" },
      icon("tool"),
      h("span", { text: "Result" }),
      id && h("span", { class: "faint mono", text: String(id) }),
    ),
    isEmpty(said)
      ? null
      : typeof said === "string" && !/^\s*[[{]/.test(said)
        ? longText(said)
        : jsonBlock(said, "result"),
  );
}

/** A picture or file is named, never loaded: what is in it came from outside. */
function stub(one) {
  const kind = one.modality ?? (one.mime_type ?? one.media_type ?? one.type).split("/")[0];
  const facts = [
    one.mime_type ?? one.media_type,
    typeof one.content === "string" && one.content.length > 64
      ? `${compact(Math.round(one.content.length * 0.75))} bytes`
      : "",
    one.uri ?? one.url ?? one.file_id ?? one.filename,
  ];
  return h(
    "div",
    { class: "stub" },
    icon("data"),
    h("b", { text: String(kind) }),
    h("span", {
      class: "muted stub-facts",
      text: facts
        .filter(Boolean)
        .map((fact) => String(fact).slice(0, 200))
        .join(" · "),
    }),
    h("span", { class: "faint", text: "not shown" }),
  );
}

function tool(one) {
  const said = one?.function ?? one ?? {};
  return h(
    "details",
    { class: "offer" },
    h(
      "summary",
      {},
      h("b", { text: String(said.name ?? one?.type ?? "tool") }),
      said.description && h("span", { class: "muted", text: ` ${String(said.description).slice(0, 160)}` }),
    ),
    jsonBlock(one, "tool definition"),
  );
}

function isEmpty(value) {
  return value === null || value === undefined || value === "";
}
