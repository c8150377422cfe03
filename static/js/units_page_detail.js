// One unit, whole: its alarms, the ten digits, its tasks with their own clocks, service, crew, log-ins, last position.
import { ageMark } from "./ages.js";
import { alarmButtons } from "./alarm_bar.js";
import { alarmLook, alarmWords } from "./alarm_words.js";
import { post } from "./api.js";
import { atFully, atMinute, now } from "./clock.js";
import { fill, h, icon } from "./dom.js";
import { ActionForm, choiceField, longField, textField } from "./form.js";
import { ASSIGNMENT_VERBS, CREW_ROLES, UNIT_STATES, kindName, named } from "./names.js";
import { may, tables } from "./page.js";
import { Section } from "./section.js";
import { live } from "./shell.js";
import { toast } from "./toast.js";
import { ableWords, heardWords, positionAge, tasksByUnit } from "./units_page_rows.js";
import { unitRow } from "./unit_rows.js";
import { t } from "./words.js";

const VERB_OF_DIGIT = { 2: "acknowledge", 3: "depart", 4: "arrive", 5: "transport", 6: "deliver", 7: "clear", 9: "obstruct", 0: "mayday" };
const READY = { 1: t("Siaga di pos"), 8: t("Siaga di lapangan") };
const DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0];
const SURE_MS = 4000;

/** Say a unit's digit; what the room refuses is said in its words. */
export async function sayDigit(unit, digit, done) {
  try {
    await post(`/units/${unit.id}/status`, { digit, seen: live.picture.seq });
    toast(t("{unit}: {digit} {words}", { unit: unit.call_sign, digit, words: (READY[digit] ?? named(ASSIGNMENT_VERBS, VERB_OF_DIGIT[digit])).toLowerCase() }));
    done();
  } catch (problem) {
    toast(problem.message, { isBad: true });
  }
}

export class UnitDetail extends EventTarget {
  /** `duty()` is what is known beside the picture; `done()` is called after every deed. */
  constructor(live, element, { duty, done }) {
    super();
    Object.assign(this, { live, element, duty, done, id: null });
    this.parts = Object.fromEntries(["head", "deeds", "tasks", "about"].map((name) => [name, new Section(element.querySelector(`#unit-${name}`))]));
    this.formPlace = element.querySelector("#unit-form");
  }

  draw(unit, alarms) {
    this.element.classList.toggle("is-empty", !unit);
    if (unit?.id !== this.id) this.closeForm();
    this.id = unit?.id ?? null;
    if (!unit) return this.drawNone();
    const tasks = tasksByUnit(this.live.picture).get(unit.id) ?? [];
    this.parts.head.show(["head", unit, alarms.map((one) => [one, alarmWords(one, now())])], () => this.head(unit, alarms));
    this.parts.deeds.show(["deeds", unit.id, unit.state, unit.mayday_why, tasks.map((one) => [one.id, one.state])], () => this.deeds(unit, tasks));
    this.parts.tasks.show(["tasks", tasks], () => this.tasks(unit, tasks));
    this.parts.about.show(["about", unit, this.duty(), heardWords(unit, this.duty()), positionAge(unit)], () => this.about(unit));
  }

  drawNone() {
    this.parts.head.show(["none"], () => [h("p.empty", {}, h("strong", {}, t("Pilih satuan")), t("Tekan J dan K untuk berpindah, angka untuk menyebut statusnya."))]);
    for (const name of ["deeds", "tasks", "about"]) this.parts[name].clear();
  }

  head(unit, alarms) {
    const close = h("button.btn.btn-quiet.btn-small.push", { type: "button", data: { key: "close" }, onclick: () => this.dispatchEvent(new CustomEvent("close")) }, icon("x"), t("Tutup"));
    return [
      h("div.line", {}, h("h2", {}, unit.call_sign), h("span.chip", {}, kindName(unit.kind)), close),
      h("p", {}, h("b", { class: unit.state === "mayday" ? "bad" : "" }, named(UNIT_STATES, unit.state)), " ", ageMark(unit.since), unit.out_reason ? ` · ${unit.out_reason}` : ""),
      ...alarms.map((one) => h("div.unit-alarm-box", { class: `alarm-${alarmLook(one)}` }, h("strong", {}, alarmWords(one, now())), one.acknowledged_by && h("span.small", {}, t("ditangani {by}", { by: one.acknowledged_by })), h("div.line", {}, alarmButtons(one)))),
    ];
  }

  // ---- what it says

  deeds(unit, tasks) {
    if (!may("assignment.verb")) return [];
    const newest = tasks.at(-1);
    return [
      h("h3.body-head", {}, newest ? t("Status untuk {number}", { number: newest.number }) : t("Status tanpa tugas")),
      h("div.digits", {}, DIGITS.map((digit) => this.digitButton(unit, digit, newest))),
      h("div.line", {}, this.serviceButton(unit, tasks), unit.mayday_why && may("alarm.acknowledge") && h("button.btn.btn-small", { type: "button", data: { key: "calm" }, onclick: () => this.open(calmForm(unit, this.ends())) }, t("DARURAT selesai"))),
    ];
  }

  digitButton(unit, digit, newest) {
    const isOn = this.maySay(unit, digit, newest);
    const words = READY[digit] ?? named(ASSIGNMENT_VERBS, VERB_OF_DIGIT[digit]);
    const button = h("button.btn.digit-button", { type: "button", class: digit === 0 ? "btn-danger" : "", disabled: !isOn, data: { key: `digit-${digit}` }, "aria-keyshortcuts": String(digit) }, h("kbd", {}, String(digit)), h("span", {}, words));
    button.addEventListener("click", () => this.press(button, unit, digit, words));
    return button;
  }

  maySay(unit, digit, newest) {
    if (digit in READY) return !newest && unit.in_service && unit.state !== (digit === 8 ? "afield" : "standby");
    if (!newest) return digit === 0 && unit.state !== "mayday";
    return (tables.assignment_verbs?.[newest.state] ?? []).includes(VERB_OF_DIGIT[digit]);
  }

  // Mayday and the end of a task are pressed twice.
  press(button, unit, digit, words) {
    if ((digit === 0 || digit === 7) && !button.dataset.sure) {
      button.dataset.sure = "yes";
      fill(button.lastElementChild, t("Sekali lagi: {words}", { words }));
      return setTimeout(() => (delete button.dataset.sure, fill(button.lastElementChild, words)), SURE_MS);
    }
    delete button.dataset.sure;
    sayDigit(unit, digit, this.done);
  }

  serviceButton(unit, tasks) {
    if (unit.in_service) return h("button.btn.btn-small", { type: "button", data: { key: "out" }, disabled: tasks.length > 0, onclick: () => this.open(outForm(unit, this.ends())) }, icon("player-pause"), t("Keluarkan dari dinas"));
    return h("button.btn.btn-small.btn-primary", { type: "button", data: { key: "in" }, onclick: () => this.send(() => post(`/units/${unit.id}/service`, { in_service: true, seen: live.picture.seq })) }, icon("player-play"), t("Masukkan dinas"));
  }

  // ---- its tasks

  tasks(unit, tasks) {
    if (!tasks.length) return [];
    const head = tasks.length > 1 ? t("{n} tugas, masing-masing dengan jamnya", { n: tasks.length }) : t("Tugas");
    return [h("h3.body-head", {}, head), h("ul.unit-rows", {}, [...tasks].reverse().map((task) => this.task(unit, task)))];
  }

  task(unit, task) {
    const row = unitRow(task, { ...unit, kind: "" }, () => this.done());
    row.querySelector("b").replaceWith(h("a.strong", { href: `/?i=${task.incident_id}` }, task.number));
    return row;
  }

  // ---- what is known of it

  about(unit) {
    const duty = this.duty();
    const crew = duty?.crew?.filter((one) => one.unit_id === unit.id) ?? [];
    const logIns = duty?.log_ins?.filter((one) => one.unit_id === unit.id) ?? [];
    const shifts = duty?.shifts?.filter((one) => one.unit_id === unit.id) ?? [];
    const line = (words, value) => value && [h("dt", {}, words), h("dd", {}, value)];
    return [
      h("div.line", {}, h("h3.body-head", {}, t("Keterangan")), may("unit.manage") && h("button.btn.btn-small.push", { type: "button", data: { key: "facts" }, onclick: () => this.open(factsForm(unit, this.ends())) }, icon("pencil"), t("Ubah"))),
      h("dl.unit-facts", {},
        line(t("Kemampuan"), ableWords(unit)), line(t("OPD"), unit.agency_code), line(t("Pos"), unit.base),
        line(t("Terakhir terdengar"), heardWords(unit, duty)),
        line(t("Posisi"), h("span", { title: unit.position_at ? atFully(unit.position_at) : "" }, positionAge(unit), unit.lon === null ? "" : `, ${unit.lat.toFixed(4).replace(".", ",")} ${unit.lon.toFixed(4).replace(".", ",")}`)),
        line(t("Dinas hari ini"), shifts.map((one) => `${atMinute(one.starts_at)} – ${atMinute(one.ends_at)}`).join(", ")),
        line(t("Masuk sebagai"), logIns.map((one) => one.name).join(", "))),
      h("div.line", {}, h("h3.body-head", {}, t("Awak")), may("duty.plan") && h("button.btn.btn-small.push", { type: "button", data: { key: "crew-add" }, onclick: () => this.open(crewForm(unit, this.ends())) }, icon("user-plus"), t("Tambah awak"))),
      crew.length ? h("ul.crew-rows", {}, crew.map((one) => this.crewRow(one))) : h("p.muted.small", {}, t("Awak belum dicatat.")),
    ];
  }

  crewRow(one) {
    const leave = may("duty.plan") && h("button.btn.btn-small.btn-quiet.push", { type: "button", data: { key: `leave-${one.id}` }, "aria-label": t("{name} turun", one), onclick: () => this.send(() => post(`/crew/${one.id}/leave`)) }, t("Turun"));
    return h("li.line", {}, h("b", {}, one.name), h("span.muted", {}, named(CREW_ROLES, one.role)), leave);
  }

  // ---- forms

  ends() {
    return { onDone: () => (this.closeForm(), this.done()), onClose: () => this.closeForm() };
  }

  open(form) {
    fill(this.formPlace, form.element);
    form.element.scrollIntoView({ block: "nearest" });
    form.focus();
  }

  closeForm() {
    fill(this.formPlace);
  }

  async send(deed) {
    try {
      await deed();
      this.done();
    } catch (problem) {
      toast(problem.message, { isBad: true });
    }
  }
}

const outForm = (unit, ends, seen = live.picture.seq) => new ActionForm({
  title: t("{unit} keluar dari dinas", { unit: unit.call_sign }), submit: t("Keluarkan dari dinas"), fields: [textField("reason", t("Alasan"), { required: true })],
  send: ({ reason }, uid, form) => post(`/units/${unit.id}/service`, { uid, in_service: false, reason, seen: form?.seen ?? seen }), ...ends,
});

const factsForm = (unit, ends, seen = live.picture.seq) => new ActionForm({
  title: t("Keterangan {unit}", { unit: unit.call_sign }), submit: t("Simpan"),
  fields: [
    textField("kind", t("Jenis satuan"), { value: kindName(unit.kind), required: true, maxlength: 40 }),
    textField("capabilities", t("Kemampuan, pisahkan dengan koma"), { value: ableWords(unit), maxlength: 200 }),
    textField("agency_code", t("Kode OPD, bila ada"), { value: unit.agency_code ?? "", maxlength: 20 }),
    textField("base", t("Pos"), { value: unit.base ?? "", maxlength: 80 }),
  ],
  send: ({ kind, capabilities, agency_code: agency, base }, uid, form) => post(`/units/${unit.id}`, { uid, seen: form?.seen ?? seen, kind, base, capabilities: capabilities.split(",").map((word) => word.trim()).filter(Boolean), agency_code: agency.trim() || null }), ...ends,
});

const calmForm = (unit, ends, seen = live.picture.seq) => new ActionForm({
  title: t("DARURAT {unit} berakhir", { unit: unit.call_sign }), submit: t("Nyatakan berakhir"), fields: [longField("text", t("Bagaimana diketahui"), { required: true, maxlength: 500 })],
  send: ({ text }, uid, form) => post(`/units/${unit.id}/calm`, { uid, text, seen: form?.seen ?? seen }), ...ends,
});

const crewForm = (unit, ends) => new ActionForm({
  title: t("Awak {unit}", { unit: unit.call_sign }), submit: t("Tambah awak"),
  fields: [textField("name", t("Nama, tanpa nomor telepon"), { required: true }), choiceField("role", t("Sebagai"), CREW_ROLES, { value: "member" })],
  send: (values, uid) => post(`/units/${unit.id}/crew`, { uid, ...values }), ...ends,
});
