// The phone list of those whom nothing reached: who, which number, what to read to them, and the words that came back.
import { get, newUid, post } from "./api.js";
import { fill, h, icon } from "./dom.js";
import { isSeen, recipientLook, recipientWords } from "./ladder.js";
import { atMinute } from "./clock.js";
import { aboutOf, nameOf } from "./alerts_people.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

export class AlertPhone {
  constructor(box, { onDone }) {
    Object.assign(this, { box, onDone, alert: null, people: [] });
  }

  get isOpen() {
    return this.alert !== null;
  }

  async open(alert) {
    try {
      const told = await get(`/alerts/${alert.id}/missing`);
      Object.assign(this, { alert, told, people: told.missing });
      this.draw();
      this.box.querySelector("h3")?.focus();
    } catch (problem) {
      toast(problem.message, { isBad: true });
    }
  }

  close() {
    if (!this.isOpen) return false;
    this.alert = null;
    fill(this.box);
    return true;
  }

  /** Who answered by another way meanwhile need not be called any more. */
  heard(recipients) {
    if (!this.isOpen) return;
    const states = new Map(recipients.map((one) => [one.id, one]));
    const fresh = this.people.map((one) => ({ ...one, ...(states.get(one.id) && isSeen(states.get(one.id)) ? states.get(one.id) : {}) }));
    if (JSON.stringify(fresh) !== JSON.stringify(this.people)) (this.people = fresh), this.draw();
  }

  draw() {
    const sentence = this.told.sentence ?? this.alert.text;
    fill(this.box, h("section.box.stack.phone-list", { "aria-labelledby": "phone-title" },
      h("div.line", {}, h("h3#phone-title", { tabindex: "-1" }, icon("phone"), " ", t("Telepon mereka yang belum melihatnya")), h("button.btn.btn-quiet.btn-small.push", { type: "button", onclick: () => this.close() }, t("Tutup"), " ", h("kbd", {}, "Esc"))),
      h("p.small.muted", {}, t("Baca kalimatnya, lalu minta diulang. Yang diulang benar dicatat sebagai dibaca ulang. Membuka daftar ini tercatat.")),
      h("blockquote.as-written", {}, sentence),
      this.people.length ? h("ol.phone-rows", {}, this.people.map((one) => this.row(one))) : h("p.empty", {}, t("Semua sudah melihatnya."))));
  }

  row(one) {
    const phones = (one.phones ?? [one.phone]).filter(Boolean);
    return h("li.phone-row", {},
      h("span.line", {}, h("b", {}, nameOf(one)), h("span.muted.small", {}, aboutOf(one)),
        phones.map((number) => h("a.num", { href: `tel:${number.replace(/[^+\d]/g, "")}` }, number)),
        !phones.length && h("span.late.small", {}, t("tanpa nomor telepon")),
        h("span.small.push", { class: recipientLook(one) }, recipientWords({ deliveries: [], ...one, call_sign: nameOf(one) }, atMinute))),
      isSeen(one) ? null : this.form(one));
  }

  form(one) {
    const id = `back-${one.id}`;
    const form = h("form.line.phone-form", { novalidate: true }, h("label.small", { for: id }, t("Kata-kata yang kembali")), h("input.input", { id, name: "words", type: "text", maxlength: 300, autocomplete: "off", "aria-describedby": `${id}-error` }), h("button.btn.btn-small.btn-primary", { type: "submit" }, t("Dibaca ulang")), h("span.field-error", { id: `${id}-error`, role: "alert" }));
    const uid = newUid();
    form.addEventListener("submit", (event) => (event.preventDefault(), this.send(one, form, uid)));
    return form;
  }

  async send(one, form, uid) {
    const words = form.elements.words.value.trim();
    const error = form.querySelector(".field-error");
    if (!words) return (error.textContent = t("Tulis kata-kata yang diulang."), form.elements.words.focus());
    try {
      await post(`/alerts/${this.alert.id}/read-back`, { uid, recipient_id: one.id, words });
      this.people = this.people.filter(({ id }) => id !== one.id);
      this.draw();
      this.onDone();
    } catch (problem) {
      error.textContent = problem.message;
    }
  }
}
