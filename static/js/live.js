// Keeps the picture true: a snapshot, then entries; the socket is a hint and a fast path, the journal is the truth.
import { Problem, get } from "./api.js";
import { heardTime, now } from "./clock.js";
import { apply, emptyPicture, extend, fromSnapshot, COLLECTIONS } from "./picture.js";
import { Pulse } from "./pulse.js";

const BATCH = 1000;
const TOO_FAR = 5000;
const GRACE_MS = 250;
const RETRY_MS = 2000;
const OPENING_MS = 3000;
const SOCKET = { transports: ["websocket", "polling"], timeout: 3000, reconnectionDelay: 300, reconnectionDelayMax: 1500 };

const steadyMs = () => performance.now();
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** Tells: "change" {changed, entries, isSnapshot, isMore} (more of the same picture was read), "pulse", "connection" {isConnected}, "fault" {problem}. */
export class Live extends EventTarget {
  constructor(connect) {
    super();
    this.connect = connect;
    this.picture = emptyPicture();
    this.pulse = new Pulse();
    this.isConnected = false;
    this.wasConnected = false;
    this.isCatchingUp = false;
    this.ahead = [];
  }

  start() {
    this.pulse.start(steadyMs());
    this.openSocket();
    this.watchWaking();
    return this.takeSnapshot();
  }

  get hasPicture() {
    return this.picture.seq >= 0;
  }

  openSocket() {
    this.socket = this.connect(SOCKET);
    this.socket.on("connect", () => this.setConnected(true));
    this.socket.on("disconnect", (reason) => this.setConnected(false, reason));
    this.socket.on("connect_error", () => this.connectAgain());
    this.socket.on("entries", ({ entries }) => this.receive(entries));
    this.socket.on("heartbeat", (beat) => this.hear(beat));
  }

  setConnected(isConnected, reason) {
    this.isConnected = isConnected;
    this.wasConnected ||= isConnected;
    this.tell("connection", { isConnected });
    if (isConnected) this.catchUp();
    if (reason === "io server disconnect") this.knockAgain(1500);
  }

  connectAgain() {
    this.setConnected(false);
    if (!this.socket.active) this.knockAgain(3000);
  }

  // Shown out, or not let in: final for the client library, not for us. Asking the journal tells whether we still may.
  knockAgain(ms) {
    this.catchUp();
    setTimeout(() => this.socket.connect(), ms);
  }

  hear(beat) {
    heardTime(beat.at);
    const wish = this.hasPicture ? this.pulse.beat(beat, this.picture.seq, steadyMs()) : "";
    if (wish === "snapshot") this.takeSnapshot();
    if (wish === "catch up") setTimeout(() => this.picture.seq < beat.head && this.catchUp(), GRACE_MS);
    this.tell("pulse", beat);
  }

  receive(entries) {
    if (!this.hasPicture) return;
    const step = apply(this.picture, entries);
    this.show(step);
    if (step.gap !== null) this.catchUp();
  }

  show({ picture, changed, applied }) {
    if (!applied.length) return;
    this.picture = picture;
    this.pulse.reached(picture.seq, steadyMs());
    this.tell("change", { changed, entries: applied, isSnapshot: false });
    this.addWaiting();
  }

  /** Add incidents read apart from the picture (see `extend`); what is ahead of it waits for the entries between. */
  add(read) {
    const step = extend(this.picture, read);
    if (!step) return this.ahead.push(read), void this.catchUp();
    this.picture = step.picture;
    this.tell("change", { changed: step.changed, entries: [], isSnapshot: false, isMore: true });
  }

  addWaiting() {
    const waiting = this.ahead;
    this.ahead = waiting.filter(({ seq }) => seq > this.picture.seq);
    for (const read of waiting) if (read.seq <= this.picture.seq) this.add(read);
  }

  /** Fetch what is missing, in batches, until the head; one fetch at a time. */
  async catchUp() {
    if (!this.hasPicture || this.isCatchingUp) return;
    this.isCatchingUp = true;
    try {
      while (await this.fetchBatch());
    } catch (problem) {
      await this.mend(problem);
    } finally {
      this.isCatchingUp = false;
    }
  }

  async fetchBatch() {
    const after = this.picture.seq;
    const { entries, head } = await get(`/journal?after=${after}&limit=${BATCH}`);
    if (head - after > TOO_FAR || head < after) throw new Problem(410);
    const step = apply(this.picture, entries);
    this.show(step);
    if (step.gap !== null) throw new Problem(410);
    if (this.picture.seq >= head) this.pulse.reached(this.picture.seq, steadyMs());
    return this.picture.seq < head && step.applied.length > 0;
  }

  async mend(problem) {
    if (problem.status === 410) return this.takeSnapshot();
    this.tell("fault", { problem });
    if (problem.status !== 401) await wait(RETRY_MS);
  }

  /** The whole picture anew; tries until it has one. */
  takeSnapshot() {
    this.snapshotting ??= this.trySnapshots().finally(() => { this.snapshotting = null; });
    return this.snapshotting;
  }

  async trySnapshots() {
    for (;;) {
      try {
        return this.hang(await get("/board", { patience: 20_000 }));
      } catch (problem) {
        this.tell("fault", { problem });
        if (problem.status === 401 || problem.status === 403) return;
        await wait(RETRY_MS);
      }
    }
  }

  hang(snapshot) {
    heardTime(snapshot.at);
    this.picture = fromSnapshot(snapshot);
    this.pulse.whole(snapshot.at, steadyMs());
    const changed = Object.fromEntries(COLLECTIONS.map((name) => [name, new Set(this.picture[name].keys())]));
    this.tell("change", { changed, entries: [], isSnapshot: true });
    this.addWaiting();
  }

  // A tab that slept missed its beats and does not know it.
  watchWaking() {
    const wake = () => document.visibilityState === "visible" && this.catchUp();
    for (const name of ["visibilitychange", "pageshow", "online", "focus"]) {
      (name === "visibilitychange" ? document : window).addEventListener(name, wake);
    }
  }

  get isFrozen() {
    return this.pulse.isFrozen(steadyMs());
  }

  /** The page is so young that a link not yet there is no fault. */
  get isOpening() {
    return !this.wasConnected && steadyMs() < OPENING_MS;
  }

  /** When the picture was last whole, in server time. */
  get freshAt() {
    return this.pulse.freshAt ?? new Date(now()).toISOString();
  }

  get ageSeconds() {
    return this.pulse.ageSeconds(steadyMs());
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
