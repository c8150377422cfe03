// What this browser still has to send, in words: a chip that counts, a list that explains, and a way back into the form.
import { at } from "./clock.js";
import { fill, h, setText } from "./dom.js";
import { listed, t } from "./words.js";

export class Unsent {
  constructor({ outbox, onReopen }) {
    Object.assign(this, { outbox, onReopen });
    this.chip = document.getElementById("unsent-open");
    this.dialog = document.getElementById("unsent");
    this.kept = h("p.notice", { id: "unsent-kept", hidden: true });
    document.getElementById("unsent-list").before(this.kept);
    this.chip.addEventListener("click", () => this.open());
    document.getElementById("unsent-send").addEventListener("click", () => outbox.flush());
  }

  open() {
    this.draw();
    this.dialog.showModal();
  }

  draw() {
    const [waiting, refused, strangers] = [this.outbox.waiting(), this.outbox.refused(), this.outbox.strangers()];
    const locked = this.outbox.locked();
    this.chip.hidden = waiting.length + refused.length + strangers.length + locked === 0;
    setText(this.chip, chipWords(waiting.length + locked, refused.length, strangers.length));
    this.chip.classList.toggle("chip-bad", refused.length > 0);
    this.sayStrangers(strangers);
    this.sayHowKept(locked);
    fill(document.getElementById("unsent-list"), ...refused.map((one) => this.row(one)), ...waiting.map((one) => this.row(one)));
  }

  sayStrangers(names) {
    const box = document.getElementById("unsent-strangers");
    box.hidden = names.length === 0;
    setText(box, t("Ada laporan yang belum terkirim milik {names}. Hanya terkirim bila mereka masuk lagi di komputer ini.", { names: listed(names) }));
  }

  // Where a browser cannot seal, or cannot keep, the people at it must know.
  sayHowKept(locked) {
    setText(this.kept, keptWords(this.outbox, locked));
    this.kept.hidden = this.kept.textContent === "";
  }

  row(message) {
    const reopen = h("button.btn.btn-small", { type: "button", onclick: () => this.reopen(message) }, t("Buka lagi"));
    return h("li.box.line", {},
      h("span", {}, h("b", {}, message.label), h("span.muted", {}, ` · ${at(message.queued_at)}`)),
      message.refused ? h("span.bad", {}, t("ditolak server: {why}", { why: message.refused.detail })) : h("span.muted", {}, t("menunggu server")),
      message.refused && (message.form ? reopen : this.deeds(message)));
  }

  deeds(message) {
    return h("span.line", {},
      h("button.btn.btn-small", { type: "button", onclick: () => this.outbox.again(message.uid).then(() => this.outbox.flush()) }, t("Coba kirim lagi")),
      h("button.btn.btn-small.btn-quiet", { type: "button", onclick: () => this.outbox.drop(message.uid).then(() => this.draw()) }, t("Buang")));
  }

  reopen(message) {
    this.dialog.close();
    this.onReopen(message);
  }
}

/** How safely this browser keeps what is unsent: "" when it is sealed and lasts. */
export function keptWords(outbox, locked = 0) {
  return [
    outbox.isLasting() ? "" : t("Peramban ini tidak menyimpan apa pun: jangan tutup halaman ini sebelum semua terkirim."),
    outbox.isSealed() ? "" : t("Disimpan tanpa sandi, karena alamat ini bukan HTTPS: siapa pun di komputer ini dapat membacanya."),
    locked ? t("{n} laporan Anda terkunci; terbuka dan terkirim begitu server menjawab.", { n: locked }) : "",
  ].filter(Boolean).join(" ");
}

function chipWords(waiting, refused, strangers) {
  const words = [
    refused ? t("{n} ditolak", { n: refused }) : "",
    waiting ? t("{n} belum terkirim", { n: waiting }) : "",
    strangers && !waiting && !refused ? t("milik orang lain belum terkirim") : "",
  ];
  return words.filter(Boolean).join(" · ");
}
