// A unit's way through one assignment: five steps with their times, and which verbs are possible next. Pure.
import { t } from "./words.js";

const STEPS = [
  ["assigned_at", t("ditugaskan")], ["acknowledged_at", t("terima tugas")], ["en_route_at", t("berangkat")],
  ["on_scene_at", t("tiba")], ["cleared_at", t("selesai")],
];
const PLACE = { assigned: 0, acknowledged: 1, en_route: 2, on_scene: 3, transporting: 3, at_referral: 3, cleared: 4, cancelled: 4 };

/** Five steps, each {name, at, look}: "done", "now" or "todo"; a step passed without a word is "skipped". */
export function stepsOf(assignment) {
  const current = PLACE[assignment.state] ?? lastKnown(assignment);
  return STEPS.map(([field, name], place) => ({ name, at: assignment[field] ?? null, look: lookOf(place, current, assignment[field]) }));
}

const lastKnown = (assignment) => Math.max(0, STEPS.findLastIndex(([field]) => assignment[field]));

function lookOf(place, current, at) {
  if (place === current) return "now";
  if (place > current) return "todo";
  return at ? "done" : "skipped";
}

const USUAL = { assigned: "acknowledge", acknowledged: "depart", en_route: "arrive", on_scene: "clear", transporting: "deliver", at_referral: "clear", obstructed: "arrive" };

/** The verb one would press next, and the others the state allows, in the table's order. */
export function nextVerbs(state, allowed) {
  const usual = allowed.includes(USUAL[state]) ? USUAL[state] : null;
  return { usual, others: allowed.filter((verb) => verb !== usual) };
}
