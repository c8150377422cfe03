// The call desk: one form by keyboard, kept in the browser at every keystroke, saved once.
import { newUid } from "./api.js";
import { emptyForm, isEmpty, isOverridden, isReal, noted, suggested } from "./call_form.js";
import { now, onTick } from "./clock.js";
import { DeskFiles, PATH as ATTACHMENTS } from "./attachments_desk.js";
import { Clues } from "./desk_clues.js";
import { ShiftCalls } from "./desk_calls.js";
import { QuestionCard } from "./desk_cards.js";
import { TEXTS, forgetProblems, isText, toFirst } from "./desk_fields.js";
import { actionOf } from "./desk_keys.js";
import { Incoming } from "./desk_incoming.js";
import { DeskMap } from "./desk_map.js";
import { Orphan } from "./desk_orphan.js";
import { Painter } from "./desk_paint.js";
import { PaperPart } from "./desk_paper.js";
import { PlacePart } from "./desk_place.js";
import { Saving } from "./desk_save.js";
import { Unsent } from "./desk_unsent.js";
import { createDrafts, nameOfTab } from "./drafts.js";
import { keepThisPage } from "./offline.js";
import { page } from "./page.js";
import { keptFor, openOutbox, sturdyStorage } from "./sending.js";
import { RememberPlace } from "./remember_place.js";
import { live } from "./shell.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const LETTERS_KEY = "posko.desk.letters";

const $ = (id) => document.getElementById(id);
const { cards = {}, faults = [] } = page.question_cards ?? {};
const types = (page.types ?? []).map((type) => ({ ...type, card: cards[type.code] ?? null }));
const person = page.person?.name ?? "";
const storage = sturdyStorage("localStorage");
const drafts = createDrafts({ opening: keptFor(person), person, tab: nameOfTab(sturdyStorage("sessionStorage"), newUid) });

class Desk {
  constructor() {
    this.form = emptyForm(newUid());
    this.reached = {}; // the form as it was when a hand went to a call that rings
    this.outbox = openOutbox({ person, live, changed: () => this.counted(), told: (message, answer) => (message.path === ATTACHMENTS ? this.files.told(answer) : this.saving.told(message, answer)) });
    this.files = new DeskFiles(this.outbox);
    this.calls = new ShiftCalls(live);
    this.incoming = new Incoming({ live, person });
    this.saving = new Saving({ desk: this, drafts, calls: this.calls, live, types });
    this.clues = new Clues({ live, onLink: (repeat) => this.link(repeat) });
    this.map = new DeskMap($("desk-map"), { live, onPlace: (spot) => this.place.clicked(spot) });
    this.place = new PlacePart(this, this.map);
    this.card = new QuestionCard({ types, faults, onAnswer: (question, answer) => this.answerQuestion(question, answer), onDone: () => $("narrative").focus() });
    this.paper = new PaperPart(this);
    this.painter = new Painter({ types, map: this.map, live, waiting: () => this.outbox.waiting().length, parts: [this.card, this.paper] });
    this.remember = new RememberPlace($("remember-place"), $("remember"), () => this.form);
    this.unsent = new Unsent({ outbox: this.outbox, onReopen: (message) => this.saving.reopen(message) });
    this.listen();
    this.restore();
    onTick(() => this.painter.tick(this.form));
  }

  // ---- the form's own state: every change is kept, painted and asked about

  change(facts) {
    const wasEmpty = isEmpty(this.form);
    this.noteWriting(facts);
    this.form = { ...this.form, ...facts, ...noted(this.form, facts, now()) };
    if (wasEmpty && !isEmpty(this.form)) this.form.answered_at ??= now();
    if (!this.saving.isBusy) this.keepDraft();
    this.painter.paint(this.form, this.isKept);
    this.clues.look(this.form);
  }

  keepDraft() {
    if (isEmpty(this.form)) drafts.clear();
    this.isKept = isEmpty(this.form) || drafts.save(this.form);
  }

  // Whoever was quicker than the disk keeps the words and the place of the hands; the draft from before is offered beside.
  async restore() {
    const [kept] = await Promise.all([drafts.load(), this.outbox.ready]);
    const isOnItsWay = kept && this.outbox.waiting().some((one) => one.uid === kept.uid);
    const hasBegun = !isEmpty(this.form);
    if (hasBegun && kept && !isOnItsWay) await drafts.putAside();
    else if (!hasBegun && isOnItsWay) drafts.clear();
    else if (!hasBegun && kept) this.form = { ...emptyForm(kept.uid), ...kept };
    this.change({});
    if (this.form.point) this.map.goTo(this.form.point);
    this.orphan = new Orphan(drafts, (form) => this.takeOver(form));
    if (!hasBegun && document.activeElement === document.body) toFirst();
  }

  takeOver(form) {
    if (isEmpty(this.form)) this.form = { ...emptyForm(form.uid), ...form };
    this.change({});
  }

  start() {
    drafts.clear();
    this.form = emptyForm(newUid());
    forgetProblems();
    this.files.clear();
    this.change({});
    this.map.goHome();
    toFirst();
  }

  counted() {
    this.unsent?.draw();
    if (this.unsent) this.painter.paintKept(this.form, this.isKept);
  }

  // ---- link, priority, type, class

  link(repeat) {
    const isSame = this.form.link?.incident === repeat.incident;
    this.change({ link: isSame ? null : { incident: repeat.incident, number: repeat.number } });
  }

  linkBest() {
    const best = this.form.link ?? this.clues.best;
    if (best) this.link(best);
  }

  setPriority(code) {
    this.change({ priority: code === suggested(this.form, types).priority ? null : code });
    if (isReal(this.form) && isOverridden(this.form, types)) $("reason").focus();
  }

  setType(code) {
    this.change({ type: code });
    $("place").focus();
  }

  answerQuestion(question, answer) {
    const { answers, type } = this.form;
    this.change({ answers: { ...answers, [type]: { ...answers?.[type], [question]: answer } } });
  }

  setClass(kind) {
    forgetProblems();
    this.change({ class: kind });
  }

  // ---- what is touched and pressed

  listen() {
    this.incoming.addEventListener("reach", () => { this.reached = { uid: this.form.uid, wasEmpty: isEmpty(this.form) }; });
    this.incoming.addEventListener("take", ({ detail }) => this.takeRing(detail));
    $("call-form").addEventListener("submit", (event) => (event.preventDefault(), event.submitter === $("save") && this.saving.save()));
    $("call-form").addEventListener("keydown", (event) => event.key === "Enter" && !event.ctrlKey && event.target.matches("input") && event.preventDefault());
    $("call-form").addEventListener("change", ({ target }) => this.chosen(target));
    for (const name of TEXTS) $(name).addEventListener("input", () => this.change({ [name]: $(name).value }));
    this.listenToButtons();
    document.addEventListener("keydown", (event) => this.pressed(event));
    live.addEventListener("connection", () => this.counted());
  }

  listenToButtons() {
    const deeds = { "clear-form": () => this.emptyWithUndo(), answer: () => this.answered(), "keys-open": () => $("keys").showModal(), "link-repeat": () => this.linkBest() };
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
    if (this.saving.isBusy || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape" && isText(event.target)) return leaveText(event);
    const action = actionOf(event, { inText: isText(event.target), letters: $("letters-switch").checked });
    if (!action) return;
    event.preventDefault();
    if (!event.repeat || action.do === "keys") this.act(action);
  }

  act({ do: verb, what }) {
    const deeds = {
      save: () => this.saving.save(), answer: () => this.answered(), link: () => this.linkBest(), keys: () => $("keys").showModal(),
      class: () => this.setClass(what), type: () => types[what] && this.setType(types[what].code),
      focus: () => $(what).focus(), priority: () => this.setPriority(what), card: () => this.card.focus(), paper: () => this.paper.turn(!this.form.paper),
    };
    deeds[verb]();
  }

  // A new call is answered: what was begun for another call is not lost without a way back.
  answered() {
    const isTaken = this.incoming.answered() && this.form.ring;
    if (!isTaken) this.emptyWithUndo();
    this.change({ answered_at: now() });
  }

  // A call was taken in the column on the left: its number stands in the form, its time begins when it is answered.
  // On a slow line hands are quicker than the answer: what was typed since the key is about this call.
  takeRing({ ring, phone, rang_at, answered_at }) {
    const isAboutIt = this.form.ring === ring || (!this.form.ring && (this.reached.wasEmpty || this.form.uid !== this.reached.uid));
    if (!isAboutIt) this.emptyWithUndo();
    const began = answered_at ? Date.parse(answered_at) : null;
    this.form = { ...this.form, ring, rang_at, phone: phone ?? this.form.phone, answered_at: began ?? this.form.answered_at };
    this.change({});
    if (this.form.answered_at && !began) this.incoming.answering(ring);
  }

  // Who writes has answered: a claim that nobody answers lapses within a minute.
  noteWriting(facts) {
    if (!this.form.ring || this.form.answered_at || !Object.keys(facts).length) return;
    this.incoming.answering(this.form.ring);
    this.form.answered_at = now();
  }

  emptyWithUndo() {
    const [before, files] = [this.form, this.files.clear()];
    this.start();
    if (isEmpty(before) && !files.length) return;
    const act = () => { this.form = before; this.files.add(files); this.change({}); };
    toast(t("Kotak dikosongkan."), { deed: { label: t("Kembalikan"), act } });
  }
}

// Escape out of a text box, so that single letters work again.
function leaveText(event) {
  event.preventDefault();
  toFirst();
}

new Desk();
keepThisPage();
