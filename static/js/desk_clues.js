// What the desk knows about a place: likely repeats and the nearest units, beside the map.
import { post } from "./api.js";
import { now } from "./clock.js";
import { distanceM } from "./coordinates.js";
import { fill, h, icon } from "./dom.js";
import { UNIT_STATES, named, typeName } from "./names.js";
import { ageWords, secondsBetween } from "./time.js";
import { distanceText, t } from "./words.js";

const PAUSE_MS = 250;
const SHOWN_UNITS = 4;
const STALE_S = 900;
const WHOLE_NUMBER = /^[0-9+*# ()-]{8,30}$/;

/** Units by straight distance, free ones first; those without a position cannot be ranked. */
export function nearUnits(units, point) {
  const placed = [...units].filter((unit) => unit.lon !== null && unit.lat !== null && unit.in_service);
  const ranked = placed.map((unit) => ({ unit, away_m: distanceM(unit, point), isFree: unit.state === "standby" }));
  return ranked.sort((a, b) => Number(b.isFree) - Number(a.isFree) || a.away_m - b.away_m).slice(0, SHOWN_UNITS);
}

export class Clues {
  constructor({ live, onLink }) {
    Object.assign(this, { live, onLink, repeats: [], timer: null, asking: null, asked: "" });
    this.box = document.getElementById("repeats");
    live.addEventListener("change", () => this.drawUnits());
  }

  /** The form changed: ask again only when the place, the type, the number or the words did. */
  look(form) {
    this.form = form;
    this.drawUnits();
    this.drawRepeats();
    const question = questionOf(form);
    const words = JSON.stringify(question);
    if (words === this.asked) return;
    this.asked = words;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(question), PAUSE_MS);
  }

  async ask(question) {
    this.asking?.abort();
    this.asking = new AbortController();
    this.repeats = question ? await this.fetch(question, this.asking.signal) : [];
    if (JSON.stringify(question) === this.asked) this.drawRepeats();
  }

  // In a body: a number or what was said must not stand in an address that a log keeps.
  async fetch(question, signal) {
    try {
      return (await post("/repeats", question, { signal, waits: [] })).repeats ?? [];
    } catch {
      return []; // away or aborted: the desk goes on without the clue
    }
  }

  get best() {
    return this.repeats[0] ?? null;
  }

  drawRepeats() {
    fill(this.box, ...this.repeats.map((repeat) => this.card(repeat)));
    document.getElementById("clue-hint").hidden = this.repeats.length > 0 || Boolean(this.form?.point);
    const best = this.form?.link ?? this.best;
    const button = document.getElementById("link-repeat");
    button.hidden = !best;
    button.setAttribute("aria-pressed", String(Boolean(this.form?.link)));
    if (best) document.getElementById("link-words").textContent = linkWords(best, this.form?.link);
  }

  card(repeat) {
    const isLinked = this.form?.link?.incident === repeat.incident;
    return h("button.repeat", { type: "button", "aria-pressed": String(isLinked), onclick: () => this.onLink(repeat) },
      h("b", {}, icon("link"), " ", isLinked ? t("Akan dihubungkan: {number}, {type}", said(repeat)) : t("Mungkin laporan berulang: {number}, {type}", said(repeat))),
      h("span.small", {}, reasonsOf(repeat)));
  }

  drawUnits() {
    const point = this.form?.point;
    const found = point ? nearUnits(this.live.picture.units.values(), point) : [];
    document.getElementById("nearby").hidden = found.length === 0;
    fill(document.getElementById("near-units"), ...found.map(unitRow));
  }
}

/** What the server is asked, as far as the form knows it; null while there is neither a place nor a number. */
export function questionOf({ point, type, phone = "", narrative = "" }) {
  const number = WHOLE_NUMBER.test(phone.trim()) ? phone.trim() : "";
  if (!point && !number) return null;
  const known = { lon: point?.lon, lat: point?.lat, radius_m: point?.radius_m, area_code: point?.area_code, type, phone: number, narrative: narrative.trim() };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined && value !== null && value !== ""));
}

const said = (repeat) => ({ number: repeat.number, type: typeName(repeat.type) });

const linkWords = (best, linked) =>
  linked ? t("Batal hubungkan ke {number}", best) : t("Hubungkan ke {number}", best);

/** "240 m · 6 menit lalu · jenis sama · 7 laporan" */
function reasonsOf(repeat) {
  const calls = repeat.calls > 1 ? [t("{n} laporan", { n: repeat.calls })] : [];
  return [repeat.place, ...(repeat.reasons ?? []), ...calls].filter(Boolean).join(" · ");
}

function unitRow({ unit, away_m, isFree }) {
  return h("li", { class: isFree ? "" : "muted" },
    h("span", {}, h("b", {}, unit.call_sign), " ", h("span.muted", {}, isFree ? unit.capabilities.join(", ") || unit.kind : named(UNIT_STATES, unit.state))),
    h("span.num", {}, distanceText(away_m), h("span.muted", {}, ` · ${positionAge(unit)}`)));
}

function positionAge(unit) {
  if (!unit.position_at) return t("posisi tanpa jam");
  const age_s = secondsBetween(unit.position_at, now());
  return age_s > STALE_S ? t("posisi {age} lalu", { age: ageWords(age_s) }) : t("GPS {age}", { age: ageWords(age_s) });
}
