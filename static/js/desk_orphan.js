// A draft that another tab of this person left behind: offered, taken over or dropped, never opened by itself.
import { labelOf } from "./desk_words.js";
import { setText } from "./dom.js";
import { t } from "./words.js";

const $ = (id) => document.getElementById(id);

export class Orphan {
  /** `onTake(form)` gets what was found. */
  constructor(drafts, onTake) {
    Object.assign(this, { drafts, onTake });
    $("orphan-take").addEventListener("click", () => this.take());
    $("orphan-drop").addEventListener("click", () => this.drop());
    this.offer();
  }

  offer() {
    this.found = this.drafts.others()[0] ?? null;
    $("orphan").hidden = !this.found;
    if (this.found) setText($("orphan-words"), t("Ada laporan setengah jadi dari jendela lain: {label}.", { label: labelOf(this.found.form) }));
  }

  take() {
    const form = this.drafts.take(this.found.key);
    if (form) this.onTake(form);
    this.offer();
  }

  drop() {
    this.drafts.take(this.found.key);
    this.offer();
  }
}
