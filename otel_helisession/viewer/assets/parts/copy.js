/**
 * A button that copies a text.
 */

import { h, put } from "./dom.js";
import { icon } from "./icons.js";
import { announce } from "../shell/announce.js";

/**
 * @param {string | (() => string)} text what is copied, or what makes it when it is asked for
 * @param {string} label what it is: `session id`
 * @param {string} [word] shown beside the icon
 */
export function copyButton(text, label, word = "") {
  const button = h("button", {
    class: `copy quiet${word ? "" : " only-icon"}`,
    type: "button",
    "aria-label": `Copy ${label}`,
    title: `Copy ${label}`,
  });
  const rest = () => put(button, icon("copy"), word);
  rest();
  button.addEventListener("click", async (event) => {
    event.stopPropagation();
    event.preventDefault();
    const worked = await toClipboard(typeof text === "function" ? text() : text);
    announce(worked ? `${label} copied` : `${label} could not be copied`);
    button.classList.toggle("is-done", worked);
    put(button, icon(worked ? "done" : "error"), word && (worked ? "Copied" : "Not copied"));
    setTimeout(() => {
      button.classList.remove("is-done");
      rest();
    }, 1400);
  });
  return button;
}

async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** Where the clipboard's interface is refused: pages opened from a file. */
function copyBySelection(text) {
  const area = h("textarea", { class: "spoken", readonly: true });
  area.value = text;
  document.body.append(area);
  area.select();
  const worked = document.execCommand("copy");
  area.remove();
  return worked;
}
