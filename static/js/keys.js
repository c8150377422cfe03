// Keys of a page: a letter does its deed unless someone is writing; "?" lists them all. One register: what does is what is listed.
import { fill, h } from "./dom.js";

const isWriting = ({ target }) => target.closest?.("input, textarea, select, [contenteditable]") && target.type !== "checkbox";

/** The key an event says, as a register writes it: "j", "Shift+3", "Escape". */
export function keyOf({ key, code, shiftKey }) {
  const digit = shiftKey && /^Digit[0-9]$/.test(code ?? "");
  return digit ? `Shift+${code.slice(5)}` : key;
}

/** [[key, ...], words] of everything a register does, each key once. */
export const listOf = (bindings) => bindings.map(([keys, words]) => [[keys].flat(), words]);

/** The keys that stand in a register twice: the second deed would never be done. */
export function clashesOf(bindings) {
  const all = listOf(bindings).flatMap(([keys]) => keys);
  return all.filter((key, place) => all.indexOf(key) !== place);
}

export class Keys {
  /** `bindings`: [[keys, words, deed], ...]; `keys` is one name of `keyOf` or several. The first deed of a key counts. */
  constructor(bindings, dialog) {
    Object.assign(this, { dialog });
    this.set(bindings);
    document.addEventListener("keydown", (event) => this.press(event));
  }

  set(bindings) {
    this.bindings = bindings;
    this.deeds = new Map(bindings.flatMap(([keys, , deed]) => [keys].flat().map((key) => [key, deed])).reverse());
  }

  press(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]") || (isWriting(event) && event.key !== "Escape")) return;
    const name = keyOf(event);
    const deed = this.deeds.get(name) ?? this.deeds.get(name.toLowerCase());
    if (deed && deed(event) !== false) event.preventDefault();
  }

  list() {
    const rows = listOf(this.bindings).flatMap(([keys, words]) => [h("dt", {}, keys.map((key) => [h("kbd", {}, key), " "])), h("dd", {}, words)]);
    fill(this.dialog.querySelector(".keys"), ...rows);
    this.dialog.showModal();
  }
}
