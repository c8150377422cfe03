// Files on their way to an incident or a call: looked at before they leave, sent once each, tried again while the server is away.
import { Problem, newUid, postFile } from "./api.js";
import { h, icon } from "./dom.js";
import { t } from "./words.js";

export const MOST_BYTES = 15_000_000;
export const ACCEPT = "image/jpeg,image/png,image/webp,image/heic,audio/*,.wav,.ogg,.opus,.weba,.webm,.m4a,application/pdf,text/plain,.txt,.csv";
const WAITS_MS = [1000, 3000, 8000];
const AWAY = new Set([0, 502, 503, 504]);
const KIND_ICONS = { photo: "photo", voice: "microphone", document: "file-text" };
const KIND_WORDS = { photo: t("Foto"), voice: t("Rekaman suara"), document: t("Dokumen") };

export const kindIcon = (kind) => KIND_ICONS[kind] ?? "file-text";
export const kindWord = (kind) => KIND_WORDS[kind] ?? String(kind ?? "");

/** "384 kB", "2,1 MB" */
export function sizeText(bytes, language = document.documentElement.lang || "id") {
  const [value, unit] = bytes < 999_500 ? [Math.max(1, Math.round(bytes / 1000)), "kB"] : [Math.round(bytes / 100_000) / 10, "MB"];
  return `${value.toLocaleString(language)} ${unit}`;
}

/** A sentence against a file that need not set out, "" when it may. */
export function whyNot({ size }) {
  if (size === 0) return t("Berkas ini kosong.");
  return size > MOST_BYTES ? t("Berkas ini terlalu besar; paling banyak {size}.", { size: sizeText(MOST_BYTES) }) : "";
}

/** The files of a paste or a drop. */
export const filesOf = (transfer) => [...(transfer?.files ?? [])];

/** What is on its way for one owner after the other; `changed()` hears when a row changes, `arrived(row)` when one is in. */
export class Sendings {
  constructor({ changed, arrived }) {
    Object.assign(this, { changed, arrived, rows: [] });
  }

  of(owner) {
    return this.rows.filter((row) => sameOwner(row.owner, owner));
  }

  add(owner, files, words = "") {
    for (const file of files) {
      const fault = whyNot(file);
      const row = { uid: newUid(), owner, file, words, fault, isOver: Boolean(fault), isSending: false };
      this.rows.push(row);
      if (!fault) this.send(row);
    }
    this.changed();
  }

  async send(row) {
    if (row.isSending) return;
    Object.assign(row, { isSending: true, fault: "" });
    this.changed();
    try {
      await insist(row);
      this.drop(row);
      this.arrived(row);
    } catch (problem) {
      Object.assign(row, { isSending: false, fault: problem.message, isOver: !AWAY.has(problem.status) });
      this.changed();
    }
  }

  drop(row) {
    this.rows = this.rows.filter((one) => one !== row);
    this.changed();
  }
}

const sameOwner = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// The key stays the same through every try: what arrived twice is there once.
async function insist({ uid, owner, file, words }) {
  for (const wait of [...WAITS_MS, null]) {
    try {
      return await postFile("/attachments", { uid, ...owner, words: words || null }, file);
    } catch (problem) {
      if (!(problem instanceof Problem) || wait === null || !AWAY.has(problem.status)) throw problem;
      await new Promise((done) => setTimeout(done, wait));
    }
  }
}

/** A row that says what becomes of a file, with a way to try again or to let it go. */
export function sendingRow(sendings, row) {
  const again = !row.isOver && h("button.btn.btn-small", { type: "button", data: { key: `again-${row.uid}` }, onclick: () => sendings.send(row) }, t("Coba kirim lagi"));
  const drop = h("button.btn.btn-small.btn-quiet", { type: "button", data: { key: `drop-${row.uid}` }, onclick: () => sendings.drop(row) }, t("Buang"));
  return h("li.sending-row", { role: "status" },
    h("div.line", {}, icon(row.fault ? "alert-triangle" : "upload"), h("b.file-name", {}, row.file.name || t("tanpa nama")), h("span.muted.num", {}, sizeText(row.file.size))),
    h("div.line", {}, row.fault ? h("span.bad", {}, row.fault) : h("span.muted", {}, t("sedang dikirim…")), row.fault && h("span.push.line", {}, again, drop)));
}

/** A button that opens the file picker, and on a telephone one that opens the camera. */
export function pickers(onFiles, id) {
  const input = (key, facts) => h("input.sr-only", { type: "file", id: `${id}-${key}`, data: { key: `${id}-${key}` }, onchange: ({ target }) => { onFiles([...target.files]); target.value = ""; }, ...facts });
  return h("div.line.pickers", {},
    input("file", { accept: ACCEPT, multiple: true }), h("label.btn.btn-small", { for: `${id}-file` }, icon("upload"), t("Pilih berkas")),
    input("camera", { class: "only-touch", accept: "image/*", capture: "environment" }), h("label.btn.btn-small.only-touch", { for: `${id}-camera` }, icon("camera"), t("Kamera")));
}

/** Let an element take files that are dropped on it; `can()` answers whether it may now. */
export function takeDrops(element, can, onFiles) {
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files") && can();
  element.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    element.classList.add("is-dropping");
  });
  element.addEventListener("dragleave", (event) => !element.contains(event.relatedTarget) && element.classList.remove("is-dropping"));
  element.addEventListener("drop", (event) => {
    element.classList.remove("is-dropping");
    if (!hasFiles(event)) return;
    event.preventDefault();
    onFiles(filesOf(event.dataTransfer));
  });
}

/** Let the page take a picture that is pasted; words that are pasted go where they always go. */
export function takePastes(can, onFiles) {
  document.addEventListener("paste", (event) => {
    const files = filesOf(event.clipboardData);
    if (!files.length || !can()) return;
    event.preventDefault();
    onFiles(files);
  });
}
