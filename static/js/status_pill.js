// The declared status in the top bar: NORMAL, or what was declared by decree and which day of it this is.
import { post } from "./api.js";
import { now, onTick, zone } from "./clock.js";
import { openForm } from "./dialog_form.js";
import { fill, h, setText } from "./dom.js";
import { choiceField, longField, textField } from "./form.js";
import { may } from "./page.js";
import { STATUS_KINDS, dateOf, pillOf } from "./rings.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const dates = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
const today = () => dates.format(now());

export class StatusPill {
  constructor(live) {
    this.live = live;
    this.pill = document.getElementById("status-pill");
    if (!this.pill) return;
    live.addEventListener("change", ({ detail }) => (detail.isSnapshot || detail.changed.status?.size) && this.draw());
    onTick((moment) => Math.floor(moment / 1000) % 60 === 0 && this.draw());
    if (may("status.declare")) this.pill.addEventListener("click", () => this.open());
  }

  get standing() {
    return [...this.live.picture.status.values()].at(-1) ?? null;
  }

  draw() {
    if (!this.live.hasPicture) return; // what the server wrote into the page stands
    const { text, look } = pillOf(this.standing, today());
    setText(this.pill, text);
    this.pill.dataset.look = look;
    this.pill.title = this.words(look);
  }

  words(look) {
    const status = this.standing;
    const able = may("status.declare") ? [t("Klik untuk menyatakan, memperpanjang atau mengakhiri")] : [];
    if (!status) return [t("Tidak ada status keadaan darurat"), ...able].join(". ");
    return [...this.facts(status, look), ...able].join(". ");
  }

  facts(status, look) {
    const over = look === "over" ? [t("Masa berlakunya habis: perpanjang atau akhiri")] : [];
    return [t("{decree}, sampai {date}", { decree: status.extension_decree ?? status.decree, date: dateOf(status.last_day) }), ...over];
  }

  // ---- a supervisor declares, extends, ends

  open() {
    this.standing ? this.choose(this.standing) : this.declare();
  }

  choose(status) {
    const dialog = h("dialog.dialog-form", { "aria-labelledby": "status-title" });
    const goOn = (deed) => () => (dialog.close(), deed());
    fill(dialog, h("div.dialog-head", {}, h("h2#status-title", {}, pillOf(status, today()).text), close(dialog)),
      h("div.dialog-body.stack", {}, h("p", {}, this.facts(status, pillOf(status, today()).look).join(". ")),
        h("div.line", {},
          h("button.btn.btn-primary", { type: "button", onclick: goOn(() => this.extend(status)) }, t("Perpanjang…")),
          h("button.btn", { type: "button", onclick: goOn(() => this.declare(status)) }, t("Nyatakan status lain…")),
          h("button.btn", { type: "button", onclick: goOn(() => this.end(status)) }, t("Akhiri…")))));
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  declare(before = null) {
    const kinds = Object.fromEntries(Object.entries(STATUS_KINDS).filter(([kind]) => kind !== before?.kind));
    openForm({
      title: t("Nyatakan status keadaan darurat"), submit: t("Nyatakan"),
      fields: [
        choiceField("kind", t("Status"), kinds, { value: Object.keys(kinds)[0] }), textField("decree", t("Nomor SK"), { required: true }),
        ofType("date", textField("starts_on", t("Mulai tanggal"), { required: true, value: today() })),
        ofType("number", textField("days", t("Berapa hari"), { required: true, value: "14" })),
      ],
      send: ({ days, ...said }, uid) => post("/status", { uid, ...said, days: Number(days) }),
      onDone: () => toast(t("Status dinyatakan. Penahanan nomor ditangguhkan.")),
    });
  }

  extend(status) {
    openForm({
      title: t("Perpanjang {kind}", { kind: STATUS_KINDS[status.kind] }), submit: t("Perpanjang"),
      fields: [textField("decree", t("Nomor SK perpanjangan"), { required: true }), ofType("number", textField("days", t("Tambah berapa hari"), { required: true, value: "7" }))],
      send: ({ days, decree }, uid) => post(`/status/${status.id}/extend`, { uid, decree, days: Number(days) }),
      onDone: () => toast(t("Status diperpanjang.")),
    });
  }

  end(status) {
    openForm({
      title: t("Akhiri {kind}", { kind: STATUS_KINDS[status.kind] }), submit: t("Akhiri"),
      fields: [longField("why", t("Mengapa"), { required: true, maxlength: 200 })],
      send: ({ why }, uid) => post(`/status/${status.id}/end`, { uid, why }),
      onDone: () => toast(t("Status berakhir.")),
    });
  }
}

const close = (dialog) => h("button.btn.btn-small.push", { type: "button", onclick: () => dialog.close() }, t("Tutup"), " ", h("kbd", {}, "Esc"));

function ofType(type, field) {
  const input = field.querySelector("input");
  input.type = type;
  if (type === "number") Object.assign(input, { min: 1, max: 366, inputMode: "numeric" });
  return field;
}
