// The chosen incident: its head and facts, what can be done, and its sections, each in a file of its own under panel/.
import { get } from "./api.js";
import { onTick } from "./clock.js";
import { fill, h, oncePerFrame } from "./dom.js";
import { deedButtons, deedsOf, formOf, smallKeys } from "./panel/deeds.js";
import { SECTIONS, sectionOf } from "./panel/register.js";
import { noteHanded } from "./panel/times.js";
import { openFacts, openList } from "./panel/tasks.js";
import { regroupings } from "./panel/regroup.js";
import { factLines, head, noneHead, noneWords } from "./panel/summary.js";
import { Section } from "./section.js";
import { toast } from "./toast.js";
import { doVerb } from "./verb_forms.js";
import { t } from "./words.js";

const FETCH_AFTER_MS = 150;
const HURRY_MS = 400;
const LOOK_AGAIN_S = 5;
const LEAST_SHOWN = 200; // pixels of a section that its tab brings into view
const TABS = SECTIONS.filter(({ label }) => label);

export class IncidentPanel extends EventTarget {
  constructor(live, element) {
    super();
    Object.assign(this, { live, element, id: null, whole: null, tab: TABS[0].name, form: null, peopleAt: () => [], chosenMs: -Infinity });
    this.parts = Object.fromEntries(["head", "facts", "deeds", "tabs", "body"].map((name) => [name, new Section(element.querySelector(`#panel-${name}`))]));
    this.formPlace = element.querySelector("#panel-form");
    this.draw = oncePerFrame(() => this.drawNow());
    live.addEventListener("change", ({ detail }) => this.look(detail));
    onTick((moment) => Math.floor(moment / 1000) % LOOK_AGAIN_S === 0 && this.draw()); // what is due becomes late
  }

  // ---- which incident

  choose(id) {
    if (id === this.id) return;
    Object.assign(this, { id, whole: null });
    this.closeForm();
    this.element.classList.toggle("is-empty", id === null);
    if (id !== null) this.fetchSoon(performance.now() - this.chosenMs > HURRY_MS ? 0 : FETCH_AFTER_MS);
    this.chosenMs = performance.now();
    this.dispatchEvent(new CustomEvent("chosen", { detail: id }));
    this.draw();
  }

  look({ entries, isSnapshot }) {
    if (this.id === null) return this.draw();
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
      if (id === this.id) (this.take(whole), noteHanded(this));
      this.fault = null;
    } catch (problem) {
      this.fault = problem;
    }
    this.draw();
  }

  // Who has nothing half written is led on to where a merged incident went.
  take(whole) {
    this.whole = whole;
    const { merged_into: id, merged_number: number } = whole.incident;
    if (id && !this.form) this.dispatchEvent(new CustomEvent("lead", { detail: { id, number, from: whole.incident.number } }));
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
    const section = sectionOf(this.tab);
    const phone = this.facts.calls.find((call) => call.caller_phone)?.caller_phone ?? "";
    parts.head.show(["head", incident.number, incident.type, incident.priority, incident.state], () => head(incident, () => this.dispatchEvent(new CustomEvent("close"))));
    const people = this.peopleAt(incident.id);
    parts.facts.show(["facts", incident, phone, people, this.whole?.regroupings], () => factLines(incident, phone, people, regroupings(this)));
    parts.deeds.show(["deeds", incident.id, deedsOf(this)], () => deedButtons(this, deedsOf(this)));
    parts.tabs.show(["tabs", this.tab, this.counts()], () => this.tabButtons());
    parts.body.show(["body", this.id, this.tab, section.facts?.(this) ?? null], () => section.body(this));
  }

  gather(incident) {
    const assignments = this.merged("assignments", (one) => one.incident_id === incident.id);
    const alerts = this.merged("alerts", (one) => one.incident_id === incident.id);
    const ids = new Set(alerts.map((one) => one.id));
    const recipients = this.merged("recipients", (one) => ids.has(one.alert_id));
    return { assignments, alerts, recipients, calls: this.whole?.calls ?? [], entries: this.whole?.chronology ?? [] };
  }

  drawNone() {
    const { parts } = this;
    const isLoading = this.id !== null;
    const words = this.fault?.message ?? (isLoading ? t("Memuat kejadian…") : t("Pilih kejadian di kiri atau di peta."));
    parts.head.show(["none", words, this.id], () => noneHead(isLoading));
    parts.facts.show(["none", words], () => noneWords(words));
    for (const name of ["deeds", "tabs"]) parts[name].clear();
    parts.body.show(["none", isLoading ? [] : openFacts(this)], () => (isLoading ? [] : openList(this)));
  }

  // ---- forms

  /** Open the form of a verb, or do it at once when it asks nothing; answers whether it could. */
  open(verb) {
    if (!this.incident || !deedsOf(this)[verb]) return false;
    const form = formOf(verb, this, { onDone: (answer) => this.done(verb, answer), onClose: () => this.closeForm() });
    if (!form) return this.doNow(verb), true;
    this.showForm(form, verb);
    return true;
  }

  /** Show a form above the sections; `opener` is the key of what gets the focus back. */
  showForm(form, opener) {
    Object.assign(this, { form, formVerb: opener });
    fill(this.formPlace, form.element);
    form.element.scrollIntoView({ block: "nearest" });
    form.focus();
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
    if (this.id !== null) this.fetchSoon();
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
    return TABS.map((section) => section.count?.(this) ?? 0);
  }

  tabButtons() {
    const counts = this.counts();
    return TABS.map(({ name, label }, place) =>
      h("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "panel-body", "aria-selected": String(name === this.tab), data: { key: `tab-${name}` }, onclick: () => this.show(name) }, `${label} ${counts[place] || ""}`.trim()));
  }

  show(tab) {
    this.tab = tab;
    const { tabs, body } = this.parts;
    body.element.setAttribute("aria-labelledby", `tab-${tab}`);
    this.drawNow();
    const box = tabs.element.parentElement;
    if (body.element.getBoundingClientRect().top > box.getBoundingClientRect().bottom - LEAST_SHOWN) box.scrollTo({ top: tabs.element.offsetTop - box.offsetTop });
  }

  turn(step) {
    if (!this.incident) return false;
    const place = TABS.findIndex(({ name }) => name === this.tab);
    this.show(TABS[(place + step + TABS.length) % TABS.length].name);
    return true;
  }

  /** [[key, words, deed], ...] of the deeds and of every section, for the page's keys. */
  get keys() {
    const ofDeeds = smallKeys().map(([key, words, verbs]) => [key, words, () => verbs.some((verb) => this.open(verb))]);
    const ofSections = SECTIONS.flatMap((section) => (section.keys ?? []).map(([key, words, deed]) => [key, words, () => deed(this)]));
    return [...ofDeeds, ...ofSections, ["]", t("bagian rincian berikut"), () => this.turn(1)], ["[", t("bagian rincian sebelumnya"), () => this.turn(-1)]];
  }
}
