// The run card in the send form: what this kind of incident takes, who is proposed for it, who is missing; one key sends all.
import { get, newUid, post } from "./api.js";
import { reasonWords } from "./clue_words.js";
import { fill, h } from "./dom.js";
import { toast } from "./toast.js";
import { distanceText, listed, t } from "./words.js";

const LANGUAGE = document.documentElement.lang || "id";

export class RunCard {
  constructor(incident, { onDone }) {
    Object.assign(this, { incident, onDone, uid: newUid() });
    this.element = h("div.run-card.stack", { hidden: true });
    this.load();
  }

  async load(level = null) {
    try {
      this.card = await get(`/incidents/${this.incident.id}/run-card${level ? `?level=${level}` : ""}`);
      this.uid = newUid();
      this.show();
    } catch { /* the list below still sends one by one */ }
  }

  get proposed() {
    return this.card?.needs.flatMap((need) => need.proposed.map((one) => one.unit)) ?? [];
  }

  show() {
    const { card, proposed } = this;
    this.element.hidden = !card.levels.length && !card.fault;
    this.button = proposed.length > 0 && h("button.btn.btn-primary", { type: "button", onclick: () => this.send() }, t("Kirim semua usulan: {units}", { units: listed(proposed.map((unit) => unit.call_sign)) }), " ", h("kbd", {}, "0"));
    fill(this.element,
      card.fault && h("p.notice.small", {}, card.fault),
      card.levels.length > 0 && h("div.run-levels", { role: "group", "aria-label": t("Tingkat") }, card.levels.map((one) => this.levelButton(one))),
      h("ul.run-needs", {}, card.needs.map(needRow)), this.button);
  }

  levelButton(one) {
    return h("button.btn.btn-small", { type: "button", "aria-pressed": String(one.level === this.card.level), onclick: () => this.load(one.level) }, one[LANGUAGE] ?? one.id);
  }

  async send() {
    if (!this.proposed.length || this.isBusy) return;
    this.isBusy = true;
    this.button.setAttribute("aria-busy", "true");
    try {
      const { sent, entries } = await post(`/incidents/${this.incident.id}/run-card`, { uid: this.uid, unit_ids: this.proposed.map((unit) => unit.id) });
      toast(t("{n} satuan dikirim ke {number}", { n: sent.length, number: this.incident.number }));
      this.onDone(entries[0]);
    } catch (problem) {
      toast(problem.message, { isBad: true });
    } finally {
      this.isBusy = false;
      this.load(this.card.level);
    }
  }
}

/** "2 Mobil pemadam: DMK-1 1,2 km, DMK-2 3 km" and, in words, who is missing and who would be nearest. */
function needRow(need) {
  const name = LANGUAGE === "en" ? need.name_en : need.name_id;
  const proposed = need.proposed.map(({ unit, distance_m: away }) => [unit.call_sign, away === null ? "" : distanceText(away)].filter(Boolean).join(" "));
  const here = need.here.map((sign) => t("{unit} sudah di sini", { unit: sign }));
  return h("li", {}, h("b", {}, `${need.count} ${name}`), " ", h("span", {}, listed([...here, ...proposed])), need.missing > 0 && h("span.run-missing.late", {}, missingWords(need, name)));
}

function missingWords({ missing: n, nearest }, name) {
  const what = t("kurang {n} {what}", { n, what: name.toLowerCase() });
  if (!nearest) return [what, t("tidak ada lagi satuan seperti itu")].join(": ");
  const where = [nearest.unit.base, nearest.distance_m === null ? "" : distanceText(nearest.distance_m)].filter(Boolean).join(", ");
  const who = [t("terdekat {unit}", { unit: nearest.unit.call_sign }), where && `(${where})`].filter(Boolean).join(" ");
  return [`${what}, ${who}`, nearest.shortfalls.map(reasonWords).join(", ")].filter(Boolean).join(": ");
}
