// A part of a page that is drawn anew only when what it shows changed, and never under a pressed button.
import { fill } from "./dom.js";

const AGAIN_MS = 250;

export class Section {
  constructor(element) {
    this.element = element;
    this.shown = null;
  }

  /** `facts` are what the section shows; `make` answers its children. */
  show(facts, make) {
    const signature = JSON.stringify(facts);
    if (signature === this.shown) return;
    clearTimeout(this.later);
    if (this.element.matches(":active")) return void (this.later = setTimeout(() => this.show(facts, make), AGAIN_MS));
    this.shown = signature;
    this.replace(make());
  }

  // Whoever had the focus keeps it: the same [data-key] in the new children.
  replace(children) {
    const key = this.element.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const open = [...this.element.querySelectorAll("details[open][data-key]")].map((one) => one.dataset.key);
    fill(this.element, children);
    for (const name of open) this.byKey(name)?.setAttribute("open", "");
    if (key) this.byKey(key)?.focus({ preventScroll: true });
  }

  byKey(key) {
    return this.element.querySelector(`[data-key="${CSS.escape(key)}"]`);
  }

  clear() {
    this.show(null, () => []);
  }
}
