// The strip below: trouble first, then who is out, then who is free; a stale position says so.
import { ageMark, setMark } from "./ages.js";
import { alarmLook, alarmWords, byUnit } from "./alarm_words.js";
import { now, onTick } from "./clock.js";
import { arrange, h, oncePerFrame, setText } from "./dom.js";
import { FREE_STATES, UNIT_STATES, named } from "./names.js";
import { inStripOrder } from "./order.js";
import { ageWords, secondsBetween } from "./time.js";
import { t } from "./words.js";

export const STALE_S = 900;
const LOOK_AGAIN_S = 15;

/** "posisi 38 menit lalu" for an old position, "posisi tidak diketahui" for none, "" for a fresh one. */
export function positionWords(unit, moment) {
  if (!unit.position_at) return t("posisi tidak diketahui");
  const age = secondsBetween(unit.position_at, moment);
  return age > STALE_S ? t("posisi {age} lalu", { age: ageWords(age) }) : "";
}

class UnitCard {
  constructor(unit) {
    this.sign = h("b");
    this.state = h("span");
    this.age = ageMark(unit.since, "time.num");
    this.where = h("span.unit-where");
    this.alarm = h("span.unit-alarm", { hidden: true });
    this.element = h("button.unit", { type: "button", data: { id: unit.id } }, this.sign, h("span.unit-state", {}, this.state, " · ", this.age), this.alarm, this.where);
  }

  show(unit, where, alarm) {
    const look = `unit unit-${unit.state}${alarm ? ` has-alarm-${alarmLook(alarm)}` : ""}`;
    if (this.element.className !== look) this.element.className = look;
    setText(this.sign, unit.call_sign);
    setText(this.state, named(UNIT_STATES, unit.state));
    setMark(this.age, { since: unit.since });
    setText(this.where, where);
    this.alarm.hidden = !alarm || !shortAlarm(alarm);
    if (alarm) (setText(this.alarm, shortAlarm(alarm)), (this.alarm.title = alarmWords(alarm, now())));
  }
}

const shortAlarm = ({ kind, misses, why }) => (kind === "mayday" ? (why === "silence" ? t("tidak menjawab") : "") : kind === "welfare" ? (misses ? t("ditanya lagi: aman?") : t("ditanya: aman?")) : t("tanpa kabar"));

export class UnitsStrip extends EventTarget {
  constructor(live, element) {
    super();
    Object.assign(this, { live, cards: new Map() });
    this.list = element.querySelector("#units-list");
    this.sum = element.querySelector("#units-sum");
    this.empty = element.querySelector("#units-empty");
    const draw = oncePerFrame(() => this.draw());
    live.addEventListener("change", ({ detail: { changed } }) => (changed.units.size || changed.incidents.size || changed.alarms.size) && draw());
    onTick((moment) => Math.floor(moment / 1000) % LOOK_AGAIN_S === 0 && draw());
    this.list.addEventListener("click", (event) => this.tell(event.target.closest(".unit")));
  }

  draw() {
    const units = [...this.live.picture.units.values()].sort(inStripOrder);
    this.alarms = byUnit(this.live.picture.alarms.values());
    arrange(this.list, units.map((unit) => this.card(unit)));
    for (const id of this.cards.keys()) if (!this.live.picture.units.has(id)) this.cards.delete(id);
    this.empty.hidden = units.length > 0;
    setText(this.sum, this.summary(units));
  }

  card(unit) {
    if (!this.cards.has(unit.id)) this.cards.set(unit.id, new UnitCard(unit));
    const card = this.cards.get(unit.id);
    card.show(unit, this.where(unit), this.alarms.get(unit.id)?.[0]);
    return card.element;
  }

  where(unit) {
    const numbers = unit.incident_ids.map((id) => this.live.picture.incidents.get(id)?.number ?? t("kejadian {n}", { n: id }));
    return numbers.join(", ") || [unit.base, positionWords(unit, now())].filter(Boolean).join(", ");
  }

  summary(units) {
    const free = units.filter((unit) => FREE_STATES.includes(unit.state)).length;
    const away = units.filter((unit) => unit.state === "out_of_service").length;
    return t("{free} siaga, {busy} bertugas", { free, busy: units.length - free - away });
  }

  tell(card) {
    if (card) this.dispatchEvent(new CustomEvent("choose", { detail: this.live.picture.units.get(Number(card.dataset.id)) }));
  }
}
