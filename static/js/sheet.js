// The sheet that lies on the map: one thing at a time (layers, drawing, measuring), closed by Esc, focus given back.
import { fill, h, icon } from "./dom.js";
import { t } from "./words.js";

export class Sheet extends EventTarget {
  constructor(element) {
    super();
    this.element = element;
    this.name = null;
    element.addEventListener("keydown", (event) => this.key(event));
  }

  /** Open as `name` with a title and children; `onClose` is told once when it closes or something else opens. */
  open(name, title, children, { onClose = null } = {}) {
    if (this.name !== name) (this.leave(), (this.opener = document.activeElement));
    Object.assign(this, { name, onClose });
    const close = h("button.btn.btn-icon.btn-small", { type: "button", "aria-label": t("Tutup"), title: t("Tutup (Esc)"), onclick: () => this.close() }, icon("x"));
    fill(this.element, h("div.map-sheet-head", {}, h("h2", { id: "map-sheet-title" }, title), close), h("div.map-sheet-body", {}, children));
    this.element.hidden = false;
    this.element.focus({ preventScroll: true });
    this.tell();
  }

  /** Other children in the sheet that is open. */
  fill(...children) {
    fill(this.element.querySelector(".map-sheet-body"), ...children);
  }

  close() {
    if (!this.name) return false;
    const { opener } = this;
    const hadFocus = this.element.contains(document.activeElement);
    this.leave();
    this.element.hidden = true;
    if (hadFocus) opener?.focus?.({ preventScroll: true });
    this.tell();
    return true;
  }

  leave() {
    const told = this.onClose;
    Object.assign(this, { name: null, onClose: null });
    told?.();
  }

  key(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    this.close();
  }

  tell() {
    this.dispatchEvent(new CustomEvent("turn", { detail: this.name }));
  }
}
