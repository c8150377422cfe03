// "Kirim satuan": the nearest capable units with their reasons and shortfalls; one click or its digit sends, and it can be undone.
import { get, newUid, post } from "./api.js";
import { now } from "./clock.js";
import { reasonWords } from "./clue_words.js";
import { fill, h } from "./dom.js";
import { FREE_STATES, UNIT_STATES, capabilityName, kindName, named } from "./names.js";
import { inStripOrder } from "./order.js";
import { RunCard } from "./run_card.js";
import { ageWords } from "./time.js";
import { toast } from "./toast.js";
import { positionWords } from "./units_strip.js";
import { distanceText, listed, t } from "./words.js";

const DIGITS = 9;
const FIRST = 12;

// "1,2 km garis lurus" and "mampu: ..." in the language of the page; what a unit can do by its codes.
function reasonOf(said, able) {
  const away = /^([\d,]+) km garis lurus$/.exec(said);
  if (away) return t("{n} km garis lurus", { n: away[1] });
  return said.startsWith("mampu: ") && able.length ? t("mampu: {what}", { what: listed(able.map(capabilityName)) }) : reasonWords(said);
}

export class SendForm {
  constructor(incident, live, { onClose, onDone }) {
    Object.assign(this, { incident, live, onClose, onDone, limit: FIRST, uids: new Map() });
    this.list = h("ol.send-list");
    this.problem = h("p.problem", { role: "alert", hidden: true });
    this.runCard = new RunCard(incident, { onDone: (entry) => (this.load(), onDone(entry)) });
    const close = h("button.btn.btn-quiet", { type: "button", onclick: onClose }, t("Tutup"), " ", h("kbd", {}, "Esc"));
    this.element = h("section.box.stack.action-form", { tabindex: "-1", "aria-label": t("Kirim satuan") },
      h("h3", {}, t("Kirim satuan ke {number}", { number: incident.number })), this.runCard.element, this.problem, this.list, h("div.line", {}, close));
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.load();
  }

  focus() {
    this.element.focus();
  }

  key(event) {
    if (event.key === "Escape") (event.stopPropagation(), this.onClose());
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "0" && this.runCard.proposed.length) (event.preventDefault(), event.stopPropagation(), this.runCard.send());
    const button = this.list.querySelectorAll("button[data-unit]")[Number(event.key) - 1];
    if (/^[1-9]$/.test(event.key) && button) (event.preventDefault(), event.stopPropagation(), button.click());
  }

  async load() {
    fill(this.list, h("li.muted", {}, t("Mencari satuan terdekat…")));
    try {
      const { units } = await get(`/recommendations?incident=${this.incident.id}`);
      this.show(units);
    } catch {
      this.show(this.fromPicture());
    }
  }

  // Without an answer the board still knows who is free.
  fromPicture() {
    const units = [...this.live.picture.units.values()].filter((unit) => unit.in_service && !unit.incident_ids.includes(this.incident.id));
    const isBusy = ({ state }) => Number(!FREE_STATES.includes(state));
    units.sort((a, b) => isBusy(a) - isBusy(b) || inStripOrder(a, b));
    return units.map((unit) => ({ unit, distance_m: null, eta_s: null, reasons: [], shortfalls: [t("jarak tidak diketahui")] }));
  }

  show(units) {
    this.units = units;
    const rows = units.slice(0, this.limit).map((one, place) => this.row(one, place));
    const rest = units.length - rows.length;
    const more = rest > 0 && h("li", {}, h("button.btn.btn-small", { type: "button", onclick: () => this.grow() }, t("{n} satuan lagi", { n: rest })));
    fill(this.list, ...(units.length ? rows : [h("li.muted", {}, t("Tidak ada satuan yang dapat dikirim. Tambah satuan atau minta bantuan wilayah tetangga."))]), more);
    if (this.list.contains(document.activeElement) || this.element === document.activeElement) this.focus();
  }

  grow() {
    this.limit = Infinity;
    this.show(this.units);
  }

  row({ unit, distance_m, eta_s, reasons, shortfalls, able = [] }, place) {
    const facts = [
      distance_m === null || reasons.length ? null : distanceText(distance_m),
      eta_s === null ? null : t("kira-kira {age}", { age: ageWords(eta_s) }),
      named(UNIT_STATES, unit.state),
      positionWords(unit, now()),
    ].filter(Boolean);
    return h("li", {}, h("button.send-unit", { type: "button", data: { unit: unit.id }, onclick: ({ currentTarget }) => this.send(unit, currentTarget) },
      h("span.line", {}, h("b", {}, unit.call_sign), h("span.muted", {}, kindName(unit.kind)), place < DIGITS && h("kbd.push", {}, String(place + 1))),
      h("span.send-facts", {}, facts.join(" · ")),
      reasons.length > 0 && h("span.send-facts.good", {}, reasons.map((said) => reasonOf(said, able)).join(" · ")),
      shortfalls.length > 0 && h("span.send-facts.late", {}, shortfalls.map(reasonWords).join(" · "))));
  }

  async send(unit, button) {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    if (!this.uids.has(unit.id)) this.uids.set(unit.id, newUid());
    try {
      const entry = await post(`/incidents/${this.incident.id}/assignments`, { unit_id: unit.id, uid: this.uids.get(unit.id) });
      this.sent(unit, entry, button);
    } catch (problem) {
      this.refuse(unit, problem, button);
    }
  }

  sent(unit, entry, button) {
    button.closest("li").remove();
    const assignment = entry?.body?.assignment;
    const undo = assignment && { label: t("Urungkan"), act: () => this.undo(assignment) };
    toast(t("{unit} dikirim ke {number}", { unit: unit.call_sign, number: this.incident.number }), { deed: undo });
    this.onDone(entry);
  }

  refuse(unit, problem, button) {
    button.setAttribute("aria-busy", "false");
    if (problem.status >= 400 && problem.status < 500) this.uids.delete(unit.id);
    fill(this.problem, problem.message);
    this.problem.hidden = false;
  }

  async undo(assignmentId) {
    try {
      this.onDone(await post(`/assignments/${assignmentId}/cancel`, { note: t("salah kirim, diurungkan") }));
    } catch (problem) {
      toast(problem.message, { isBad: true });
    }
  }
}
