// The call desk: one form by keyboard, kept in the browser at every keystroke, saved once.
import { get, newUid } from "./api.js";
import { emptyForm, isBare, isEmpty, isOverridden, isReal, missing, priorityOf, toCall, usualPriority, withDoubt, withPoint, withText } from "./call_form.js";
import { now, onTick } from "./clock.js";
import { Clues } from "./desk_clues.js";
import { ShiftCalls } from "./desk_calls.js";
import { actionOf } from "./desk_keys.js";
import { DeskMap } from "./desk_map.js";
import { Unsent } from "./desk_unsent.js";
import { sayCoordinates } from "./coordinates.js";
import { setText } from "./dom.js";
import { createDrafts, nameOfTab } from "./drafts.js";
import { CALL_CLASSES, METHODS, named, typeName } from "./names.js";
import { page } from "./page.js";
import { PlaceBox, surePoint } from "./place_box.js";
import { openOutbox, sendNow, sturdyStorage } from "./sending.js";
import { RememberPlace } from "./remember_place.js";
import { live } from "./shell.js";
import { ageText } from "./time.js";
import { toast } from "./toast.js";
import { distanceText, t } from "./words.js";

const PATIENCE_MS = 2500; // then the form is free again and the outbox goes on by itself
const AWAY_PATIENCE_MS = 400;
const MOST_TOASTS = 3;
const SECOND_PRESS_MS = 1500;
const TEXTS = ["phone", "caller", "narrative", "reason"];
const PROBLEM_FIELDS = ["class", "type", "place", "radius", "reason", "phone", "caller", "narrative", "priority"];
const LETTERS_KEY = "posko.desk.letters";

const $ = (id) => document.getElementById(id);
const types = page.types ?? [];
const person = page.person?.name ?? "";
const storage = sturdyStorage("localStorage");
const drafts = createDrafts({ storage, person, tab: nameOfTab(sturdyStorage("sessionStorage"), newUid) });

const WORDS_OF = {
  "no class": () => t("Pilih kelas: N nyata, G ghost, P prank, I info."),
  "no type": () => t("Pilih jenis kejadian."),
  "no place": () => t("Isi tempatnya: kata penelepon pun cukup."),
  "bad radius": () => t("Radius antara 1 dan 100.000 meter."),
  "no reason": () => t("Beri alasan, atau kembalikan ke prioritas biasa."),
  "bad phone": () => t("Nomor telepon terdiri dari angka; nama ditulis di kotak sebelah."),
};

class Desk {
  constructor() {
    this.form = emptyForm(newUid());
    this.isSaving = false;
    this.outbox = openOutbox({ person, live, changed: () => this.counted(), told: (message, answer) => this.told(message, answer) });
    this.calls = new ShiftCalls(live);
    this.clues = new Clues({ live, onLink: (repeat) => this.link(repeat) });
    this.map = new DeskMap($("desk-map"), { live, onPlace: (spot) => this.clicked(spot) });
    this.places = new PlaceBox($("place"), $("place-list"), { find: findPlaces, onText: (text) => this.placeTyped(text), onPick: (option) => this.picked(option) });
    this.remember = new RememberPlace($("remember-place"), $("remember"), () => this.form);
    this.unsent = new Unsent({ outbox: this.outbox, onReopen: (message) => this.reopen(message) });
    this.listen();
    this.restore();
    onTick(() => this.tick());
  }

  // ---- the form's own state: every change is kept, painted and asked about

  change(facts) {
    const wasEmpty = isEmpty(this.form);
    this.form = { ...this.form, ...facts };
    if (wasEmpty && !isEmpty(this.form)) this.form.answered_at ??= now();
    if (!this.isSaving) this.keepDraft();
    this.paint();
    this.clues.look(this.form);
  }

  keepDraft() {
    if (isEmpty(this.form)) drafts.clear();
    this.isKept = isEmpty(this.form) || drafts.save(this.form);
  }

  restore() {
    const draft = drafts.load();
    if (draft && this.outbox.waiting().some((one) => one.uid === draft.uid)) drafts.clear();
    else if (draft) this.form = { ...emptyForm(draft.uid), ...draft };
    this.change({});
    if (this.form.point) this.map.goTo(this.form.point);
    this.offerOrphan();
    this.toFirst();
  }

  start() {
    drafts.clear();
    this.form = emptyForm(newUid());
    this.forgetProblems();
    this.change({});
    this.map.goHome();
    this.toFirst();
  }

  toFirst() {
    (document.querySelector('input[name="class"]:checked') ?? $("class-normal")).focus({ preventScroll: true });
  }

  // ---- painting

  paint() {
    const { form } = this;
    for (const name of ["class", "type"]) this.check(name, form[name]);
    this.check("priority", priorityOf(form, types));
    for (const name of TEXTS) if ($(name).value !== form[name]) $(name).value = form[name];
    if ($("place").value !== form.text) $("place").value = form.text;
    this.paintPlace();
    this.paintPriority();
    this.paintClass();
    this.paintKept();
    this.tick();
  }

  check(name, value) {
    for (const input of document.querySelectorAll(`input[name="${name}"]`)) input.checked = input.value === value;
  }

  paintPlace() {
    const { point } = this.form;
    setText($("place-words"), placeWords(this.form));
    $("radius-box").hidden = !point;
    if (point && document.activeElement !== $("radius")) $("radius").value = Math.round(point.radius_m);
    this.map.drawPoint(point);
  }

  paintPriority() {
    const usual = usualPriority(this.form, types);
    const isOwn = isReal(this.form) && isOverridden(this.form, types);
    setText($("priority-from"), isOwn && usual ? t("· biasanya {priority} untuk jenis ini", { priority: usual }) : usual ? t("· dari jenis kejadian") : "");
    $("reason-box").hidden = !isOwn;
  }

  paintClass() {
    const isNothingMore = isBare(this.form);
    $("for-real").inert = isNothingMore;
    $("for-real").classList.toggle("is-idle", isNothingMore);
    setText($("save-words"), saveWords(this.form));
  }

  paintKept() {
    const waiting = this.outbox.waiting().length;
    const kept = this.isKept === false ? t("tidak tersimpan di peramban: penyimpanan penuh atau dilarang") : isEmpty(this.form) ? t("kotak kosong") : t("tersimpan di peramban");
    const server = live.isConnected ? t("server terhubung") : t("server tidak terhubung");
    setText($("kept"), [kept, server, t("{n} belum terkirim", { n: waiting })].join(" · "));
    $("kept").classList.toggle("bad", this.isKept === false);
  }

  tick() {
    const { answered_at } = this.form;
    setText($("timer-words"), answered_at ? t("sejak terjawab") : t("waktu mulai dengan F2"));
    setText($("timer-time"), answered_at ? ageText((now() - answered_at) / 1000) : "");
  }

  counted() {
    this.unsent?.draw();
    if (this.unsent) this.paintKept();
  }

  // ---- the place

  placeTyped(text) {
    const typed = withText(this.form, text);
    const sure = surePoint(text);
    const point = sure && !samePoint(sure, this.form.point) ? sure : sure ? this.form.point : typed.point;
    this.change({ text, point });
    if (point && point === sure) this.map.goTo(point);
    if (point && point === sure) this.nameVillage(point);
  }

  picked(option) {
    this.change(withPoint(this.form, option.point, option.text));
    if (option.point) this.map.goTo(option.point);
    $("place").focus();
  }

  async clicked({ lon, lat, radius_m }) {
    const point = { lon, lat, radius_m, method: "map", name: sayCoordinates({ lon, lat }, document.documentElement.lang) };
    this.change({ point });
    await this.nameVillage(point);
  }

  // The village of a point, for the one who reads it back to the caller; "sekitar" where no boundary says so.
  async nameVillage(point) {
    const { place } = await get(`/places/reverse?lon=${point.lon}&lat=${point.lat}`).catch(() => ({}));
    if (!place || !samePoint(this.form.point, point)) return;
    const name = place.approximate ? t("sekitar {place}", { place: place.full }) : place.full;
    this.change({ point: { ...this.form.point, name: `${name} (${point.name})`, area_code: place.code } });
  }

  radiusTyped(value) {
    if (this.form.point) this.change({ point: { ...this.form.point, radius_m: Number(value.replace(",", ".")) } });
  }

  // ---- link, priority

  link(repeat) {
    const isSame = this.form.link?.incident === repeat.incident;
    this.change({ link: isSame ? null : { incident: repeat.incident, number: repeat.number } });
  }

  linkBest() {
    const best = this.form.link ?? this.clues.best;
    if (best) this.link(best);
  }

  setPriority(code) {
    this.change({ priority: code === usualPriority(this.form, types) ? null : code });
    if (isReal(this.form) && isOverridden(this.form, types)) $("reason").focus();
  }

  setType(code) {
    this.change({ type: code });
    $("place").focus();
  }

  // ---- saving

  async save() {
    if (this.isSaving || this.isSecondPress()) return;
    this.forgetProblems();
    const wrong = missing(this.form, types);
    if (Object.keys(wrong).length) return this.sayMissing(wrong);
    await this.busy(() => this.hand(this.message()));
  }

  // The same key pressed twice: the first already saved, and an empty form is no mistake.
  isSecondPress() {
    return isEmpty(this.form) && now() - (this.savedAt ?? 0) < SECOND_PRESS_MS;
  }

  message() {
    return { uid: this.form.uid, path: "/calls", body: toCall(this.form, types, now()), label: labelOf(this.form), form: this.form };
  }

  async busy(work) {
    this.setBusy(true);
    try {
      await work();
    } finally {
      this.setBusy(false);
    }
  }

  setBusy(isBusy) {
    this.isSaving = isBusy;
    $("call-form").inert = isBusy;
    $("save").setAttribute("aria-busy", String(isBusy));
  }

  // Kept first, sent second: from here on the call is in the outbox and the draft is no more.
  async hand(message) {
    this.outbox.add(message);
    drafts.clear();
    const { refused, waits, reason } = await sendNow(this.outbox, message, live.isConnected ? PATIENCE_MS : AWAY_PATIENCE_MS);
    this.setBusy(false);
    if (refused) return this.refusedNow(message, refused);
    this.savedAt = now();
    this.start();
    if (waits) toast(t("Tersimpan di komputer ini, dikirim begitu server menjawab. {reason}", { reason }));
  }

  refusedNow(message, refused) {
    this.outbox.drop(message.uid);
    this.form = refused.confirm ? withDoubt(this.form) : this.form;
    this.change({});
    this.sayProblem(fieldOf(refused.field), refusedWords(refused));
  }

  // Told by the outbox, whether just now or long after the form was cleared.
  async told(message, answer) {
    if (answer.status >= 300) return;
    const { call, incident, repeats = [] } = answer.body ?? {};
    const number = incident ? incident.number ?? await this.calls.numberOf(call?.id ?? call) : null;
    if (!number) this.calls.refresh();
    sayShortly(savedWords(message, number, repeats));
  }

  reopen(message) {
    this.outbox.drop(message.uid);
    this.form = { ...emptyForm(message.uid), ...message.form };
    this.form = message.refused?.confirm ? withDoubt(this.form) : this.form;
    this.change({});
    this.sayProblem(fieldOf(message.refused?.field), refusedWords(message.refused));
  }

  // ---- problems stand beside their field

  sayMissing(wrong) {
    for (const [field, code] of Object.entries(wrong)) this.sayProblem(field, WORDS_OF[code](), { focus: false });
    this.focusField(Object.keys(wrong)[0]);
  }

  sayProblem(field, words, { focus = true } = {}) {
    setText($(`${field}-error`) ?? $("form-problem"), words);
    if (focus) this.focusField(field);
  }

  focusField(field) {
    const target = field === "class" ? $("class-normal") : field === "type" ? document.querySelector('input[name="type"]') : $(field);
    target?.focus();
  }

  forgetProblems() {
    setText($("form-problem"), "");
    for (const field of PROBLEM_FIELDS) setText($(`${field}-error`), "");
  }

  // ---- a draft another tab left behind

  offerOrphan() {
    this.orphan = drafts.others()[0] ?? null;
    $("orphan").hidden = !this.orphan;
    if (this.orphan) setText($("orphan-words"), t("Ada laporan setengah jadi dari jendela lain: {label}.", { label: labelOf(this.orphan.form) }));
  }

  takeOrphan() {
    const form = drafts.take(this.orphan.key);
    if (form && isEmpty(this.form)) this.form = { ...emptyForm(form.uid), ...form };
    this.change({});
    this.offerOrphan();
  }

  dropOrphan() {
    drafts.take(this.orphan.key);
    this.offerOrphan();
  }

  // ---- what is touched and pressed

  listen() {
    $("call-form").addEventListener("submit", (event) => (event.preventDefault(), event.submitter === $("save") && this.save()));
    $("call-form").addEventListener("keydown", (event) => event.key === "Enter" && !event.ctrlKey && event.target.matches("input") && event.preventDefault());
    $("call-form").addEventListener("change", ({ target }) => this.chosen(target));
    for (const name of TEXTS) $(name).addEventListener("input", () => this.change({ [name]: $(name).value }));
    $("radius").addEventListener("input", () => this.radiusTyped($("radius").value));
    this.listenToButtons();
    document.addEventListener("keydown", (event) => this.pressed(event));
    live.addEventListener("connection", () => this.paintKept());
    addEventListener("storage", () => this.counted());
  }

  listenToButtons() {
    const deeds = { "drop-point": () => this.change({ point: null }), "clear-form": () => this.emptyWithUndo(), answer: () => this.answered(), "keys-open": () => $("keys").showModal(), "link-repeat": () => this.linkBest(), "orphan-take": () => this.takeOrphan(), "orphan-drop": () => this.dropOrphan() };
    for (const [id, deed] of Object.entries(deeds)) $(id).addEventListener("click", deed);
    for (const button of document.querySelectorAll("[data-reason]")) button.addEventListener("click", () => this.change({ reason: button.dataset.reason }));
    $("letters-switch").checked = storage.getItem(LETTERS_KEY) !== "off";
    $("letters-switch").addEventListener("change", ({ target }) => storage.setItem(LETTERS_KEY, target.checked ? "on" : "off"));
  }

  chosen({ name, value }) {
    if (name === "class") this.change({ class: value });
    if (name === "type") this.change({ type: value });
    if (name === "priority") this.setPriority(value);
  }

  pressed(event) {
    if (this.isSaving || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape" && isText(event.target)) return this.leaveText(event);
    const action = actionOf(event, { inText: isText(event.target), letters: $("letters-switch").checked });
    if (!action) return;
    event.preventDefault();
    if (!event.repeat || action.do === "keys") this.act(action);
  }

  act({ do: verb, what }) {
    const deeds = {
      save: () => this.save(), answer: () => this.answered(), link: () => this.linkBest(), keys: () => $("keys").showModal(),
      class: () => this.setClass(what), type: () => types[what] && this.setType(types[what].code),
      focus: () => $(what).focus(), priority: () => this.setPriority(what),
    };
    deeds[verb]();
  }

  setClass(kind) {
    this.forgetProblems();
    this.change({ class: kind });
  }

  // Escape out of a text box, so that single letters work again.
  leaveText(event) {
    event.preventDefault();
    this.toFirst();
  }

  // A new call is answered: what was begun for another call is not lost without a way back.
  answered() {
    this.emptyWithUndo();
    this.change({ answered_at: now() });
  }

  emptyWithUndo() {
    const before = this.form;
    this.start();
    if (isEmpty(before)) return;
    const act = () => { this.form = before; this.change({}); };
    toast(t("Kotak dikosongkan."), { deed: { label: t("Kembalikan"), act } });
  }
}

const isText = (element) => element instanceof HTMLElement && (element.isContentEditable || element.matches("textarea, select, input:not([type=radio], [type=checkbox], [type=button], [type=submit])"));

// A house without a gazetteer has no such door: asked once, not at every letter.
let hasPlaces = true;
async function findPlaces(text, signal) {
  if (!hasPlaces) return {};
  try {
    return await get(`/places?q=${encodeURIComponent(text)}`, { signal });
  } catch (problem) {
    if (problem.status === 404) hasPlaces = false;
    throw problem;
  }
}

// Seventeen pranks in five minutes are not seventeen boxes over the list.
function sayShortly(words) {
  const shown = [...$("toasts").children];
  shown.slice(0, Math.max(0, shown.length - MOST_TOASTS + 1)).forEach((box) => box.remove());
  toast(words);
}

const samePoint = (a, b) => Boolean(a && b) && a.lon === b.lon && a.lat === b.lat;

function placeWords({ text, point }) {
  if (point) return [point.name, named(METHODS, point.method), t("keraguan ±{distance}", { distance: distanceText(point.radius_m || 0) })].filter(Boolean).join(" · ");
  return text.trim() ? t("Belum ada titik: disimpan dengan kata-kata saja. Klik peta atau pilih usul bila bisa.") : "";
}

function saveWords(form) {
  if (form.link && isReal(form)) return t("Simpan dan hubungkan ke {number}", form.link);
  if (!form.class || isReal(form)) return t("Simpan dan buka kejadian");
  return t("Simpan sebagai {class}", { class: named(CALL_CLASSES, form.class) });
}

const refusedWords = (refused) => [refused?.detail, refused?.confirm && t("Untuk menegaskan, simpan sekali lagi.")].filter(Boolean).join(" ");

const labelOf = (form) => [form.class ? named(CALL_CLASSES, form.class) : t("tanpa kelas"), form.type && typeName(form.type), form.text].filter(Boolean).join(" · ");

function savedWords(message, number, repeats) {
  const { class: kind, type, link } = message.form;
  if (kind !== "normal") return t("Tersimpan: {class}", { class: named(CALL_CLASSES, kind) });
  if (link) return t("Tersimpan, dihubungkan ke {number}", { number: number ?? link.number });
  const also = repeats.length ? ` · ${t("mungkin sama dengan {number}", repeats[0])}` : "";
  return t("{number} dibuka: {type}", { number: number ?? t("Kejadian"), type: typeName(type) }) + also;
}

/** The server names the field its own way: place.lon, caller.phone, incident. */
function fieldOf(name = "") {
  const known = { "caller.phone": "phone", "caller.name": "caller", "place.radius_m": "radius", class_: "class" };
  const first = String(name ?? "").split(".")[0];
  return known[name] ?? (PROBLEM_FIELDS.includes(first) ? first : "form");
}

new Desk();
