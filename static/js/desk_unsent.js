// What this browser still has to send, in words: a chip that counts, a list that explains, and a way back into the form.
import { at } from "./clock.js";
import { fill, h, setText } from "./dom.js";
import { listed, t } from "./words.js";

export class Unsent {
  constructor({ outbox, onReopen }) {
    Object.assign(this, { outbox, onReopen });
    this.chip = document.getElementById("unsent-open");
    this.dialog = document.getElementById("unsent");
    this.chip.addEventListener("click", () => this.open());
    document.getElementById("unsent-send").addEventListener("click", () => outbox.flush());
  }

  open() {
    this.draw();
    this.dialog.showModal();
  }

  draw() {
    const [waiting, refused, strangers] = [this.outbox.waiting(), this.outbox.refused(), this.outbox.strangers()];
    this.chip.hidden = waiting.length + refused.length + strangers.length === 0;
    setText(this.chip, chipWords(waiting.length, refused.length, strangers.length));
    this.chip.classList.toggle("chip-bad", refused.length > 0);
    this.sayStrangers(strangers);
    fill(document.getElementById("unsent-list"), ...refused.map((one) => this.row(one)), ...waiting.map((one) => this.row(one)));
  }

  sayStrangers(names) {
    const box = document.getElementById("unsent-strangers");
    box.hidden = names.length === 0;
    setText(box, t("Ada laporan yang belum terkirim milik {names}. Hanya terkirim bila mereka masuk lagi di komputer ini.", { names: listed(names) }));
  }

  row(message) {
    const reopen = h("button.btn.btn-small", { type: "button", onclick: () => this.reopen(message) }, t("Buka lagi"));
    return h("li.box.line", {},
      h("span", {}, h("b", {}, message.label), h("span.muted", {}, ` · ${at(message.queued_at)}`)),
      message.refused ? h("span.bad", {}, t("ditolak server: {why}", { why: message.refused.detail })) : h("span.muted", {}, t("menunggu server")),
      message.refused && message.form ? reopen : null);
  }

  reopen(message) {
    this.dialog.close();
    this.onReopen(message);
  }
}

function chipWords(waiting, refused, strangers) {
  const words = [
    refused ? t("{n} ditolak", { n: refused }) : "",
    waiting ? t("{n} belum terkirim", { n: waiting }) : "",
    strangers && !waiting && !refused ? t("milik orang lain belum terkirim") : "",
  ];
  return words.filter(Boolean).join(" · ");
}
