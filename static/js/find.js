// The search over everything: one box on every page (Ctrl K; "/" where the page has no search of its own).
import { post } from "./api.js";
import { fill, h, icon, setText } from "./dom.js";
import { groupOf } from "./found_rows.js";
import { may } from "./page.js";
import { t } from "./words.js";

const PAUSE_MS = 120;
const isWriting = ({ target }) => target.closest?.("input, textarea, select, [contenteditable]");

export class Finder {
  constructor() {
    this.button = document.getElementById("find-open");
    if (!this.button) return;
    this.asked = 0;
    this.button.addEventListener("click", () => this.open());
    addEventListener("keydown", (event) => this.key(event)); // on the window: after the keys of the page
  }

  key(event) {
    const isCtrlK = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k";
    const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isWriting(event);
    if (event.defaultPrevented || !(isCtrlK || isSlash) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    this.open();
  }

  open() {
    const before = document.activeElement;
    this.input = h("input.find-input", { type: "text", role: "searchbox", autocomplete: "off", spellcheck: "false", maxlength: 200, "aria-label": t("Cari di semua"), placeholder: t("Cari di semua") });
    this.note = h("p.find-note.muted", { role: "status" }, hint());
    this.results = h("div.find-results", {});
    const close = h("button.btn.btn-small", { type: "button", onclick: () => this.dialog.close() }, t("Tutup"), " ", h("kbd", {}, "Esc"));
    this.dialog = h("dialog.find", { "aria-label": t("Cari di semua") }, h("div.find-head", {}, icon("search"), this.input, close), this.note, this.results);
    this.input.addEventListener("input", () => this.askSoon());
    this.dialog.addEventListener("keydown", (event) => this.move(event));
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    this.dialog.addEventListener("close", () => (clearTimeout(this.timer), (this.asked += 1), this.dialog.remove(), before?.focus?.({ preventScroll: true })));
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.input.focus();
  }

  askSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE_MS);
  }

  async ask() {
    const q = this.input.value.trim();
    const mine = (this.asked += 1);
    if (!q) return this.show(hint(), []);
    try {
      const { groups } = await post("/find", { q }, { waits: [] });
      if (mine === this.asked) this.show(counted(groups, q), groups);
    } catch (problem) {
      if (mine === this.asked) this.show(problem.message, []);
    }
  }

  show(words, groups) {
    setText(this.note, words);
    fill(this.results, ...groups.map(groupOf));
  }

  // Down and up walk through the box and what was found; whoever types on is in the box again.
  move(event) {
    const stops = [this.input, ...this.results.querySelectorAll("a")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const next = stops[Math.max(0, stops.indexOf(document.activeElement) + step)];
      (event.preventDefault(), next?.focus());
    } else if (event.key === "Enter" && document.activeElement === this.input) {
      (event.preventDefault(), stops[1]?.click());
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      this.input.focus();
    }
  }
}

const hint = () =>
  may("call.read")
    ? t("Nomor kejadian, nama atau telepon pelapor (empat angka cukup), desa, kata dalam laporan, catatan, tugas, keputusan, satuan.")
    : t("Nomor kejadian, desa, jenis, kata dalam catatan dan tugas, satuan.");

function counted(groups, q) {
  const rows = groups.reduce((sum, group) => sum + group.rows.length, 0);
  return rows ? t("{n} ditemukan. Panah atas dan bawah memilih, Enter membuka.", { n: rows }) : t("Tidak ada yang memuat “{q}”. Coba kata lain atau sebagian saja.", { q });
}
