// The units on the incident, each with its own clock; below them what was said last.
import { alarmButtons } from "../alarm_bar.js";
import { alarmLook, alarmWords, inAlarmOrder } from "../alarm_words.js";
import { now } from "../clock.js";
import { h } from "../dom.js";
import { chronology } from "../incident_lists.js";
import { may } from "../page.js";
import { unitRow } from "../unit_rows.js";
import { t } from "../words.js";
import { alertBoxes } from "./alerts.js";

const LATEST = 6;

// What of other incidents and of the alarms shows here, to the minute.
const panelClocks = (picture, incident, mine) => {
  const units = new Set(mine.filter((one) => !one.gone).map((one) => one.unit_id));
  const alarms = [...picture.alarms.values()].filter((one) => one.incident_id === incident.id);
  return [[...picture.assignments.values()].filter((one) => units.has(one.unit_id) && one.incident_id !== incident.id), alarms.map((one) => [one, alarmWords(one, now())])];
};

export const units = {
  name: "units",
  label: t("Satuan"),
  count: ({ facts }) => facts.assignments.filter((one) => !one.gone).length,
  facts: ({ live, incident, facts: { assignments, alerts, recipients, entries } }) => [assignments, alerts, recipients, entries.length, entries.at(-1)?.seq, panelClocks(live.picture, incident, assignments)],
  body: (panel) => [...unitAlarms(panel), unitList(panel), ...alertBoxes(panel, standing(panel.facts.alerts), false), h("h3.body-head", {}, t("Terakhir")), chronology(panel.facts.entries, LATEST)],
};

// A unit with two tasks keeps both clocks: the other one is named beside this one.
function elsewhere({ live: { picture } }, { id, unit_id: unit }) {
  const others = [...picture.assignments.values()].filter((one) => one.unit_id === unit && one.id !== id);
  return others.map((one) => ({ number: picture.incidents.get(one.incident_id)?.number ?? t("kejadian {n}", { n: one.incident_id }), state: one.state, since: one.state_since }));
}

// What an alarm says of a unit here stands above it; it can be taken on here, too.
function unitAlarms({ live: { picture }, incident }) {
  const mine = [...picture.alarms.values()].filter((one) => one.incident_id === incident.id).sort(inAlarmOrder);
  return mine.map((one) => h("div.alarm-row", { class: `alarm-${alarmLook(one)}` }, h("strong", {}, alarmWords(one, now())), one.acknowledged_by && h("span.small", {}, t("ditangani {by}", { by: one.acknowledged_by })), alarmButtons(one)));
}

const standing = (alerts) => alerts.filter((one) => one.state === "active" || one.state === "draft");

function unitList(panel) {
  const rows = [...panel.facts.assignments].sort((a, b) => Number(a.gone ?? false) - Number(b.gone ?? false) || a.id - b.id);
  if (!rows.length) return h("p.empty", {}, h("strong", {}, t("Belum ada satuan")), may("assignment.create") && t("Tekan U untuk mengirim yang terdekat."));
  return h("ul.unit-rows", {}, rows.map((one) => unitRow(one, panel.live.picture.units.get(one.unit_id), () => panel.done("unit"), one.gone ? [] : elsewhere(panel, one))));
}
