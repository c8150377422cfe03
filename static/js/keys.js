// Keys of a page: a letter does its deed unless someone is writing; "?" lists them all.
import { fill, h } from "./dom.js";

const isWriting = ({ target }) => target.closest?.("input, textarea, select, [contenteditable]") && target.type !== "checkbox";

export class Keys {
  /** `bindings`: [[keys, words, deed], ...]; `keys` is one KeyboardEvent.key or several. */
  constructor(bindings, dialog) {
    Object.assign(this, { bindings, dialog });
    this.deeds = new Map(bindings.flatMap(([keys, , deed]) => [keys].flat().map((key) => [key, deed])));
    document.addEventListener("keydown", (event) => this.press(event));
  }

  press(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]") || (isWriting(event) && event.key !== "Escape")) return;
    const deed = this.deeds.get(event.key) ?? this.deeds.get(event.key.toLowerCase());
    if (deed && deed(event) !== false) event.preventDefault();
  }

  list() {
    const rows = this.bindings.flatMap(([keys, words]) => [h("dt", {}, [keys].flat().slice(0, 2).map((key) => [h("kbd", {}, key), " "])), h("dd", {}, words)]);
    fill(this.dialog.querySelector(".keys"), ...rows);
    this.dialog.showModal();
  }
}
