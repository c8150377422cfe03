// The rows of the units: who, what status since when, on what (each task with its own clock), last heard, where and how old that is.
import { ageMark } from "./ages.js";
import { alarmLook, alarmWords } from "./alarm_words.js";
import { now } from "./clock.js";
import { arrange, fill, h, icon } from "./dom.js";
import { UNIT_STATES, capabilityName, kindName, named } from "./names.js";
import { ageWords, secondsBetween } from "./time.js";
import { STALE_S } from "./units_strip.js";
import { t } from "./words.js";

export class UnitRows extends EventTarget {
  constructor(live, list) {
    super();
    Object.assign(this, { live, list, made: new Map(), ids: [] });
    list.addEventListener("click", ({ target }) => target.closest("[data-unit]") && this.dispatchEvent(new CustomEvent("choose", { detail: Number(target.closest("[data-unit]").dataset.unit) })));
  }

  kindOf(unit) {
    return kindName(unit.kind);
  }

  draw(units, { alarms, duty, chosen }) {
    this.ids = units.map(({ id }) => id);
    const tasks = tasksByUnit(this.live.picture);
    arrange(this.list, units.map((unit) => this.row(unit, { alarms: alarms.get(unit.id) ?? [], tasks: tasks.get(unit.id) ?? [], duty, isChosen: unit.id === chosen })));
    for (const id of this.made.keys()) if (!this.live.picture.units.has(id)) this.made.delete(id);
  }

  bring(id) {
    this.made.get(id)?.element.scrollIntoView({ block: "nearest" });
  }

  row(unit, facts) {
    const known = this.made.get(unit.id) ?? { element: h("li"), shown: "" };
    const shown = JSON.stringify([unit, facts.alarms, facts.tasks, facts.isChosen, heardWords(unit, facts.duty), positionAge(unit), dutyFacts(unit, facts.duty), facts.alarms.map((one) => alarmWords(one, now()))]);
    if (shown !== known.shown) {
      const hadFocus = known.element.contains(document.activeElement);
      fill(known.element, rowButton(unit, facts));
      known.shown = shown;
      if (hadFocus) known.element.firstElementChild.focus({ preventScroll: true });
    }
    this.made.set(unit.id, known);
    return known.element;
  }
}

/** unit -> [{assignment, number}], the oldest first: each keeps its own clock. */
export function tasksByUnit({ assignments, incidents }) {
  const groups = new Map();
  for (const one of [...assignments.values()].filter((task) => !task.gone).sort((a, b) => a.id - b.id)) {
    groups.set(one.unit_id, [...(groups.get(one.unit_id) ?? []), { ...one, number: incidents.get(one.incident_id)?.number ?? t("kejadian {n}", { n: one.incident_id }) }]);
  }
  return groups;
}

function rowButton(unit, { alarms, tasks, duty, isChosen }) {
  return h("button.unit-line", { type: "button", class: `unit-${unit.state}${alarms.length ? ` has-alarm-${alarmLook(alarms[0])}` : ""}`, "aria-current": isChosen ? "true" : null, data: { unit: unit.id } },
    h("span.unit-who", {}, h("b", {}, unit.call_sign), h("span.muted.small", {}, [kindName(unit.kind), unit.agency_code].filter(Boolean).join(" · "))),
    h("span.unit-what", {}, h("b", { class: stateLook(unit.state) }, named(UNIT_STATES, unit.state)), " ", ageMark(unit.since, "time.num.muted"), unit.out_reason && h("span.small.muted", {}, unit.out_reason)),
    h("span.unit-tasks", {}, tasks.length ? tasks.map(taskLine) : h("span.muted.small", {}, unit.base || t("tanpa tugas"))),
    h("span.unit-last.small", {},
      h("span", {}, h("span.unit-label", {}, t("terdengar")), heardWords(unit, duty)),
      h("span", { class: positionLook(unit) }, h("span.unit-label", {}, t("posisi")), positionAge(unit))),
    h("span.unit-duty.small", {}, dutyFacts(unit, duty)),
    alarms.map((one) => h("span.unit-alarms", { class: alarmLook(one) }, icon("alarm"), " ", alarmWords(one, now()), one.acknowledged_by && h("span.muted", {}, ` · ${t("ditangani {by}", { by: one.acknowledged_by })}`))));
}

const taskLine = (task) => h("span.unit-task", {}, task.number, ": ", named(UNIT_STATES, task.state), " ", ageMark(task.state_since));

const stateLook = (state) => (state === "mayday" ? "bad" : ["obstructed", "assigned"].includes(state) ? "late" : ["standby", "afield"].includes(state) ? "good" : "");

/** "4 menit lalu", "belum pernah": when anything was last heard of it. */
export function heardWords(unit, duty) {
  if (!duty) return "…";
  const at = duty.word_at?.[unit.id];
  return at ? ago(secondsBetween(at, now())) : t("belum pernah");
}

/** The age of the last position: one that is old is named so, never hidden. */
export function positionAge(unit) {
  if (!unit.position_at) return t("tidak diketahui");
  const age = secondsBetween(unit.position_at, now());
  return age > STALE_S ? t("USANG, {age} lalu", { age: ageWords(age) }) : ago(age);
}

const ago = (age) => (age < 60 ? t("baru saja") : t("{age} lalu", { age: ageWords(age) }));

const positionLook = (unit) => (!unit.position_at || secondsBetween(unit.position_at, now()) > STALE_S ? "late" : "");

/** "awak 3 · dinas": the crew and the shift, as far as anybody entered them. */
export function dutyFacts(unit, duty) {
  const crew = duty?.crew?.filter((one) => one.unit_id === unit.id).length ?? 0;
  const isOn = duty?.on_shift?.[unit.id];
  return [crew ? t("awak {n}", { n: crew }) : null, isOn === true ? t("jam dinas") : isOn === false ? t("di luar jam dinas") : null].filter(Boolean).join(" · ");
}

export const ableWords = (unit) => unit.capabilities.map(capabilityName).join(", ");
