// The phone list of those whom nothing reached: who, which number, what to read to them, and the words that came back.
import { get, newUid, post } from "./api.js";
import { arrange, fill, h, icon, setText } from "./dom.js";
import { isSeen, recipientLook, recipientWords } from "./ladder.js";
import { atMinute } from "./clock.js";
import { aboutOf, nameOf } from "./alerts_people.js";
import { toast } from "./toast.js";
import { numberText, t } from "./words.js";

const PAGE = 50; // nobody telephones more at once, and ten thousand forms would hold up the browser

export class AlertPhone {
  constructor(box, { onDone }) {
    Object.assign(this, { box, onDone, alert: null, people: [], made: new Map(), most: PAGE });
  }

  get isOpen() {
    return this.alert !== null;
  }

  async open(alert) {
    try {
      const { missing, sentence } = await get(`/alerts/${alert.id}/missing`, { patience: 30_000 });
      Object.assign(this, { alert, people: missing, most: PAGE });
      this.made.clear();
      fill(this.box, this.frame(sentence ?? alert.text));
      this.draw();
      this.box.querySelector("h3").focus();
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
    const seen = new Map(recipients.filter(isSeen).map((one) => [one.id, one]));
    if (!this.people.some((one) => seen.has(one.id) && !isSeen(one))) return;
    this.people = this.people.map((one) => ({ ...one, ...seen.get(one.id) }));
    this.draw();
  }

  frame(sentence) {
    this.rows = h("ol.phone-rows");
    this.none = h("p.empty", {}, t("Semua sudah melihatnya."));
    this.more = h("button.btn.btn-small", { type: "button", onclick: () => ((this.most += PAGE), this.draw()) });
    return h("section.box.stack.phone-list", { "aria-labelledby": "phone-title" },
      h("div.line", {}, h("h3#phone-title", { tabindex: "-1" }, icon("phone"), " ", t("Telepon mereka yang belum melihatnya")), h("button.btn.btn-quiet.btn-small.push", { type: "button", onclick: () => this.close() }, t("Tutup"), " ", h("kbd", {}, "Esc"))),
      h("p.small.muted", {}, t("Baca kalimatnya, lalu minta diulang. Yang diulang benar dicatat sebagai dibaca ulang. Membuka daftar ini tercatat.")),
      h("blockquote.as-written", {}, sentence), this.rows, this.none, h("div", {}, this.more));
  }

  // A row that did not change is not touched: what somebody types into it stays.
  draw() {
    arrange(this.rows, this.people.slice(0, this.most).map((one) => this.kept(one)));
    const rest = this.people.length - this.most;
    this.none.hidden = this.people.length > 0;
    this.more.hidden = rest <= 0;
    setText(this.more, t("Tampilkan {n} lagi", { n: numberText(Math.min(PAGE, Math.max(0, rest))) }));
  }

  kept(one) {
    const known = this.made.get(one.id);
    if (known?.state === one.state) return known.element;
    const element = this.row(one);
    this.made.set(one.id, { state: one.state, element });
    return element;
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
