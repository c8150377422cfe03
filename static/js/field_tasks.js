// What a field team sees of its own tasks: the server's state plus what it pressed and could not send yet. Pure.

export const LEADS_TO = {
  acknowledge: "acknowledged", depart: "en_route", arrive: "on_scene", transport: "transporting", deliver: "at_referral",
  obstruct: "obstructed", mayday: "mayday", clear: "cleared",
};
export const MAIN_VERBS = ["acknowledge", "depart", "arrive", "clear", "obstruct"]; // the five big buttons
export const MORE_VERBS = ["transport", "deliver"];
export const DIGITS = { acknowledge: "2", depart: "3", arrive: "4", transport: "5", deliver: "6", clear: "7", obstruct: "9", mayday: "0" };
export const SURE_VERBS = ["mayday", "clear"]; // pressed twice: nothing a wet glove may do by itself
const FORWARD = ["acknowledge", "depart", "arrive"];

/** The path of a verb on an assignment, and back: what a waiting message is about. */
export const pathOf = (assignmentId, verb) => `/assignments/${assignmentId}/${verb}`;

const PATH = /^\/assignments\/(\d+)\/(\w+)$/;

export function verbsWaiting(assignmentId, messages) {
  const told = messages.map(({ path }) => PATH.exec(path)).filter((hit) => hit && Number(hit[1]) === assignmentId);
  return told.map((hit) => hit[2]);
}

/** {state, waiting, allowed, next} of one assignment; `table` is state -> verbs. */
export function taskOf(assignment, messages, table) {
  const waiting = verbsWaiting(assignment.id, messages);
  const state = waiting.length ? LEADS_TO[waiting.at(-1)] ?? assignment.state : assignment.state;
  const allowed = table[state] ?? [];
  return { state, waiting, allowed, next: nextVerb(state, allowed) };
}

// The step most teams take next. Ending a task is never offered in the place of the button pressed just before.
function nextVerb(state, allowed) {
  const steps = state === "transporting" ? ["deliver"] : ["on_scene", "at_referral"].includes(state) ? [] : FORWARD;
  return steps.find((verb) => allowed.includes(verb)) ?? null;
}

/** My unit's running assignments, the newest first. */
export const tasksOfUnit = (assignments, unitId) =>
  [...assignments].filter((one) => one.unit_id === unitId && !one.gone).sort((a, b) => b.assigned_at.localeCompare(a.assigned_at));

/** Alerts for my unit: [{alert, recipient, isSeen, isSending}], unseen first, the most urgent and newest on top. */
export function alertsOfUnit(alerts, recipients, unitId, messages) {
  const sending = new Set(messages.map(({ path }) => /^\/alerts\/(\d+)\/acknowledge$/.exec(path)?.[1]).filter(Boolean).map(Number));
  const mine = [...recipients].filter((one) => one.unit_id === unitId && alerts.has(one.alert_id));
  const rows = mine.map((recipient) => ({ alert: alerts.get(recipient.alert_id), recipient, isSeen: Boolean(recipient.seen_at), isSending: sending.has(recipient.alert_id) }));
  return rows.filter(({ alert }) => alert.state === "active").sort(inOrder);
}

const inOrder = (a, b) =>
  Number(a.isSeen) - Number(b.isSeen) || a.alert.priority.localeCompare(b.alert.priority) || b.alert.id - a.alert.id;
