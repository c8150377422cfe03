// The page of the handover: the shift that runs, what is open, who signs; beside it the log of the meeting's decisions.
import { get, post } from "./api.js";
import { atFully, now, zone } from "./clock.js";
import { DecisionLog } from "./decision_log.js";
import { openForm } from "./dialog_form.js";
import { fill, h, icon } from "./dom.js";
import { longField, textField } from "./form.js";
import { Keys } from "./keys.js";
import { fromLocal, toLocal } from "./local_time.js";
import { itemGroups } from "./open_items.js";
import { may } from "./page.js";
import { live } from "./shell.js";
import { redOf } from "./shift_pill.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const $ = (id) => document.getElementById(id);
const PAUSE_MS = 1000; // a busy night changes what is open many times a second
const SHIFT_MS = 8 * 3_600_000;
const SHIFT_NAMES = [t("Pagi"), t("Siang"), t("Malam")];
const me = document.documentElement.dataset.person;

class HandoverPage {
  constructor() {
    this.decisions = new DecisionLog(() => this.loadSoon());
    live.addEventListener("change", ({ detail }) => this.heard(detail));
    $("print").addEventListener("click", () => print());
    this.keys = new Keys([
      ["s", t("serahkan piket, atau tanda tangani"), () => this.act()],
      ["k", t("catat keputusan"), () => $("decision-add")?.click()],
      ["p", t("cetak"), () => print()],
      ["?", t("tombol"), () => this.keys.list()],
    ], $("keys"));
    this.load();
    this.decisions.load();
  }

  heard({ entries }) {
    if (entries?.some(({ kind }) => kind.startsWith("decision."))) this.decisions.load();
    this.loadSoon();
  }

  loadSoon() {
    this.timer ??= setTimeout(() => { this.timer = null; this.load(); }, PAUSE_MS);
  }

  async load() {
    try {
      const { standing, items, signed } = await get("/shifts");
      this.standing = standing;
      fill($("shift"), ...this.shift(standing));
      this.showItems(standing, items);
      fill($("signed"), ...signed.map(signedRow));
      $("signed-box").hidden = !signed.length;
    } catch (problem) {
      toast(problem.message, { isBad: true });
    } finally {
      document.querySelector(".handover-page").classList.remove("is-opening");
    }
  }

  showItems(standing, items) {
    const isOpen = $("now")?.open ?? false;
    const open = h("div.stack", {}, itemGroups(items));
    if (standing?.state !== "left") return fill($("items"), h("h2", {}, t("Yang terbuka sekarang")), open);
    const count = items.reduce((sum, group) => sum + group.count, 0);
    fill($("items"), h("h2", {}, t("Yang diserahkan")), ...itemGroups(standing.handed.items),
      h("details.box#now", { open: isOpen }, h("summary", {}, t("Terbuka sekarang: {n}", { n: count })), open));
  }

  // ---- the shift

  shift(standing) {
    if (!standing) return [h("p", {}, t("Belum ada piket yang berjalan.")), this.button("player-play", t("Mulai piket"), () => this.start())];
    return standing.state === "running" ? this.running(standing) : this.left(standing);
  }

  running(shift) {
    const red = redOf(shift, now());
    return [h("div", {}, h("h2", {}, t("Piket {name}", { name: shift.name })), h("p", {}, t("Dipimpin {who}, sejak {from} sampai {until}", { who: shift.led_by, from: atFully(shift.starts_at), until: atFully(shift.ends_at) }))),
      red && h("p.problem", {}, red.title), this.button("send", t("Serahkan piket"), () => this.leave(shift))];
  }

  left(shift) {
    const red = redOf(shift, now());
    const isMine = shift.left_by === me;
    return [
      h("div", {}, h("h2", {}, t("Piket {name} menunggu tanda tangan", { name: shift.name })), h("p", {}, t("Diserahkan {who}, {when}", { who: shift.left_by, when: atFully(shift.left_at) }))),
      red && h("p.problem", {}, red.title),
      shift.words && h("blockquote.as-written", {}, shift.words),
      isMine && h("p.small.muted", {}, t("Piket berikutnya yang menandatangani, bukan yang menyerahkan.")),
      h("div.line", {}, !isMine && this.button("check", t("Tanda tangani"), () => this.sign(shift)),
        this.button("refresh", t("Bekukan ulang"), () => this.leave(shift), "btn"), ...papers(shift)),
      h("p.small.muted.sheet-hash", {}, `SHA-256 ${shift.hash}`),
    ];
  }

  button(name, words, deed, look = "btn.btn-primary") {
    return may("handover.write") && h(`button.${look}`, { type: "button", onclick: deed }, icon(name), " ", words);
  }

  /** What the key S does: whatever the shift waits for. */
  act() {
    if (!may("handover.write")) return;
    if (!this.standing) this.start();
    else if (this.standing.state === "running") this.leave(this.standing);
    else if (this.standing.left_by !== me) this.sign(this.standing);
  }

  start() {
    openForm({
      title: t("Mulai piket"), submit: t("Mulai"), fields: nextFields(),
      send: (said, uid) => post("/shifts", { uid, ...nextOf(said) }), onDone: () => this.done(t("Piket dimulai.")),
    });
  }

  leave(shift) {
    openForm({
      title: t("Serahkan piket {name}", { name: shift.name }), submit: t("Bekukan daftar dan serahkan"),
      fields: [longField("words", t("Pesan untuk piket berikutnya"), { value: shift.words ?? "", maxlength: 4000, hint: t("Daftar yang terbuka ikut sendiri. Jangan tulis nama atau nomor pelapor.") })],
      send: ({ words }, uid) => post(`/shifts/${shift.id}/leave`, { uid, words }), onDone: () => this.done(t("Piket diserahkan; menunggu tanda tangan piket berikutnya.")),
    });
  }

  sign(shift) {
    openForm({
      title: t("Tanda tangani serah terima {name}", { name: shift.name }), submit: t("Tanda tangani dan mulai piket"),
      fields: [...nextFields(shift.name), longField("remark", t("Catatan penerima (boleh kosong)"))],
      send: (said, uid) => post(`/shifts/${shift.id}/sign`, { uid, hash: shift.hash, ...nextOf(said), ...(said.remark ? { remark: said.remark } : {}) }),
      onDone: () => this.done(t("Ditandatangani. Piket Anda berjalan.")),
    });
  }

  done(words) {
    toast(words);
    this.load();
  }
}

function nextFields(before = "") {
  const name = SHIFT_NAMES[(SHIFT_NAMES.indexOf(before) + 1) % SHIFT_NAMES.length];
  const until = textField("ends_at", t("Sampai"), { required: true, value: toLocal(now() + SHIFT_MS, zone).slice(0, 16) });
  until.querySelector("input").type = "datetime-local";
  until.querySelector("input").value = toLocal(now() + SHIFT_MS, zone).slice(0, 16);
  return [textField("name", t("Nama piket"), { required: true, value: name }), until];
}

const nextOf = ({ name, ends_at }) => ({ name, ends_at: new Date(fromLocal(ends_at, zone) ?? NaN).toISOString() });

const papers = (shift) => [
  h("a.btn", { href: `/handover/${shift.id}` }, icon("printer"), " ", t("Lembar A4")),
  h("button.btn", { type: "button", "data-key": "text", onclick: () => showText(shift) }, icon("message"), " ", t("Teks WhatsApp")),
];

// The text stands in a box: on a page without https a browser gives nobody its clipboard.
async function showText({ id }) {
  const answer = await fetch(`/api/v1/shifts/${id}/text`, { credentials: "same-origin" });
  const box = h("textarea.text-box", { readonly: true, rows: 16, "aria-label": t("Teks WhatsApp"), value: await answer.text() });
  const dialog = h("dialog.dialog-form", { "aria-label": t("Teks WhatsApp") },
    h("div.dialog-head", {}, h("h2", {}, t("Teks WhatsApp")), h("button.btn.btn-small.push", { type: "button", onclick: () => dialog.close() }, t("Tutup"), " ", h("kbd", {}, "Esc"))),
    h("div.dialog-body.stack", {}, box, h("p.small.muted", {}, t("Teks sudah terpilih: Ctrl C menyalinnya. Nomor telepon di dalamnya disamarkan."))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  box.focus();
  box.select();
}

const signedRow = (shift) => h("li.line", {}, h("b", {}, shift.name), h("span", {}, t("{from} kepada {to}", { from: shift.left_by, to: shift.signed_by })), h("span.num.muted", {}, atFully(shift.signed_at)), h("span.line.push", {}, papers(shift)));

new HandoverPage();
