// What is worst and what waits: the order of the queue, what breaks its target and why, and the filters of the URL. Pure.
import { ageWords, secondsBetween } from "./time.js";
import { t } from "./words.js";

/** Priority -> seconds from opening until a unit must be on its way, then on scene; the page brings the room's own. */
export const TARGETS_S = { P1: [60, 900], P2: [180, 1800], P3: [900, 7200], P4: [3600, 86400] };

const ANSWER_WITHIN_S = 120;
const MOVING = new Set(["en_route", "on_scene", "transporting", "at_referral", "mayday", "obstructed"]);
const ARRIVED = new Set(["on_scene", "transporting", "at_referral", "mayday"]);

/** How an incident stands: {isBreach, isMayday, isWaiting, words}; words say why it is where it is, "" when all is well. */
export function standing(incident, assignments, moment, targets = TARGETS_S) {
  const isWaiting = assignments.length === 0 && !isSettled(incident);
  const mayday = assignments.find((one) => one.state === "mayday");
  if (mayday) return { isMayday: true, isBreach: true, isWaiting, words: t("DARURAT dari {unit}", { unit: mayday.call_sign ?? "?" }) };
  if (incident.state === "obstructed") return { isBreach: false, isWaiting, words: obstacleWords(incident) };
  if (isSettled(incident)) return { isBreach: false, isWaiting: false, words: "" };
  return { isWaiting, ...lateness(incident, assignments, moment, targets) };
}

const isSettled = ({ state }) => state === "controlled" || state === "closed";

const obstacleWords = ({ obstacle }) => (obstacle ? t("ada kendala: {text}", { text: obstacle }) : t("ada kendala"));

function lateness(incident, assignments, moment, targets) {
  const waited = secondsBetween(incident.opened_at, moment);
  const [toLeave, toArrive] = targets[incident.priority] ?? TARGETS_S.P4;
  const states = assignments.map((one) => one.state);
  if (!states.length) return noUnit(waited - toLeave);
  if (!states.some((state) => MOVING.has(state)) && waited > toLeave) return notMoving(assignments, moment, waited - toLeave);
  if (!states.some((state) => ARRIVED.has(state)) && waited > toArrive) return breach(t("belum ada satuan di lokasi"), waited - toArrive);
  return { isBreach: false, words: "" };
}

const noUnit = (over) =>
  over > 0 ? breach(t("belum ada satuan"), over) : { isBreach: false, words: t("menunggu satuan") };

function notMoving(assignments, moment, over) {
  const silent = assignments.filter((one) => one.state === "assigned");
  const silence = Math.max(0, ...silent.map((one) => secondsBetween(one.assigned_at, moment)));
  if (silent.length < assignments.length || silence < ANSWER_WITHIN_S) return breach(t("belum ada satuan berangkat"), over);
  return { isBreach: true, words: t("satuan belum menjawab {age}", { age: ageWords(silence) }) };
}

const breach = (what, over) => ({ isBreach: true, words: t("{what}, lewat {age} dari target", { what, age: ageWords(over) }) });

/** The queue's order: mayday, then priority, then what breaks its target, then the longest wait; what is under control last in its priority. */
export function inQueueOrder(a, b) {
  return (
    Number(b.standing.isMayday ?? false) - Number(a.standing.isMayday ?? false) ||
    compare(a.incident.priority, b.incident.priority) ||
    Number(a.incident.state === "controlled") - Number(b.incident.state === "controlled") ||
    Number(b.standing.isBreach) - Number(a.standing.isBreach) ||
    compare(a.incident.opened_at, b.incident.opened_at) ||
    compare(a.incident.id, b.incident.id)
  );
}

const compare = (a, b) => (a < b ? -1 : Number(a > b));

/** Assignments by incident. */
export function byIncident(assignments) {
  const groups = new Map();
  for (const one of assignments) {
    if (!groups.has(one.incident_id)) groups.set(one.incident_id, []);
    groups.get(one.incident_id).push(one);
  }
  return groups;
}

/** What the pointer rests on must not move: keep the shown order, count what is new, say what is gone; what was `asked` for follows at the end. */
export function hold(shown, wanted, asked = new Set()) {
  const [was, will] = [new Set(shown), new Set(wanted)];
  const fresh = wanted.filter((id) => !was.has(id));
  return {
    ids: [...shown, ...fresh.filter((id) => asked.has(id))],
    fresh: fresh.filter((id) => !asked.has(id)),
    gone: new Set(shown.filter((id) => !will.has(id))),
  };
}

// ---- filters, as they stand in the URL

export const SHOWS = ["open", "waiting", "late", "obstructed"];

/** "?show=late&q=sajang&priority=P1" -> {show, q, priority}. */
export function readFilters(search) {
  const query = new URLSearchParams(search);
  const show = query.get("show");
  return { show: SHOWS.includes(show) ? show : "open", q: query.get("q") ?? "", priority: query.get("priority") ?? "" };
}

/** The filters as a query, what is usual left out; what else stood in the query is kept. */
export function writeFilters(filters, search = "") {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(filters)) {
    if (value && !(name === "show" && value === "open")) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  return text ? `?${text}` : "";
}

const SHOWN = {
  open: () => true,
  waiting: ({ standing: { isWaiting } }) => isWaiting,
  late: ({ standing: { isBreach } }) => isBreach,
  obstructed: ({ incident }) => incident.state === "obstructed",
};

const folded = (text) => String(text ?? "").toLowerCase();

/** Whether a line of the queue passes the filters; `typeName` turns a code into the word people search for. */
export function passes(line, { show, q, priority }, typeName = (code) => code) {
  if (!SHOWN[show](line)) return false;
  const { incident } = line;
  if (priority && incident.priority !== priority) return false;
  if (!q) return true;
  const text = folded(`${incident.number} ${incident.place} ${typeName(incident.type)}`);
  return folded(q).split(/\s+/).every((word) => text.includes(word));
}

// ---- units on the strip

const UNIT_ORDER = ["mayday", "obstructed", "assigned", "acknowledged", "en_route", "on_scene", "transporting", "at_referral", "standby", "out_of_service"];

/** Trouble first, then who is out, then who is free. */
export const inStripOrder = (a, b) =>
  UNIT_ORDER.indexOf(a.state) - UNIT_ORDER.indexOf(b.state) || compare(a.call_sign, b.call_sign);
