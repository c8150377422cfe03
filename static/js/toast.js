// The short word that comes and goes, with an undo where there is one.
import { h } from "./dom.js";

const STAYS_MS = 6000;

/** Say something for a few seconds; `deed` {label, act} adds a button. */
export function toast(words, { isBad = false, deed = null } = {}) {
  const button = deed && h("button.btn.btn-small", { type: "button", onclick: () => (deed.act(), box.remove()) }, deed.label);
  const box = h("div.toast.line", { class: isBad ? "toast-bad" : "" }, h("span", {}, words), button);
  document.getElementById("toasts")?.append(box);
  setTimeout(() => box.remove(), STAYS_MS);
}
