// Files for the call that is being written: held in this page until the call is saved, then sent behind it by the outbox.
import { newUid } from "./api.js";
import { kindIcon, pickers, sizeText, takeDrops, takePastes, whyNot } from "./attachments.js";
import { fill, h, icon } from "./dom.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const MOST = 20;
export const PATH = "/attachments";

export class DeskFiles {
  constructor(outbox) {
    Object.assign(this, { outbox, files: [] });
    this.list = document.getElementById("desk-files");
    fill(document.getElementById("desk-pickers"), pickers((files) => this.add(files), "desk"));
    takeDrops(document.getElementById("call-form"), () => true, (files) => this.add(files));
    takePastes(() => !document.querySelector("dialog[open]"), (files) => this.add(files));
  }

  add(files) {
    for (const file of files) {
      const why = this.files.length >= MOST ? t("Paling banyak {n} berkas untuk satu laporan.", { n: MOST }) : whyNot(file);
      if (why) toast(`${file.name}: ${why}`, { isBad: true });
      else this.files.push(file);
    }
    this.draw();
    this.list.scrollIntoView({ block: "nearest" }); // the button that saves lies over the end of the form
  }

  drop(file) {
    this.files = this.files.filter((one) => one !== file);
    this.draw();
    document.getElementById("desk-file")?.focus();
  }

  draw() {
    this.list.hidden = this.files.length === 0;
    fill(this.list, ...this.files.map((file) => this.row(file)));
  }

  row(file) {
    const name = file.name || t("tanpa nama");
    return h("li.line", {}, icon(kindIcon(kindOf(file))), h("b.file-name", {}, name), h("span.muted.num", {}, sizeText(file.size)),
      h("button.btn.btn-small.btn-quiet.push", { type: "button", "aria-label": t("Lepas {name}", { name }), onclick: () => this.drop(file) }, icon("x")));
  }

  /** The call of this key was saved, or waits in the outbox: its files go behind it, in order. */
  async follow({ uid: callUid }) {
    const files = this.files.splice(0);
    this.draw();
    for (const file of files) {
      const uid = newUid();
      const isKept = await this.outbox.add({ uid, path: PATH, body: { uid, call_uid: callUid }, label: t("Lampiran, {size}", { size: sizeText(file.size) }) }, file);
      if (!isKept) toast(t("Peramban ini tidak dapat menyimpannya: jangan tutup halaman ini sebelum terkirim."), { isBad: true });
    }
    if (files.length) this.outbox.flush();
  }

  /** The form was emptied: what was meant for its call is not for the next one. */
  clear() {
    const files = this.files.splice(0);
    this.draw();
    return files;
  }

  /** The outbox heard how one of ours went. */
  told(answer) {
    if (answer.status < 300) return toast(t("Lampiran terkirim."));
    if (answer.status >= 400 && answer.status < 500) toast(t("Lampiran ditolak: {why}", { why: answer.body?.detail ?? "" }), { isBad: true });
  }
}

const kindOf = ({ type = "" }) => (type.startsWith("image/") ? "photo" : type.startsWith("audio/") ? "voice" : "document");
