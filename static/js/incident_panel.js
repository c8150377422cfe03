// The chosen incident: what is known, what can be done, who is on it, what was said; and with none chosen, the room in figures.
import { get } from "./api.js";
import { ageMark } from "./ages.js";
import { AlertForm } from "./alert_form.js";
import { alertBox } from "./alert_box.js";
import { atFully } from "./clock.js";
import { fill, h, icon, oncePerFrame } from "./dom.js";
import { callList, chronology } from "./incident_lists.js";
import { DISPOSITIONS, INCIDENT_STATES, METHODS, PRIORITIES, named, typeIcon, typeName } from "./names.js";
import { may } from "./page.js";
import { Section } from "./section.js";
import { SendForm } from "./send_form.js";
import { toast } from "./toast.js";
import { unitRow } from "./unit_rows.js";
import { asksFirst, doVerb, verbForm } from "./verb_forms.js";
import { distanceText, t } from "./words.js";

const FETCH_AFTER_MS = 150;
const HURRY_MS = 400;
const LATEST = 6;
const TABS = { units: t("Satuan"), chronology: t("Kronologi"), calls: t("Laporan"), alerts: t("Siaran") };

export class IncidentPanel extends EventTarget {
  constructor(live, element) {
    super();
    Object.assign(this, { live, element, id: null, whole: null, tab: "units", form: null, chosenMs: -Infinity });
    this.parts = Object.fromEntries(["head", "facts", "deeds", "tabs", "body"].map((name) => [name, new Section(element.querySelector(`#panel-${name}`))]));
    this.formPlace = element.querySelector("#panel-form");
    this.draw = oncePerFrame(() => this.drawNow());
    live.addEventListener("change", ({ detail }) => this.look(detail));
  }

  // ---- which incident

  choose(id) {
    if (id === this.id) return;
    Object.assign(this, { id, whole: null });
    this.closeForm();
    this.element.classList.toggle("is-empty", id === null);
    if (id !== null) this.fetchSoon(performance.now() - this.chosenMs > HURRY_MS ? 0 : FETCH_AFTER_MS);
    this.chosenMs = performance.now();
    this.draw();
  }

  look({ entries, isSnapshot }) {
    if (this.id === null) return;
    const isMine = isSnapshot || entries.some((entry) => entry.incident_id === this.id);
    if (isMine) this.fetchSoon();
    this.draw();
  }

  // Who leafs through the queue asks only for the incident they stop at.
  fetchSoon(waitMs = FETCH_AFTER_MS) {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.fetch(), waitMs);
  }

  async fetch() {
    const { id } = this;
    try {
      const whole = await get(`/incidents/${id}`);
      if (id === this.id) this.whole = whole;
      this.fault = null;
    } catch (problem) {
      this.fault = problem;
    }
    this.draw();
  }

  get incident() {
    return this.live.picture.incidents.get(this.id) ?? this.whole?.incident ?? null;
  }

  // The live cards are newer than what was fetched; what has left the board is only in what was fetched.
  merged(collection, isMine) {
    const cards = new Map((this.whole?.[collection] ?? []).map((card) => [card.id, card]));
    for (const card of this.live.picture[collection].values()) if (isMine(card)) cards.set(card.id, card);
    return [...cards.values()].sort((a, b) => a.id - b.id);
  }

  // ---- drawing

  drawNow() {
    const { incident, parts } = this;
    if (!incident) return this.drawNone();
    this.facts = this.gather(incident);
    parts.head.show(["head", incident.number, incident.type, incident.priority, incident.state], () => this.head(incident));
    parts.facts.show(["facts", incident, this.whole?.calls?.[0]?.caller_phone ?? ""], () => this.factLines(incident));
    parts.deeds.show(["deeds", incident.id, this.verbs(incident)], () => this.deeds(incident));
    parts.tabs.show(["tabs", this.tab, this.counts()], () => this.tabButtons());
    parts.body.show(["body", this.id, this.tab, this.bodyFacts()], () => this.bodyOf[this.tab]());
  }

  gather(incident) {
    const assignments = this.merged("assignments", (one) => one.incident_id === incident.id);
    const alerts = this.merged("alerts", (one) => one.incident_id === incident.id);
    const ids = new Set(alerts.map((one) => one.id));
    const recipients = this.merged("recipients", (one) => ids.has(one.alert_id));
    return { assignments, alerts, recipients, calls: this.whole?.calls ?? [], entries: this.whole?.chronology ?? [] };
  }

  bodyFacts() {
    const { assignments, alerts, recipients, calls, entries } = this.facts;
    const said = { units: [assignments, alerts, recipients], chronology: [], calls, alerts: [alerts, recipients] };
    return [said[this.tab], entries.length, entries.at(-1)?.seq];
  }

  drawNone() {
    const { parts } = this;
    const words = this.fault?.message ?? (this.id === null ? t("Pilih kejadian di kiri atau di peta.") : t("Memuat kejadian…"));
    parts.head.show(["none", words, this.id], () => [h("h2", {}, this.id === null ? t("Belum ada kejadian dipilih") : t("Kejadian"))]);
    parts.facts.show(["none", words], () => [h("p.empty", {}, words, h("br"), h("span.small", {}, h("kbd", {}, "j"), " ", h("kbd", {}, "k"), " ", t("memilih"), " · ", h("kbd", {}, "?"), " ", t("semua tombol")))]);
    for (const name of ["deeds", "tabs", "body"]) parts[name].clear();
  }

  head(incident) {
    return [
      h("span", { class: `prio prio-${incident.priority}`, role: "img", "aria-label": `${incident.priority} ${named(PRIORITIES, incident.priority)}` }, incident.priority.slice(1)),
      h("h2", {}, icon(typeIcon(incident.type)), " ", `${incident.number} · ${typeName(incident.type)}`),
      h("span.chip.push", { class: `state-${incident.state}` }, named(INCIDENT_STATES, incident.state)),
      h("button.btn.btn-quiet.btn-icon.panel-close", { type: "button", "aria-label": t("Tutup rincian"), onclick: () => this.dispatchEvent(new CustomEvent("close")) }, icon("x")),
    ];
  }

  factLines(incident) {
    const rows = [
      [t("Tempat"), [h("b", {}, incident.place || t("belum diketahui")), " ", h("span.muted", {}, this.doubt(incident))]],
      [t("Pelapor"), [h("b", {}, t("{n} laporan", { n: incident.calls })), this.phone()]],
      [t("Dibuka"), [h("b", {}, ageMark(incident.opened_at)), " ", h("span.muted", {}, atFully(incident.opened_at))]],
      incident.obstacle && [t("Kendala"), [h("b.late", {}, incident.obstacle)]],
      incident.disposition && [t("Hasil"), [h("b", {}, named(DISPOSITIONS, incident.disposition))]],
    ].filter(Boolean);
    return [h("dl.facts", {}, rows.flatMap(([name, words]) => [h("dt", {}, name), h("dd", {}, words)]))];
  }

  doubt({ radius_m, method }) {
    return [radius_m && `±${distanceText(radius_m)}`, method && named(METHODS, method)].filter(Boolean).join(", ");
  }

  phone() {
    const phone = this.whole?.calls?.find((call) => call.caller_phone)?.caller_phone;
    return phone ? ` · ${phone}` : "";
  }

  // ---- what can be done

  // The four that matter stand always at the same place; what the state or the role forbids is plainly off.
  verbs(incident) {
    const allowed = this.whole?.allowed ?? [];
    const can = (verb) => allowed.includes(verb) && may(verb === "note" ? "incident.note" : verb === "correct" ? "incident.correct" : "incident.verb");
    const isOpen = incident.state !== "closed";
    return {
      send: isOpen && may("assignment.create"), alert: isOpen && may("alert.write"),
      ...Object.fromEntries(["obstruct", "close", "verify", "resume", "control", "reopen", "note", "correct"].map((verb) => [verb, can(verb)])),
    };
  }

  deeds(incident) {
    const can = this.verbs(incident);
    const more = [["verify", t("Verifikasi"), "check"], ["resume", t("Lanjutkan"), "player-play"], ["control", t("Terkendali"), "shield-check"], ["reopen", t("Buka kembali"), "refresh"], ["note", t("Catatan"), "note", "N"], ["correct", t("Prioritas"), "flag"]];
    return [
      h("div.deeds", {},
        this.deed("send", t("Kirim satuan"), "truck", "U", can.send, "btn-primary"),
        this.deed("alert", t("Siaran"), "speakerphone", "S", can.alert),
        this.deed("obstruct", t("Kendala"), "barrier-block", "B", can.obstruct),
        this.deed("close", t("Selesai"), "circle-check", "X", can.close)),
      h("div.deeds-more", {}, more.filter(([verb]) => can[verb]).map(([verb, words, name, key]) => this.deed(verb, words, name, key, true, "btn-small"))),
    ];
  }

  deed(verb, words, iconName, key, isAllowed, look = "") {
    const facts = { type: "button", class: look, data: { key: verb }, disabled: !isAllowed, "aria-keyshortcuts": key ?? null, onclick: () => this.open(verb) };
    return h("button.btn", facts, icon(iconName), h("span", {}, words), key && h("kbd", {}, key));
  }

  // ---- forms

  /** Open the form of a verb, or do it at once when it asks nothing; answers whether it could. */
  open(verb) {
    const { incident } = this;
    if (!incident || !this.verbs(incident)[verb]) return false;
    if (!["send", "alert"].includes(verb) && !asksFirst(verb)) return this.doNow(verb), true;
    const ends = { onDone: (answer) => this.done(verb, answer), onClose: () => this.closeForm() };
    this.form = verb === "send" ? new SendForm(incident, this.live, ends) : verb === "alert" ? new AlertForm(incident, this.live, ends) : verbForm(verb, incident, ends);
    this.formVerb = verb;
    fill(this.formPlace, this.form.element);
    this.form.element.scrollIntoView({ block: "nearest" });
    this.form.focus();
    return true;
  }

  async doNow(verb) {
    try {
      this.done(verb, await doVerb(this.incident, verb));
    } catch (problem) {
      toast(problem.message, { isBad: true });
      this.fetchSoon();
    }
  }

  done(verb) {
    if (verb !== "send") this.closeForm();
    if (verb === "alert") this.show("alerts");
    this.live.catchUp();
    this.fetchSoon();
  }

  closeForm() {
    if (!this.form) return false;
    this.form = null;
    fill(this.formPlace);
    this.parts.deeds.byKey(this.formVerb)?.focus({ preventScroll: true });
    return true;
  }

  // ---- tabs

  counts() {
    const { assignments, entries, calls, alerts } = this.facts;
    return { units: assignments.filter((one) => !one.gone).length, chronology: entries.length, calls: this.whole ? calls.length : this.incident.calls, alerts: alerts.length };
  }

  tabButtons() {
    const counts = this.counts();
    return Object.entries(TABS).map(([name, words]) =>
      h("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "panel-body", "aria-selected": String(name === this.tab), data: { key: `tab-${name}` }, onclick: () => this.show(name) }, `${words} ${counts[name] || ""}`.trim()));
  }

  show(tab) {
    this.tab = tab;
    this.parts.body.element.setAttribute("aria-labelledby", `tab-${tab}`);
    this.draw();
  }

  bodyOf = {
    units: () => [this.unitList(), ...this.alertBoxes(this.standingAlerts(), false), h("h3.body-head", {}, t("Terakhir")), chronology(this.facts.entries, LATEST)],
    chronology: () => [chronology(this.facts.entries)],
    calls: () => [!may("call.read") ? h("p.empty", {}, t("Peran Anda tidak melihat kata-kata pelapor.")) : callList([...this.facts.calls].reverse())],
    alerts: () => (this.facts.alerts.length ? this.alertBoxes([...this.facts.alerts].reverse(), true) : [h("p.empty", {}, t("Belum ada siaran tentang kejadian ini."))]),
  };

  unitList() {
    const { assignments } = this.facts;
    const rows = [...assignments].sort((a, b) => Number(a.gone ?? false) - Number(b.gone ?? false) || a.id - b.id);
    if (!rows.length) return h("p.empty", {}, h("strong", {}, t("Belum ada satuan")), may("assignment.create") && t("Tekan U untuk mengirim yang terdekat."));
    return h("ul.unit-rows", {}, rows.map((one) => unitRow(one, this.live.picture.units.get(one.unit_id), () => this.done("unit"))));
  }

  standingAlerts() {
    return this.facts.alerts.filter((one) => one.state === "active" || one.state === "draft");
  }

  alertBoxes(alerts, isWhole) {
    return alerts.map((alert) => alertBox(alert, this.facts.recipients.filter((one) => one.alert_id === alert.id), { isWhole, onDone: () => this.done("alert-word") }));
  }
}

