// The shift table of a day: each unit a line, each shift a bar from when till when; planned and struck by who may.
import { get, post } from "./api.js";
import { atMinute, zone } from "./clock.js";
import { fill, h, setText } from "./dom.js";
import { ActionForm, choiceField, textField } from "./form.js";
import { fromLocal } from "./local_time.js";
import { kindName } from "./names.js";
import { may, tables } from "./page.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const HOURS = [0, 6, 12, 18];
const SHIFT_STARTS_H = tables.shift_starts_h ?? [7, 15, 23];
const hourText = (hour) => `${String(hour).padStart(2, "0")}:00`;

export class ShiftsPart {
  constructor(element, { units, changed }) {
    Object.assign(this, { element, units, changed });
    this.day = element.querySelector("#shift-day");
    this.rows = element.querySelector("#shift-rows");
    this.formPlace = element.querySelector("#shift-form");
    this.day.addEventListener("change", () => this.read());
    for (const [id, step] of [["shift-before", -1], ["shift-after", 1]]) element.querySelector(`#${id}`).addEventListener("click", () => this.turn(step));
    const plan = element.querySelector("#shift-plan");
    plan.hidden = !may("duty.plan");
    plan.addEventListener("click", () => this.open());
  }

  turn(step) {
    const day = new Date(`${this.day.value}T12:00:00Z`);
    day.setUTCDate(day.getUTCDate() + step);
    this.day.value = day.toISOString().slice(0, 10);
    this.read();
  }

  async read() {
    try {
      this.told = await get(`/duty${this.day.value ? `?day=${this.day.value}` : ""}`);
      this.day.value = this.told.day;
      this.draw();
    } catch (problem) {
      setText(this.element.querySelector("#shift-problem"), problem.message);
    }
  }

  draw() {
    setText(this.element.querySelector("#shift-problem"), "");
    const units = this.units().sort((a, b) => a.call_sign.localeCompare(b.call_sign, undefined, { numeric: true }));
    fill(this.rows, ...units.map((unit) => this.row(unit)));
    this.element.querySelector("#shift-none").hidden = this.told.shifts.length > 0;
  }

  row(unit) {
    const mine = this.told.shifts.filter((one) => one.unit_id === unit.id);
    return h("tr", {}, h("th", { scope: "row" }, unit.call_sign, h("span.small.muted", {}, ` ${kindName(unit.kind)}`)), h("td.shift-day", {}, h("div.shift-track", {}, HOURS.map((hour) => h("i", { class: `shift-at-${hour}` })), mine.map((one) => this.bar(one, unit)))));
  }

  bar(shift, unit) {
    const [begins, ends] = [Date.parse(this.told.begins), Date.parse(this.told.ends)];
    const part = (moment) => Math.max(0, Math.min(1, (Date.parse(moment) - begins) / (ends - begins)));
    const words = `${atMinute(shift.starts_at)} – ${atMinute(shift.ends_at)}`;
    const bar = h("button.shift-bar", { type: "button", disabled: !may("duty.plan"), title: t("{unit}, {span}, dijadwalkan {by}", { unit: unit.call_sign, span: words, by: shift.made_by }), onclick: () => this.open(shift, unit) }, words);
    bar.style.left = `${part(shift.starts_at) * 100}%`;
    bar.style.width = `${(part(shift.ends_at) - part(shift.starts_at)) * 100}%`;
    return bar;
  }

  open(shift = null, unit = null) {
    const form = shift ? strikeForm(shift, unit, this.ends()) : this.planForm();
    fill(this.formPlace, form.element);
    form.focus();
  }

  ends() {
    const close = () => fill(this.formPlace);
    return { onDone: () => (close(), this.read(), this.changed()), onClose: close };
  }

  planForm() {
    const choices = Object.fromEntries(this.units().map((unit) => [`${unit.id}.`, unit.call_sign]));
    return new ActionForm({
      title: t("Jadwalkan dinas"), submit: t("Simpan jadwal"),
      fields: [choiceField("unit", t("Satuan"), choices, { blank: t("pilih satuan") }), h("div.field-pair", {}, clock("starts_at", t("Mulai pukul"), hourText(SHIFT_STARTS_H[0])), clock("ends_at", t("Sampai pukul"), hourText(SHIFT_STARTS_H[1])))],
      send: ({ unit, starts_at: starts, ends_at: ends }, uid) => post(`/units/${parseInt(unit, 10)}/shifts`, { uid, ...span(this.day.value, starts, ends) }), ...this.ends(),
    });
  }
}

function clock(name, label, value) {
  const field = textField(name, label, { value, required: true });
  Object.assign(field.querySelector("input"), { type: "time", step: 60 });
  return field;
}

/** From a time of the day till the next time the other comes round: "22:00" till "06:00" ends the next morning. */
function span(day, starts, ends) {
  const begins = fromLocal(`${day}T${starts}`, zone);
  const over = fromLocal(`${day}T${ends}`, zone);
  const until = over > begins ? over : over + 86_400_000;
  return { starts_at: new Date(begins).toISOString(), ends_at: new Date(until).toISOString() };
}

const strikeForm = (shift, unit, ends) => new ActionForm({
  title: t("Coret dinas {unit} {span}", { unit: unit.call_sign, span: `${atMinute(shift.starts_at)} – ${atMinute(shift.ends_at)}` }), submit: t("Coret jadwal"), isDangerous: true,
  fields: [textField("text", t("Alasan"), { required: true })],
  send: ({ text }, uid) => post(`/shifts/${shift.id}/strike`, { uid, text }).then((answer) => (toast(t("Jadwal dicoret.")), answer)), ...ends,
});
