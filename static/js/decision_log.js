// The log of what meetings decided: late ones red, ended ones with how, struck ones readable; filtered, added to, ended.
import { get, post } from "./api.js";
import { atFully, zone } from "./clock.js";
import { openForm } from "./dialog_form.js";
import { fill, h, icon } from "./dom.js";
import { longField, textField } from "./form.js";
import { fromLocal } from "./local_time.js";
import { may } from "./page.js";
import { atShort } from "./short_time.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const $ = (id) => document.getElementById(id);
const STATES = { open: t("terbuka"), done: t("selesai"), dropped: t("dilepas"), struck: t("tercoret") };
const FILTERS = { all: "", open: "?state=open", late: "?late=true", done: "?state=done" };
const VERBS = {
  done: { icon: "check", label: t("Selesai"), from: ["open"], needsWhy: false },
  drop: { icon: "x", label: t("Lepaskan"), from: ["open"], needsWhy: true },
  reopen: { icon: "arrow-back-up", label: t("Buka lagi"), from: ["done", "dropped"], needsWhy: true },
  strike: { icon: "eraser", label: t("Coret"), from: ["open", "done", "dropped"], needsWhy: true },
};

export class DecisionLog {
  /** `onChange` is told when a decision was written: the open items change with it. */
  constructor(onChange) {
    Object.assign(this, { onChange, filter: "all" });
    $("decision-add")?.addEventListener("click", () => this.add());
    for (const button of document.querySelectorAll("[data-decisions]")) button.addEventListener("click", () => this.choose(button.dataset.decisions));
  }

  choose(filter) {
    this.filter = filter;
    for (const button of document.querySelectorAll("[data-decisions]")) button.setAttribute("aria-pressed", String(button.dataset.decisions === filter));
    $("decision-csv").href = `/api/v1/decisions.csv${FILTERS[filter]}`;
    this.load();
  }

  async load() {
    const { decisions } = await get(`/decisions${FILTERS[this.filter]}`);
    fill($("decision-rows"), ...(decisions.length ? decisions.map((card) => this.row(card)) : [h("tr", {}, h("td.empty", { colspan: 5 }, may("decision.write") ? t("Belum ada keputusan di sini. Tombol K mencatat satu.") : t("Belum ada keputusan di sini.")))]));
    this.showAsked();
  }

  // An address may name one decision: it is brought into view.
  showAsked() {
    const row = location.hash.startsWith("#decision-") && $(location.hash.slice(1));
    if (!row || this.shown === location.hash) return;
    this.shown = location.hash;
    row.scrollIntoView({ block: "center" });
    row.focus({ preventScroll: true });
  }

  row(card) {
    const look = card.late ? "is-late" : card.state === "struck" ? "is-struck" : "";
    return h("tr", { id: `decision-${card.id}`, tabindex: "-1", class: look },
      h("td", { data: { label: t("Keputusan") } }, h("p.decision-words", {}, card.words), card.basis && h("p.small.muted", {}, t("Dasar: {basis}", { basis: card.basis })), belongs(card)),
      h("td", { data: { label: t("Pelaksana") } }, card.owner),
      h("td.num", { data: { label: t("Batas waktu") } }, card.due_at ? h("span", { class: card.late ? "bad strong" : "", title: atFully(card.due_at) }, atShort(card.due_at), card.late && [" ", h("b", {}, t("TERLAMBAT"))]) : "–"),
      h("td", { data: { label: t("Keadaan") } }, STATES[card.state], card.ended_by && h("p.small.muted", {}, `${card.ended_by}, ${atShort(card.ended_at)}`), card.why && h("p.small", {}, `“${card.why}”`)),
      h("td.no-print", {}, h("div.line", {}, may("decision.write") ? this.verbs(card) : null)));
  }

  verbs(card) {
    return Object.entries(VERBS).filter(([, { from }]) => from.includes(card.state)).map(([verb, { icon: name, label }]) =>
      h("button.btn.btn-small", { type: "button", onclick: () => this.ask(card, verb) }, icon(name), " ", label));
  }

  ask(card, verb) {
    const { label, needsWhy } = VERBS[verb];
    openForm({
      title: `${label}: ${card.words}`, submit: label, isDangerous: verb === "strike",
      fields: [longField("text", needsWhy ? t("Mengapa") : t("Catatan (boleh kosong)"), { required: needsWhy, maxlength: 500 })],
      send: ({ text }, uid) => post(`/decisions/${card.id}/${verb}`, { uid, ...(text ? { text } : {}) }),
      onDone: () => this.changed(t("Keputusan diperbarui.")),
    });
  }

  add() {
    openForm({
      title: t("Catat keputusan rapat"), submit: t("Catat"),
      fields: [
        longField("words", t("Keputusan"), { required: true, maxlength: 500 }), longField("basis", t("Dasar (fakta yang dipegang rapat)"), { maxlength: 500 }),
        textField("owner", t("Pelaksana"), { required: true }), ofType("datetime-local", textField("due_at", t("Batas waktu (boleh kosong)"))),
        textField("meeting", t("Rapat"), { hint: t("misalnya Rapat koordinasi 2") }), ofType("number", textField("incident", t("Nomor kejadian (boleh kosong)"), { hint: t("angkanya saja") })),
      ],
      send: (said, uid) => post("/decisions", { uid, ...bodyOf(said) }),
      onDone: () => this.changed(t("Keputusan dicatat.")),
    });
  }

  changed(words) {
    toast(words);
    this.load();
    this.onChange();
  }
}

function belongs(card) {
  const said = [card.meeting, t("diputuskan {when}", { when: atShort(card.decided_at) })].filter(Boolean).join(" · ");
  return h("p.small.muted", {}, said, card.number && [" · ", h("a", { href: `/?i=${card.incident_id}` }, card.number)]);
}

/** What a form said as the door wants it: what was left empty is left out, times with their zone, numbers as numbers. */
export function bodyOf({ due_at, incident, ...said }) {
  const told = Object.fromEntries(Object.entries(said).filter(([, value]) => value.trim()));
  if (due_at) told.due_at = new Date(fromLocal(due_at, zone)).toISOString();
  if (incident) told.incident = Number(incident);
  return told;
}

function ofType(type, field) {
  field.querySelector("input").type = type;
  return field;
}
