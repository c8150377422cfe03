// What an alarm of a unit says, and which is worst. Pure.
import { atMinute } from "./clock.js";
import { UNIT_STATES, named } from "./names.js";
import { ageWords, secondsBetween } from "./time.js";
import { t } from "./words.js";

const RANK = { mayday: 0, welfare: 1, late: 2 };

/** "TRC-1: 22 menit tanpa kabar di tiba di lokasi, batas 20 menit" */
export function alarmWords(alarm, moment) {
  const { call_sign: unit, since } = alarm;
  const age = ageWords(secondsBetween(since, moment));
  if (alarm.kind === "mayday") return alarm.why === "silence" ? t("DARURAT {unit}: tidak menjawab dua kali, terakhir terdengar {time}", { unit, time: atMinute(since) }) : t("DARURAT {unit}, sejak {time}", { unit, time: atMinute(alarm.raised_at) });
  if (alarm.kind === "welfare") return alarm.misses ? t("{unit}: ditanya lagi {time}, {age} tanpa kabar di lokasi", { unit, age, time: atMinute(alarm.asked_at) }) : t("{unit}: ditanya aman {time}, {age} tanpa kabar di lokasi", { unit, age, time: atMinute(alarm.asked_at) });
  return t("{unit}: {age} tanpa kabar, status {status}, batas {limit}", { unit, age, status: named(UNIT_STATES, alarm.status), limit: ageWords(alarm.limit_s) });
}

/** Distress first, then who was asked most often, then who is silent longest; what somebody took on comes last in its kind. */
export const inAlarmOrder = (a, b) =>
  RANK[a.kind] - RANK[b.kind] || Number(Boolean(a.acknowledged_by)) - Number(Boolean(b.acknowledged_by)) || b.misses - a.misses || a.since.localeCompare(b.since) || a.id - b.id;

export const alarmLook = ({ kind, misses, acknowledged_by: by }) => (kind === "mayday" || (misses && !by) ? "bad" : "late");

/** What stands in the band: distress always, the rest for who may take it on, until somebody did. */
export const inBand = (alarms, mayTake) => [...alarms].filter((one) => one.kind === "mayday" || (mayTake && !one.acknowledged_by)).sort(inAlarmOrder);

/** unit -> its alarms, worst first. */
export function byUnit(alarms) {
  const groups = new Map();
  for (const one of [...alarms].sort(inAlarmOrder)) groups.set(one.unit_id, [...(groups.get(one.unit_id) ?? []), one]);
  return groups;
}
