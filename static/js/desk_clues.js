// What the desk knows that bears on a call: repeats, dangers, the caller, the place, who could go. Asked in one question.
import { post } from "./api.js";
import { atFully, now } from "./clock.js";
import { callWords, dangers, facilityWords, isMostlyPrank, isSamePlace, phoneWords, questionOf, reasonWords, rtWords } from "./clue_words.js";
import { distanceM } from "./coordinates.js";
import { h, icon } from "./dom.js";
import { FREE_STATES, UNIT_STATES, named, typeName } from "./names.js";
import { strikeNote, writeNote } from "./place_notes.js";
import { Section } from "./section.js";
import { ageWords, secondsBetween } from "./time.js";
import { distanceText, t } from "./words.js";

const PAUSE_MS = 250;
const FRESH_MS = 15_000; // so long a place is not asked about again while one types words
const SHOWN_UNITS = 4;
const STALE_S = 900;
const BUSY = new Set(["sedang bertugas", "DARURAT"]);
const NOTHING = Object.freeze({ repeats: [] });

const $ = (id) => document.getElementById(id);

/** Units by straight distance, free ones first; those without a position cannot be ranked. */
export function nearUnits(units, point) {
  const placed = [...units].filter((unit) => unit.lon !== null && unit.lat !== null && unit.in_service);
  const ranked = placed.map((unit) => ({ ...unit, distance_m: distanceM(unit, point), isFree: FREE_STATES.includes(unit.state) }));
  return ranked.sort((a, b) => Number(b.isFree) - Number(a.isFree) || a.distance_m - b.distance_m).slice(0, SHOWN_UNITS);
}

export class Clues {
  constructor({ live, onLink }) {
    Object.assign(this, { live, onLink, found: NOTHING, timer: null, asking: null, asked: "" });
    this.parts = Object.fromEntries(["repeats", "dangers", "caller", "history", "units", "helps"].map((name) => [name, new Section($(`clue-${name}`))]));
    $("note-place").addEventListener("click", () => writeNote({ point: this.form.point, onDone: () => this.again() }));
    live.addEventListener("change", () => this.form && this.drawUnits());
  }

  /** The form changed: ask again only when the place, the type, the number or the words did. */
  look(form) {
    this.form = form;
    const question = questionOf(form);
    const words = JSON.stringify(question);
    if (words !== this.asked) this.askSoon(question, words);
    this.draw();
  }

  again() {
    Object.assign(this, { asked: "", place: null });
    this.look(this.form);
  }

  // What is known stays until something newer is: nothing flickers while one types. Another place has another past.
  askSoon(question, words) {
    this.found = stillTrue(this.found, question, this.asked ? JSON.parse(this.asked) : null);
    this.asked = words;
    clearTimeout(this.timer);
    this.asking?.abort();
    if (question) this.timer = setTimeout(() => this.ask(question), PAUSE_MS);
  }

  async ask(question) {
    this.asking = new AbortController();
    const isKnown = this.found !== NOTHING && isSamePlace(question, this.place) && now() - this.placeAt < FRESH_MS;
    const found = await this.fetch(isKnown ? { ...question, with_place: false } : question, this.asking.signal);
    if (JSON.stringify(question) !== this.asked || !found) return;
    if (!isKnown) Object.assign(this, { place: question, placeAt: now() });
    this.found = isKnown ? { ...this.found, ...found } : found;
    this.draw();
  }

  // In a body: a number or what was said must not stand in an address that a log keeps.
  async fetch(question, signal) {
    try {
      return await post("/clues", question, { signal, waits: [] });
    } catch {
      return null; // away or aborted: the desk goes on with what it knows
    }
  }

  get best() {
    return this.found.repeats[0] ?? null;
  }

  // ---- drawing: each part in its own place, so that none pushes another about

  draw() {
    const { found, form, parts } = this;
    parts.repeats.show([found.repeats, form.link], () => found.repeats.map((repeat) => this.card(repeat)));
    parts.dangers.show([found.notes, found.zones, found.hazards], () => this.dangerRows(found));
    parts.caller.show([found.phone], () => callerRows(found.phone));
    parts.history.show([found.near, found.rt], () => historyRows(found));
    parts.helps.show([found.facilities], () => helpRows(found.facilities ?? []));
    this.drawUnits();
    this.drawLink();
  }

  drawLink() {
    const best = this.form.link ?? this.best;
    const button = $("link-repeat");
    button.hidden = !best;
    button.setAttribute("aria-pressed", String(Boolean(this.form.link)));
    if (best) $("link-words").textContent = linkWords(best, this.form.link);
    $("clue-hint").hidden = this.found !== NOTHING || Boolean(this.form.point);
  }

  card(repeat) {
    const isLinked = this.form.link?.incident === repeat.incident;
    const isBest = repeat === this.best;
    return h("button.repeat", { type: "button", data: { key: `repeat-${repeat.incident}` }, "aria-pressed": String(isLinked), onclick: () => this.onLink(repeat) },
      h("b", {}, icon("link"), " ", isLinked ? t("Akan dihubungkan: {number}, {type}", said(repeat)) : t("Mungkin laporan berulang: {number}, {type}", said(repeat)), isBest && " ", isBest && h("kbd", {}, "H")),
      h("span.small", {}, reasonsOf(repeat)));
  }

  dangerRows(found) {
    const rows = dangers(found).map((one) => dangerRow(one, () => this.again()));
    return rows.length ? [title(t("Hati-hati di sini")), h("ul.clue-rows", {}, rows)] : [];
  }

  // The server knows who is able; while it is away, who is near must do.
  drawUnits() {
    const { point } = this.form;
    const isToldOf = Boolean(this.found.units);
    const units = this.found.units ?? (point ? nearUnits(this.live.picture.units.values(), point) : []);
    const facts = units.map(({ id, call_sign, state, distance_m, position_at, reasons, shortfalls }) => [id, call_sign, state, distance_m, position_at && ageOf(position_at), reasons, shortfalls]);
    this.parts.units.show([facts, isToldOf], () => (units.length ? [title(isToldOf ? t("Satuan yang cocok") : t("Satuan terdekat"), t("garis lurus")), h("ul.near-units", {}, units.map(unitRow))] : []));
  }
}

// A moved point is another place, and its past another; a number still being typed is nobody's yet.
function stillTrue(found, question, before) {
  if (!question || !before || before.lon !== question.lon || before.lat !== question.lat) return NOTHING;
  return before.phone === question.phone || found === NOTHING ? found : { ...found, phone: null };
}

const title = (words, soft = "") => h("h2.desk-small-title", {}, words, soft && " ", soft && h("span.muted.small", {}, soft));

function callerRows(phone) {
  if (!phone) return [];
  const words = h("p", { class: isMostlyPrank(phone) ? "clue-prank" : "" }, h("b", {}, t("Penelepon ini")), " ", h("span.muted", {}, `· ${phoneWords(phone)}`));
  return [words, h("ul.clue-rows", {}, phone.last.slice(0, 3).map(callRow))];
}

function historyRows({ near = [], rt = null }) {
  const known = new Set(near.map((one) => one.call));
  const more = (rt?.calls ?? []).filter((one) => !known.has(one.call));
  return [
    ...(near.length ? [title(t("Pernah dari sini"), t("dalam 100 m")), h("ul.clue-rows", {}, near.map(callRow))] : []),
    ...(more.length ? [title(t("Pernah dari {rt}", { rt: rtWords(rt.rt) })), h("ul.clue-rows", {}, more.map(callRow))] : []),
  ];
}

const callRow = (call) => h("li", {},
  h("span", {}, callWords(call), call.number && " · ", call.number && h("a.num", { href: `/?i=${call.incident}` }, call.number)),
  h("time.num.muted", { datetime: call.at, title: atFully(call.at) }, t("{age} lalu", { age: ageOf(call.at) })));

const dangerRow = ({ icon: name, words, soft, note }, again) => h("li.danger", {},
  h("span", {}, icon(name), " ", h("b", {}, words), " ", h("span.muted", {}, soft)),
  note && h("button.btn.btn-small.btn-quiet", { type: "button", data: { key: `note-${note.id}` }, title: t("ditulis {by} {at}", { by: note.by, at: atFully(note.at) }), onclick: () => strikeNote({ note, onDone: again }) }, t("Coret")));

function helpRows(facilities) {
  if (!facilities.length) return [];
  const row = ({ words, soft, away }) => h("li", {}, h("span", {}, h("b", {}, words), " ", h("span.muted", {}, soft)), h("span.num", {}, away));
  return [title(t("Pertolongan terdekat")), h("ul.clue-rows", {}, facilities.map(facilityWords).map(row))];
}

const said = (repeat) => ({ number: repeat.number, type: typeName(repeat.type) });

const linkWords = (best, linked) =>
  linked ? t("Batal hubungkan ke {number}", best) : t("Hubungkan ke {number}", best);

/** "240 m · 6 menit lalu · jenis sama · 7 laporan" */
function reasonsOf(repeat) {
  const calls = repeat.calls > 1 ? [t("{n} laporan", { n: repeat.calls })] : [];
  return [repeat.place, ...(repeat.reasons ?? []).map(reasonWords), ...calls].filter(Boolean).join(" · ");
}

function unitRow(unit) {
  const isFree = unit.shortfalls ? !unit.shortfalls.some((one) => BUSY.has(one)) : FREE_STATES.includes(unit.state);
  const able = unit.capabilities?.join(", ");
  const missing = (unit.shortfalls ?? []).filter((one) => !BUSY.has(one) && !one.startsWith("posisi"));
  const soft = [isFree ? able || unit.kind : named(UNIT_STATES, unit.state), ...missing.map(reasonWords)];
  return h("li", { class: isFree ? "" : "muted" },
    h("span", {}, h("b", {}, unit.call_sign), " ", h("span.muted", {}, [...new Set(soft.filter(Boolean))].join(" · "))),
    h("span.num", {}, unit.distance_m === null ? t("di mana tidak diketahui") : distanceText(unit.distance_m), h("span.muted", {}, ` · ${positionAge(unit)}`)));
}

const ageOf = (moment) => ageWords(secondsBetween(moment, now()));

function positionAge(unit) {
  if (!unit.position_at) return t("posisi tanpa jam");
  const age = ageOf(unit.position_at);
  return secondsBetween(unit.position_at, now()) > STALE_S ? t("posisi {age} lalu", { age }) : t("GPS {age}", { age });
}
