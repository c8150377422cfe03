// "Siaran": to whom, what they shall do, the words, until when; the last line says what, where and how many before it goes.
import { post } from "./api.js";
import { now, zone, zoneLabel } from "./clock.js";
import { fill, h } from "./dom.js";
import { ActionForm, choiceField, longField } from "./form.js";
import { ORDERS } from "./names.js";
import { minuteText } from "./time.js";
import { listed, numberText, t } from "./words.js";

const URGENCIES = {
  P0: t("layar dan radio sekaligus"), P1: t("layar, lalu cepat ke radio"), P2: t("layar, lalu radio"), P3: t("layar, radio belakangan"),
};
const EXPIRIES = { 15: t("15 menit"), 30: t("30 menit"), 60: t("1 jam"), 120: t("2 jam"), 360: t("6 jam") };
const URGENCY_OF = { P1: "P1", P2: "P2", P3: "P3", P4: "P3" };
const AUDIENCES = { units: t("satuan saja"), public: t("umum, lewat satuan ini; perlu orang kedua") };
const bytes = new TextEncoder();

export class AlertForm {
  constructor(incident, live, ends) {
    Object.assign(this, { incident, live });
    this.summary = h("p.notice.small", { role: "status" });
    this.meter = h("span.field-hint");
    this.form = new ActionForm({ title: t("Siaran tentang {number}", { number: incident.number }), submit: t("Kirim siaran"), fields: this.fields(), send: (values, uid) => this.send(values, uid), ...ends });
    this.element = this.form.element;
    for (const event of ["input", "change"]) this.element.addEventListener(event, () => this.sayWhat());
    this.sayWhat();
  }

  focus() {
    this.element.querySelector("textarea").focus();
  }

  fields() {
    const text = longField("text", t("Kata-kata"), { required: true, maxlength: 500 });
    text.append(this.meter);
    return [
      text,
      choiceField("order", t("Perintah"), ORDERS, { value: "go" }),
      this.recipients(),
      h("div.field-pair", {}, choiceField("priority", t("Jalan"), URGENCIES, { value: URGENCY_OF[this.incident.priority] ?? "P2" }), choiceField("expires_in_min", t("Berlaku"), EXPIRIES, { value: "60" })),
      choiceField("audience", t("Untuk"), AUDIENCES, { value: "units" }),
      this.summary,
    ];
  }

  // Those on the incident stand first and are ticked.
  recipients() {
    const { units, incidents } = this.live.picture;
    const mine = new Set(incidents.get(this.incident.id)?.unit_ids ?? []);
    const isMine = (unit) => mine.has(unit.id) || unit.incident_ids.includes(this.incident.id);
    const inService = [...units.values()].filter((unit) => unit.in_service).sort((a, b) => a.call_sign.localeCompare(b.call_sign));
    const box = (unit) => h("label.check", {}, h("input", { type: "checkbox", name: "unit_ids", value: String(unit.id), checked: isMine(unit) }), unit.call_sign);
    const others = inService.filter((unit) => !isMine(unit));
    return h("fieldset.field", { data: { field: "unit_ids" } }, h("legend", {}, t("Kepada")),
      h("div.alert-units", {}, inService.filter(isMine).map(box)),
      others.length > 0 && h("details", {}, h("summary.small", {}, t("satuan lain ({n})", { n: others.length })), h("div.alert-units", {}, others.map(box))),
      h("span.field-error", { role: "alert" }));
  }

  chosen() {
    const ids = [...this.element.querySelectorAll('[name="unit_ids"]:checked')].map((box) => Number(box.value));
    return ids.map((id) => this.live.picture.units.get(id)).filter(Boolean);
  }

  sayWhat() {
    const { order, expires_in_min: minutes, text, audience } = this.element.elements;
    const units = this.chosen();
    const until = minuteText(now() + Number(minutes.value) * 60_000, zone);
    const facts = { order: ORDERS[order.value], place: this.incident.place || this.incident.number, n: units.length, units: listed(units.map((unit) => unit.call_sign)) || t("belum ada"), until, zone: zoneLabel };
    const needsSecond = audience.value === "public" || order.value === "evacuate";
    fill(this.summary, t("Perintah {order}, {place}, kepada {n} satuan: {units}; berlaku sampai {until} {zone}.", facts), needsSecond && h("b", {}, " ", t("Baru keluar setelah orang kedua menyetujui.")));
    fill(this.meter, t("{n} bita", { n: numberText(bytes.encode(text.value).length) }));
  }

  send({ order, text, priority, expires_in_min, audience }, uid) {
    const unit_ids = this.chosen().map((unit) => unit.id);
    return post("/alerts", { incident_id: this.incident.id, priority, order, text, unit_ids, expires_in_min: Number(expires_in_min), audience, uid });
  }
}
