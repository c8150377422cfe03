// A new alert, written: kept at every keystroke, composed from plain words, its reach shown before it goes, sent once.
import { get, newUid, post } from "./api.js";
import { isOwnWords } from "./alerts_words.js";
import { now, zone, zoneLabel } from "./clock.js";
import { ComposeArea } from "./compose_area.js";
import { ComposeAudience } from "./compose_audience.js";
import { reachRows } from "./compose_reach.js";
import { CAP, EXPIRIES, URGENCIES, areaOf, audienceOf, bodyOf, broughtAlong, byteLength, countChosen, emptyForm, faultOf, isEmpty, lineOf, needsSecond, partsOf, plainText, withTodo } from "./compose_rules.js";
import { fill, h, setText } from "./dom.js";
import { createDrafts, nameOfTab } from "./drafts.js";
import { Keys } from "./keys.js";
import { ORDERS, typeName } from "./names.js";
import { page } from "./page.js";
import { bringProposal } from "./proposal_words.js";
import { keptFor, sturdyStorage } from "./sending.js";
import { live } from "./shell.js";
import { hear } from "./speech_box.js";
import { minuteText } from "./time.js";
import { toast } from "./toast.js";
import { numberText, t } from "./words.js";

const $ = (id) => document.getElementById(id);
const REACH_MS = 500;
const COMPOSE_MS = 350;
const PLAIN = ["what", "where", "when", "todo", "sender", "text", "headline", "event", "retraction", "order", "priority", "minutes", "category", "urgency", "severity", "certainty"];
const FROM_PARTS = ["what", "where", "when", "todo", "sender", "minutes", "template"];
const asked = new URLSearchParams(location.search);
const drafts = createDrafts({ opening: keptFor(document.documentElement.dataset.person ?? ""), person: document.documentElement.dataset.person ?? "", tab: nameOfTab(sturdyStorage("sessionStorage"), newUid), room: "alert" });

class Compose {
  constructor() {
    this.form = emptyForm(newUid());
    this.updates = Number(asked.get("update")) || null;
    this.fillChoices();
    const holds = { read: () => this.form, change: (facts) => this.change(facts) };
    this.area = new ComposeArea(live, holds);
    this.audience = new ComposeAudience($("audience"), live, holds);
    this.listen();
    this.begin();
  }

  fillChoices() {
    options($("order"), ORDERS);
    options($("priority"), Object.fromEntries(Object.entries(URGENCIES).map(([code, words]) => [code, `${code}: ${words}`])));
    options($("minutes"), EXPIRIES);
    for (const [name, words] of Object.entries(CAP)) options($(name), words, t("terisi sendiri"));
  }

  listen() {
    $("compose").addEventListener("input", ({ target }) => this.typed(target));
    $("compose").addEventListener("submit", (event) => (event.preventDefault(), this.send()));
    $("compose").addEventListener("keydown", (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && (event.preventDefault(), this.send()));
    $("templates").addEventListener("click", ({ target }) => target.closest("[data-template]") && this.useTemplate(target.closest("[data-template]").dataset.template));
    $("incident_id").addEventListener("change", ({ target }) => this.aboutIncident(Number(target.value) || null));
    $("text-again").addEventListener("click", () => (this.change({ text: "" }), this.composeNow()));
    $("compose-hear").addEventListener("click", () => this.hear());
    $("compose-clear").addEventListener("click", () => this.clear());
    live.addEventListener("change", ({ detail: { isSnapshot, changed } }) => (isSnapshot || changed.units?.size || changed.incidents?.size) && this.knowRoom());
  }

  // ---- where it begins: a draft, an incident, an older alert, a proposal

  async begin() {
    await this.readTemplates();
    const kept = await drafts.load();
    const hasWords = asked.has("proposal") || asked.has("incident") || asked.has("what");
    if ((!isEmpty(this.form) || hasWords) && kept) await drafts.putAside(); // offered beside
    else if (kept && !this.updates) this.form = { ...this.form, ...kept };
    if (this.updates) await this.takeOlder(this.updates);
    else if (isEmpty(this.form)) await this.takeAsked();
    this.change({});
    this.area.goTo();
    this.offerOther();
    if (document.activeElement === document.body) $(isEmpty(this.form) ? "what" : "text").focus();
  }

  // A link may bring words along: from the board, or from a warning that came in.
  async takeAsked() {
    await bringProposal(asked);
    const { villages, ...given } = Object.fromEntries(asked);
    Object.assign(this.form, broughtAlong({ ...given, villages: villages?.split(",") }));
    await pictured();
    if (asked.get("incident")) this.aboutIncident(Number(asked.get("incident")));
    if (asked.size) history.replaceState(null, "", location.pathname); // a reload finds the draft, not the link again
    if (this.form.what) await this.composeNow();
  }

  async takeOlder(id) {
    const { alert } = await get(`/alerts/${id}/deliveries`).catch(() => ({}));
    if (!alert) return;
    this.form = { ...this.form, text: alert.text.replace(/^LATIHAN\. /, "").replace(/\. LATIHAN$/, "."), headline: "", order: alert.order, priority: alert.priority, incident_id: alert.incident_id };
    setText($("compose-title"), t("Perbarui siaran"));
    for (const part of ["part-who", "part-where"]) $(part).disabled = true;
  }

  offerOther() {
    const [other] = drafts.others();
    $("other-draft").hidden = !other;
    if (!other) return;
    setText($("other-draft-words"), t("Ada siaran setengah jadi dari jendela lain: {words}.", { words: (other.form.what || other.form.text || "…").slice(0, 60) }));
    $("other-take").onclick = () => ((this.form = { ...this.form, ...drafts.take(other.key) }), this.change({}), this.offerOther());
    $("other-drop").onclick = () => (drafts.take(other.key), this.offerOther());
  }

  async readTemplates() {
    const { templates = [] } = await get("/alerts/templates").catch(() => ({}));
    this.templates = templates;
    const English = document.documentElement.lang === "en";
    fill($("templates"), templates.map((one) => h("button.btn.btn-small", { type: "button", "aria-pressed": "false", data: { template: one.template } }, English ? one.name_en : one.name_id)));
  }

  knowRoom() {
    const incidents = [...live.picture.incidents.values()].filter((one) => !one.gone).sort((a, b) => b.id - a.id);
    const chosen = String(this.form.incident_id ?? "");
    fill($("incident_id"), h("option", { value: "" }, t("tidak tentang satu kejadian")), ...incidents.map((one) => h("option", { value: String(one.id) }, `${one.number} ${typeName(one.type)}, ${one.place}`)), chosen && !live.picture.incidents.has(Number(chosen)) && h("option", { value: chosen }, t("kejadian {n}", { n: chosen })));
    $("incident_id").value = chosen;
    this.audience.paint();
  }

  // ---- the form

  typed({ name, value }) {
    if (!PLAIN.includes(name)) return;
    this.change({ [name]: name === "minutes" ? Number(value) : value });
    if (FROM_PARTS.includes(name)) this.composeSoon();
  }

  change(facts) {
    this.form = { ...this.form, ...facts };
    if (!this.isSending) isEmpty(this.form) ? drafts.clear() : this.keep();
    this.paint();
    this.askSoon();
  }

  keep() {
    const isKept = drafts.save(this.form);
    setText($("draft-words"), isKept ? t("disimpan di peramban ini") : t("TIDAK tersimpan di peramban ini"));
  }

  useTemplate(code) {
    if (this.form.template === code) return this.change({ template: "" });
    const template = this.templates.find((one) => one.template === code);
    const before = this.templates.find((one) => one.template === this.form.template);
    const isOwnTodo = this.form.todo.trim() && this.form.todo.trim() !== before?.instruction_id;
    const { order, priority, minutes, category, urgency, severity, certainty } = template;
    this.change({ template: code, event: template.name_id, order, priority, minutes, category, urgency, severity, certainty, todo: isOwnTodo ? this.form.todo : template.instruction_id });
    this.composeNow();
    $("what").focus();
  }

  aboutIncident(id) {
    const incident = live.picture.incidents.get(id);
    const mine = incident ? [...live.picture.units.values()].filter((unit) => unit.incident_ids?.includes(id)).map((unit) => unit.id) : [];
    this.change({ incident_id: id, where: this.form.where || incident?.place || "", what: this.form.what || (incident ? typeName(incident.type) : ""), unit_ids: this.form.unit_ids.length ? this.form.unit_ids : mine });
    this.composeSoon();
  }

  composeSoon() {
    clearTimeout(this.composing);
    this.composing = setTimeout(() => this.composeNow(), COMPOSE_MS);
  }

  // Words somebody changed by hand are theirs; composed ones follow the parts above.
  async composeNow() {
    if (isOwnWords(this.form.composed, this.form.text)) return this.paint();
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const told = await this.wordsOf().catch((problem) => void this.sayAt(problem.field, problem.message));
    if (!told || turn !== this.turn || isOwnWords(this.form.composed, this.form.text)) return;
    this.change({ headline: "", retraction: "", english: null, ...told, composed: told.text });
  }

  async wordsOf() {
    if (!this.form.template) return { text: plainText(this.form, this.until) };
    const told = await post("/alerts/compose", partsOf(this.form, this.until), { waits: [] });
    return { text: withTodo(told, this.form.todo), headline: told.headline, retraction: told.retraction, english: told.instruction === this.form.todo.trim() ? told.english : null };
  }

  get until() {
    return `${minuteText(now() + this.form.minutes * 60_000, zone)} ${zoneLabel}`;
  }

  paint() {
    for (const name of PLAIN) if ($(name).value !== String(this.form[name])) $(name).value = String(this.form[name]);
    if ($("incident_id").value !== String(this.form.incident_id ?? "")) this.knowRoom();
    for (const button of $("templates").querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.dataset.template === this.form.template));
    setText($("text-meter"), t("{n} dari 500 huruf, {bytes} bita", { n: numberText(this.form.text.trim().length), bytes: numberText(byteLength(this.form.text.trim())) }));
    $("text-again").hidden = !isOwnWords(this.form.composed, this.form.text) || !this.form.what.trim();
    setText($("reach-line"), `${lineOf(this.form)} · ${t("sampai {time}", { time: this.until })}`);
    $("reach-second").hidden = !needsSecond(this.form);
    setText($("compose-send-words"), needsSecond(this.form) ? t("Ajukan kepada orang kedua") : this.updates ? t("Kirim pembaruan") : t("Kirim siaran"));
    for (const field of document.querySelectorAll(".compose .field-error")) if (field.dataset.of !== undefined && field.dataset.of !== JSON.stringify(this.form)) clearError(field);
    this.area.paint();
    this.audience.paint();
  }

  clear() {
    const before = this.form;
    this.form = emptyForm(newUid());
    this.change({});
    toast(t("Siaran dikosongkan."), { deed: { label: t("Kembalikan"), act: () => { this.form = before; this.change({}); } } });
    $("what").focus();
  }

  // As the loudspeaker would say it, before anybody else hears it.
  hear() {
    const { text, headline, order } = this.form;
    if (!text.trim()) return this.sayAt("text", t("Tulis dahulu kata-katanya."));
    return hear($("compose-hear"), $("compose-speech"), { path: "/alerts/speech", fields: { text: text.trim(), order, ...(headline.trim() && { headline: headline.trim() }) }, name: "siaran-baru.wav" });
  }

  // A link brings villages by their codes; here they get their names.
  nameVillages(names = {}) {
    const named = this.form.villages.map((one) => (one.name === one.code && names[one.code] ? { ...one, name: names[one.code] } : one));
    if (named.some((one, at) => one !== this.form.villages[at])) this.change({ villages: named });
  }

  // ---- what it would reach

  askSoon() {
    clearTimeout(this.asking);
    const isAskable = !this.updates && countChosen(this.form) > 0;
    if (!isAskable) return fill($("reach"), this.updates ? h("p.small.muted", {}, t("Kepada penerima yang sama.")) : h("p.small.muted", {}, t("Pilih penerimanya; di sini tampak berapa yang terjangkau dan lewat apa.")));
    this.asking = setTimeout(() => this.askReach(), REACH_MS);
  }

  async askReach() {
    const { priority, order, text } = this.form;
    const body = { priority, order, text: text.trim() || "…", ...audienceOf(this.form), ...areaOf(this.form) };
    const turn = (this.reaching = (this.reaching ?? 0) + 1);
    try {
      const reach = await post("/alerts/reach", body, { waits: [] });
      if (turn === this.reaching) fill($("reach"), reachRows(reach));
      this.nameVillages(reach.area_names);
    } catch (problem) {
      if (turn === this.reaching) fill($("reach"), h("p.small.late", {}, problem.message));
    }
  }

  // ---- sending: one uid until it is answered

  async send() {
    const fault = this.updates ? null : faultOf(this.form);
    setText($("compose-problem"), "");
    if (fault) return this.sayAt(...fault);
    if (this.isSending) return;
    this.isSending = true;
    $("compose-send").setAttribute("aria-busy", "true");
    try {
      const entry = await this.post();
      drafts.clear();
      await drafts.settled();
      location.assign(`/alerts?a=${entry.body.alert}`);
    } catch (problem) {
      if (problem.status >= 400) this.form.uid = newUid();
      this.sayAt(problem.field, problem.message);
    } finally {
      this.isSending = false;
      $("compose-send").setAttribute("aria-busy", "false");
    }
  }

  post() {
    if (!this.updates) return post("/alerts", bodyOf(this.form));
    const { uid, text, order, minutes } = this.form;
    return post(`/alerts/${this.updates}/update`, { uid, text: text.trim(), order, expires_in_min: Number(minutes) });
  }

  sayAt(field, sentence) {
    const name = ALIAS[field] ?? field;
    const beside = name && $(`${name}-error`);
    setText(beside || $("compose-problem"), sentence);
    if (beside) beside.dataset.of = JSON.stringify(this.form);
    ($(name === "audience" ? "audience" : name)?.matches("input, textarea, select") ? $(name) : beside ?? $("compose-send")).scrollIntoView({ block: "center" });
    if ($(name)?.matches?.("input, textarea, select")) $(name).focus();
  }
}

// What stands in the room is known with the first picture.
const pictured = () => (live.hasPicture ? null : new Promise((done) => live.addEventListener("change", done, { once: true })));

const ALIAS = { unit_ids: "audience", group_ids: "audience", roles: "audience", agencies: "audience", contact_ids: "audience", village_heads: "area", area_codes: "area", instruction: "todo", sender_name: "sender" };

function clearError(field) {
  setText(field, "");
  delete field.dataset.of;
}

function options(select, words, blank = "") {
  fill(select, blank && h("option", { value: "" }, blank), ...Object.entries(words).map(([code, said]) => h("option", { value: code }, said)));
}

const compose = new Compose();
const go = (id) => () => ($(id).scrollIntoView({ block: "start" }), $(id).querySelector("input, select, textarea, button")?.focus());

const keys = new Keys(
  [
    ["1", t("apa"), go("part-what")],
    ["2", t("kepada siapa"), go("part-who")],
    ["3", t("di mana"), go("part-where")],
    ["4", t("sebelum keluar"), () => $("compose-send").focus()],
    ["g", t("gambar wilayah"), () => compose.area.draw()],
    ["d", t("pilih desa"), () => $("village").focus()],
    ["Ctrl+Enter", t("kirim, atau ajukan"), () => compose.send()],
    ["Escape", t("keluar dari isian; sekali lagi: kembali ke siaran"), () => leave()],
    ["?", t("daftar tombol ini"), () => keys.list()],
  ],
  $("keys-dialog"),
);

function leave() {
  if (document.activeElement?.matches("input, textarea, select")) return document.activeElement.blur();
  location.assign("/alerts");
}

$("keys-open").addEventListener("click", () => keys.list());
