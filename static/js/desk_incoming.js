// Left on the desk: calls that ring and calls to call back. One key takes the next, and the form gets its number.
import { get, newUid, post } from "./api.js";
import { atFully, now, onTick } from "./clock.js";
import { openForm } from "./dialog_form.js";
import { arrange, h, icon, oncePerFrame, setText } from "./dom.js";
import { longField } from "./form.js";
import { HeldNumbers, holdNumber } from "./held_numbers.js";
import { may } from "./page.js";
import { RESULTS, lateness, lostWords, mine, newlyRinging, nextFree, sorted } from "./rings.js";
import { soundRing } from "./sound.js";
import { ageText, secondsBetween } from "./time.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const SOON_MS = 80;
const SECOND_PRESS_MS = 800;
const KEYS = { F4: "take", F8: "callBack", F9: "notPickedUp" };

const $ = (id) => document.getElementById(id);

/**
 * Tells: "take" {ring, phone, rang_at, answered_at, isCallBack} when this person took a call (the form reads it), and
 * "lost" {ring} when a call that was taken is held no more: its claim lapsed, was lifted, or another has it.
 */
export class Incoming extends EventTarget {
  constructor({ live, person }) {
    super();
    Object.assign(this, { live, person, numbers: new Map(), rows: new Map(), heard: null, taken: null });
    this.held = new HeldNumbers(live);
    this.draw = oncePerFrame(() => this.paint());
    live.addEventListener("change", ({ detail }) => this.changed(detail));
    $("rings-new").addEventListener("click", () => this.take());
    document.addEventListener("keydown", (event) => this.pressed(event));
    onTick(() => this.tick());
  }

  get cards() {
    return [...this.live.picture.rings.values()];
  }

  changed({ changed, isSnapshot }) {
    if (!isSnapshot && !changed.rings?.size) return;
    this.ringOut(isSnapshot);
    this.lookAfterTaken();
    this.askNumbersSoon();
    this.draw();
  }

  // A sound for each new call, not for those that rang before this page was opened.
  ringOut(isSnapshot) {
    const fresh = newlyRinging(this.heard ?? new Set(), this.cards);
    if (this.heard && !isSnapshot && fresh.length) soundRing();
    this.heard = new Set(this.cards.map((ring) => ring.id));
  }

  lookAfterTaken() {
    const was = this.taken;
    if (!was || this.live.picture.seq < was.seq) return; // the picture does not know yet that it was taken
    const ring = this.live.picture.rings.get(was.ring);
    if (ring?.claimed_by === this.person) return;
    this.taken = null;
    this.dispatchEvent(new CustomEvent("lost", { detail: { ring: was.ring, isSettled: !ring } }));
    if (ring) toast(t("Panggilan itu tidak Anda pegang lagi."), { isBad: true });
  }

  // ---- numbers come apart from the cards: masked, and whole for the one who holds the call

  askNumbersSoon() {
    this.asking ??= setTimeout(() => { this.asking = null; this.askNumbers(); }, SOON_MS);
  }

  async askNumbers() {
    try {
      const { rings } = await get("/calls/ringing");
      this.numbers = new Map(rings.map(({ id, masked, phone }) => [id, { masked, phone }]));
      this.draw();
    } catch { /* the red band says that the server is away; the rows stay without their numbers */ }
  }

  numberOf(ring) {
    const { masked, phone } = this.numbers.get(ring.id) ?? {};
    if (!ring.has_number) return t("tanpa nomor");
    return phone ?? masked ?? "…";
  }

  // ---- keys

  pressed(event) {
    const deed = event.shiftKey || event.ctrlKey || event.altKey || event.metaKey ? null : KEYS[event.key];
    if (!deed || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    if (!event.repeat) this[deed]();
  }

  /** F4: the call that rings longest; where none rings, one that just came in by a telephone the exchange knows nothing of. */
  take() {
    const { ringing } = sorted(this.cards, this.person);
    const next = mine(ringing, this.person) ?? nextFree(ringing);
    return next ? this.claim(next) : this.cameIn();
  }

  /** F2 on the desk: what this person took is answered now, or the only call that rings. Answers whether there was one. */
  answered() {
    const { ringing } = sorted(this.cards, this.person);
    const free = ringing.filter((ring) => !ring.claimed_by);
    const ring = mine(ringing, this.person) ?? (free.length === 1 ? free[0] : null);
    if (ring) this.answer(ring);
    return Boolean(ring);
  }

  /** The form of this ring is being written in: whoever writes has answered it. */
  answering(ring) {
    const card = this.live.picture.rings.get(ring);
    if (card?.state === "ringing") this.answer(card);
  }

  /** F8: the one that waits longest to be called back; pressed again, that one was reached. */
  callBack() {
    const { callBacks } = sorted(this.cards, this.person);
    const held = mine(callBacks, this.person);
    if (held) return this.reached(held);
    const next = nextFree(callBacks);
    return next ? this.claim(next) : toast(t("Tidak ada yang perlu dihubungi balik."));
  }

  // A second press by mistake must not say that somebody was reached.
  reached(ring) {
    if (now() - Date.parse(ring.claimed_at) > SECOND_PRESS_MS) this.tried(ring, "reached");
  }

  /** F9 */
  notPickedUp() {
    const held = mine(sorted(this.cards, this.person).callBacks, this.person);
    if (held) return this.tried(held, "no_answer");
    toast(t("Ambil dahulu yang akan dihubungi: F8."));
  }

  // ---- deeds

  async cameIn() {
    const uid = newUid();
    this.reach();
    const told = await this.ask(() => post("/calls/ringing", { uid, source: "manual", claim: true }));
    if (told) this.give(told.ring, told.seq, { phone: null, rang_at: new Date(now()).toISOString(), answered_at: null });
  }

  async claim(ring) {
    this.reach();
    const told = await this.verb(ring, "claim");
    if (told) this.give(ring.id, told.seq, { ...timesOf(ring), phone: told.phone, isCallBack: ring.state !== "ringing" });
  }

  async answer(ring) {
    this.reach();
    const told = await this.verb(ring, "answer");
    const at = told?.body.cards.rings[0].answered_at;
    if (told) this.give(ring.id, told.seq, { ...timesOf(ring), phone: told.phone, answered_at: at });
  }

  async tried(ring, result) {
    this.reach();
    const told = await this.verb(ring, "callback", { result });
    if (!told) return;
    if (result === "reached") this.give(ring.id, told.seq, { ...timesOf(ring), phone: this.phoneOf(ring), answered_at: told.at, isCallBack: true });
    else toast(t("Dicatat: {result}", { result: RESULTS[result] }));
  }

  phoneOf(ring) {
    return this.numbers.get(ring.id)?.phone ?? null;
  }

  // Said before the server is asked: what is typed from here on belongs to the call that is being taken.
  reach() {
    this.dispatchEvent(new CustomEvent("reach"));
  }

  give(ring, seq, { phone, rang_at, answered_at, isCallBack = false }) {
    this.taken = { ring, seq };
    this.dispatchEvent(new CustomEvent("take", { detail: { ring, phone, rang_at, answered_at, isCallBack } }));
  }

  release(ring) {
    return this.verb(ring, "release");
  }

  lift(ring) {
    openForm({
      title: t("Lepas kunci {who}", { who: ring.claimed_by }), submit: t("Lepas kunci"),
      fields: [longField("why", t("Mengapa"), { required: true, maxlength: 200 })],
      send: ({ why }, uid) => post(`/calls/ringing/${ring.id}/lift`, { uid, why }),
    });
  }

  close(ring) {
    openForm({
      title: t("Tutup tanpa dihubungi"), submit: t("Tutup"),
      fields: [longField("why", t("Mengapa"), { required: true, maxlength: 200, hint: t("Setelah tiga kali dicoba; pengawas boleh kapan saja.") })],
      send: ({ why }, uid) => post(`/calls/ringing/${ring.id}/close`, { uid, why }),
    });
  }

  async unmask(ring) {
    const told = await this.ask(() => post(`/calls/ringing/${ring.id}/unmask`));
    if (!told) return;
    this.numbers.set(ring.id, { ...this.numbers.get(ring.id), phone: told.phone });
    this.draw();
  }

  verb(ring, verb, said = {}) {
    const uid = newUid();
    return this.ask(() => post(`/calls/ringing/${ring.id}/${verb}`, { uid, ...said }));
  }

  // One deed at a time: a key held down or pressed twice asks once.
  async ask(work) {
    if (this.isBusy) return null;
    this.isBusy = true;
    try {
      return await work();
    } catch (problem) {
      toast(problem.message, { isBad: true });
      return null;
    } finally {
      this.isBusy = false;
    }
  }

  // ---- painting

  paint() {
    const { ringing, talking, callBacks, held } = sorted(this.cards, this.person);
    const ownFirst = (rings) => [...rings].sort((a, b) => this.isMine(b) - this.isMine(a));
    arrange($("rings"), ownFirst([...ringing, ...talking]).map((ring) => this.row(ring)));
    arrange($("callbacks"), ownFirst(callBacks).map((ring) => this.row(ring)));
    arrange($("rings-held"), held.map((ring) => this.row(ring)));
    this.count(ringing.length + talking.length, callBacks.length, held.length);
    this.forget();
    this.tick();
  }

  isMine(ring) {
    return ring.claimed_by === this.person;
  }

  count(rings, callBacks, held) {
    $("rings-empty").hidden = rings > 0;
    $("callbacks-part").hidden = callBacks === 0;
    setText($("callbacks-count"), String(callBacks));
    $("held-part").hidden = held === 0;
    setText($("held-count"), t("{n} dari nomor yang ditahan", { n: held }));
  }

  forget() {
    for (const id of this.rows.keys()) if (!this.live.picture.rings.has(id)) this.rows.delete(id);
  }

  // A row is drawn anew when what it says changed; whoever had the focus in it keeps it.
  row(ring) {
    const sign = JSON.stringify([ring, this.numberOf(ring)]);
    const known = this.rows.get(ring.id);
    if (known?.sign === sign) return known.element;
    const key = known?.element.contains(document.activeElement) ? document.activeElement.dataset.deed : null;
    const element = this.rowOf(ring);
    this.rows.set(ring.id, { sign, element, ring });
    if (known?.element.isConnected) known.element.replaceWith(element);
    if (key) (element.querySelector(`[data-deed="${key}"]`) ?? element.querySelector("button"))?.focus({ preventScroll: true });
    return element;
  }

  rowOf(ring) {
    const isMine = this.isMine(ring);
    return h("li.ring", { class: `ring-${ring.state}${isMine ? " is-mine" : ""}`, data: { ring: ring.id } },
      h("span.call-who", {}, icon(iconOf(ring)), " ", h("b.num", {}, this.numberOf(ring))),
      h("time.ring-age.num", { datetime: ring.rang_at, title: atFully(ring.rang_at) }),
      h("span.ring-what", {}, this.words(ring, isMine)),
      h("span.ring-deeds", {}, this.deeds(ring, isMine)));
  }

  words(ring, isMine) {
    const line = ring.line ? t("jalur {line}", { line: ring.line }) : null;
    const holder = !ring.claimed_by ? null : isMine ? t("Anda pegang") : t("dipegang {who}", { who: ring.claimed_by });
    const lost = ring.state === "missed" || ring.state === "dropped" ? lostWords(ring) : null;
    const talks = ring.state === "answered" ? (ring.ended_at ? t("selesai bicara, belum dicatat") : t("sedang bicara")) : null;
    return [lost, talks, line, holder].filter(Boolean).join(" · ");
  }

  deeds(ring, isMine) {
    const able = ring.state === "missed" || ring.state === "dropped" ? this.callBackDeeds(ring, isMine) : this.ringDeeds(ring, isMine);
    return [...able.map(deedButton), ...this.supervision(ring, isMine).map(signButton)];
  }

  ringDeeds(ring, isMine) {
    if (ring.state === "answered") return isMine ? [["form", t("Ke formulir"), () => this.claim(ring)]] : ring.claimed_by ? [] : [["claim", t("Ambil"), () => this.claim(ring)]];
    if (isMine) return [["answer", t("Terjawab"), () => this.answer(ring), "F2", "btn-primary"], ["release", t("Lepas lagi"), () => this.release(ring), null, "btn-quiet"]];
    return ring.claimed_by ? [] : [["claim", t("Ambil"), () => this.claim(ring), this.isNext(ring) && "F4"]];
  }

  callBackDeeds(ring, isMine) {
    if (!isMine) return ring.claimed_by ? [] : [["claim", t("Hubungi"), () => this.claim(ring), this.isNext(ring) && "F8"]];
    const others = ["busy", "off", "wrong"].map((result) => [result, RESULTS[result], () => this.tried(ring, result), null, "btn-quiet"]);
    return [
      ["reached", t("Tersambung"), () => this.tried(ring, "reached"), "F8", "btn-primary"], ["no_answer", t("Tidak diangkat"), () => this.tried(ring, "no_answer"), "F9"],
      ...others, ["close", t("Tutup…"), () => this.close(ring), null, "btn-quiet"], ["release", t("Lepas lagi"), () => this.release(ring), null, "btn-quiet"],
    ];
  }

  supervision(ring, isMine) {
    const isMasked = ring.has_number && !isMine && !this.numbers.get(ring.id)?.phone;
    return [
      ring.claimed_by && !isMine && may("ring.lift") && ["lift", t("Lepas kunci…"), () => this.lift(ring), "lock-open"],
      isMasked && may("number.hold") && ["unmask", t("Lihat nomor (dicatat)"), () => this.unmask(ring), "eye"],
      ring.has_number && !isMine && may("number.hold") && ["hold", t("Tahan nomor…"), () => holdNumber({ ring: ring.id }), "bell-z"],
    ].filter(Boolean);
  }

  isNext(ring) {
    const { ringing, callBacks } = sorted(this.cards, this.person);
    return [nextFree(ringing), nextFree(callBacks)].some((one) => one?.id === ring.id);
  }

  tick() {
    for (const { element, ring } of this.rows.values()) if (element.isConnected) tickRow(element, ring);
    this.offer();
  }

  // The button says what the key would do.
  offer() {
    const { ringing } = sorted(this.cards, this.person);
    setText($("rings-new").querySelector("span"), nextFree(ringing) || mine(ringing, this.person) ? t("Ambil") : t("Panggilan masuk"));
  }
}

const deedButton = ([name, words, deed, key, look = ""]) =>
  h("button.btn.btn-small", { type: "button", class: look, data: { deed: name }, onclick: deed }, words, key && " ", key && h("kbd", {}, key));

const signButton = ([name, words, deed, sign]) =>
  h("button.btn.btn-small.btn-quiet.ring-sign", { type: "button", title: words, "aria-label": words, data: { deed: name }, onclick: deed }, icon(sign));

const timesOf = ({ rang_at, answered_at }) => ({ rang_at, answered_at });

const iconOf = ({ state }) => ({ ringing: "phone-incoming", answered: "phone-call" })[state] ?? "phone-off";

function tickRow(element, ring) {
  const age = element.querySelector(".ring-age");
  const seconds = secondsBetween(ring.state === "answered" ? ring.answered_at : ring.rang_at, now());
  setText(age, ageText(seconds));
  if (ring.state === "ringing") element.dataset.late = lateness(seconds);
}
