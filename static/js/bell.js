// A new P1 sounds once; what somebody of the room has said to have heard sounds nowhere, not even on a page that opens later.
import { post } from "./api.js";
import { unheard } from "./order.js";
import { isAwake, isOn, soundP1, whenAwake } from "./sound.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const SOUNDED = "posko.p1.sounded";

/** Tells "change" when `waiting` changed: the P1 nobody heard, oldest first. */
export class Bell extends EventTarget {
  constructor(live) {
    super();
    Object.assign(this, { live, waiting: [], owed: false });
    live.addEventListener("change", ({ detail: { changed, isSnapshot } }) => (isSnapshot || changed.incidents.size) && this.look());
    whenAwake(() => this.catchUp());
  }

  look() {
    this.waiting = unheard(this.live.picture.incidents.values());
    const known = new Set(kept());
    const ids = this.waiting.map(({ id }) => id);
    if (ids.some((id) => !known.has(id))) this.ring();
    if (!ids.length) this.owed = false;
    keep(ids);
    this.dispatchEvent(new Event("change"));
  }

  // A browser that does not let the page sound yet owes the sound until it may, or until somebody heard.
  ring() {
    if (isAwake() || !isOn()) return soundP1();
    this.owed = true;
    if (!document.getElementById("queue-bell")) toast(t("P1 baru. Bunyi tertahan: sentuh layar atau tekan satu tombol."), { isBad: true });
  }

  catchUp() {
    if (this.owed) soundP1();
    this.owed = false;
    this.dispatchEvent(new Event("change"));
  }

  get isBlocked() {
    return isOn() && !isAwake();
  }

  /** Say for the room that a P1 was heard. */
  async hear({ id }) {
    try {
      await post(`/incidents/${id}/heard`);
      this.live.catchUp();
    } catch (problem) {
      toast(problem.message, { isBad: problem.status !== 409 });
    }
  }
}

function kept() {
  try { return JSON.parse(localStorage.getItem(SOUNDED)) ?? []; } catch { return page; }
}

// Private mode keeps nothing: then this page remembers for itself.
let page = [];
function keep(ids) {
  page = ids;
  try { localStorage.setItem(SOUNDED, JSON.stringify(ids)); } catch { /* see above */ }
}
