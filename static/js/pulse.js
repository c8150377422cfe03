// How old the picture is: it is fresh at a heartbeat whose head it has reached, and frozen 10 s after the last such moment. Pure.
export const FROZEN_AFTER_MS = 10_000;

export class Pulse {
  constructor() {
    this.freshAt = null; // the server's time when the picture was last known to be whole
    this.freshMs = null; // the same moment by this machine's steady clock
    this.beatMs = null; // the last heartbeat, whole or not
    this.startMs = null;
    this.boot = null;
  }

  start(ms) {
    this.startMs ??= ms;
  }

  /** A heartbeat arrived; the picture stood at `seq`. Answers what it asks for: "", "catch up" or "snapshot". */
  beat({ head, at, boot }, seq, ms) {
    const isNewBoot = this.boot !== null && boot !== this.boot;
    Object.assign(this, { boot, beatMs: ms, lastHead: head, lastAt: at });
    if (head < seq) return "snapshot"; // another database answers now
    if (head === seq) this.whole(at, ms);
    return head > seq || isNewBoot ? "catch up" : "";
  }

  /** The picture has reached `seq`; if that is the head last heard of, it is whole again. */
  reached(seq, ms) {
    if (this.lastHead === undefined || seq < this.lastHead || ms - this.beatMs > FROZEN_AFTER_MS) return;
    this.whole(this.lastAt, ms);
  }

  whole(at, ms) {
    this.freshAt = at;
    this.freshMs = ms;
  }

  isFrozen(ms) {
    return ms - (this.freshMs ?? this.startMs ?? ms) > FROZEN_AFTER_MS;
  }

  ageSeconds(ms) {
    return Math.max(0, Math.floor((ms - (this.freshMs ?? this.startMs ?? ms)) / 1000));
  }
}
