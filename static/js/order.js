// What is worst and what waits: the order of the queue, what breaks its target and why, and the filters of the URL. Pure.
import { ageBriefly, secondsBetween } from "./time.js";
import { t } from "./words.js";

/** Priority -> seconds from opening until a unit must be on its way, then on scene; the page brings the room's own. */
export const TARGETS_S = { P1: [60, 900], P2: [180, 1800], P3: [900, 7200], P4: [3600, 86400] };

const ANSWER_WITHIN_S = 120;
const MOVING = new Set(["en_route", "on_scene", "transporting", "at_referral", "mayday", "obstructed"]);
const ARRIVED = new Set(["on_scene", "transporting", "at_referral", "mayday"]);

/**
 * How an incident stands: {isBreach, isMayday, isWaiting, dueMs, what, words}. `dueMs` is when its first clock breaks or
 * broke (Infinity: none runs), `what` names that clock, words say why the incident is where it is, "" when all is well;
 * `rowWords` the same without a late task, which has a mark of its own in the row.
 * `more` brings its open alarms and tasks.
 */
export function standing(incident, assignments, moment, targets = TARGETS_S, more = {}) {
  const { alarms = [], tasks = [] } = more;
  const isWaiting = assignments.length === 0 && !isSettled(incident);
  const mayday = assignments.find((one) => one.state === "mayday") ?? alarms.find((one) => one.kind === "mayday");
  if (mayday) return { isMayday: true, isBreach: true, isWaiting, dueMs: -Infinity, what: "mayday", ...sayTwice(t("DARURAT dari {unit}", { unit: mayday.call_sign ?? "?" })) };
  const clocks = [...unitClocks(incident, assignments, targets), ...alarms.map(alarmClock), ...tasks.filter((one) => one.due_at).map(taskClock)];
  return worst(incident, clocks, Number(moment), isWaiting);
}

const sayTwice = (words) => ({ words, rowWords: words });

const isSettled = ({ state }) => state === "controlled" || state === "closed";

const obstacleWords = ({ obstacle }) => (obstacle ? t("ada kendala: {text}", { text: obstacle }) : t("ada kendala"));

// What broke first counts, else what breaks next; an obstacle is always said. Words are made for the rows that are drawn.
function worst(incident, clocks, moment, isWaiting) {
  const first = clocks.reduce((least, one) => (least && least.dueMs <= one.dueMs ? least : one), null);
  const dueMs = first?.dueMs ?? Infinity;
  const isBreach = dueMs < moment;
  const isKeptUp = incident.state === "obstructed";
  const why = (isTold) => (first && !isTold ? first.words(moment, isBreach) : "");
  const say = (isTold) => (isKeptUp ? [obstacleWords(incident), isBreach && why(isTold)].filter(Boolean).join("; ") : why(isTold));
  return {
    isBreach, isWaiting, dueMs, what: isKeptUp ? "obstacle" : first?.what ?? "",
    get words() { return say(false); },
    get rowWords() { return say(isBreach && first.what === "task"); },
  };
}

// ---- the clocks of an incident: {what, dueMs, words(moment, isOver)}

// Until a unit is on its way, then until one is on scene. What stands under control, or is kept up, has neither.
function unitClocks(incident, assignments, targets) {
  if (isSettled(incident) || incident.state === "obstructed") return [];
  const [toLeave, toArrive] = targets[incident.priority] ?? TARGETS_S.P4;
  const states = assignments.map((one) => one.state);
  if (!states.length) return [clock("unit", incident.opened_at, toLeave, () => t("tanpa satuan"), () => t("menunggu satuan"))];
  if (states.some((state) => ARRIVED.has(state))) return [];
  if (states.some((state) => MOVING.has(state))) return [clock("arrive", incident.opened_at, toArrive, () => t("belum ada satuan di lokasi"), () => t("satuan di jalan"))];
  return [clock("leave", incident.opened_at, toLeave, () => t("belum ada satuan berangkat"), () => t("satuan bersiap")), ...silence(assignments)];
}

// Nobody has answered the order yet.
function silence(assignments) {
  const silent = assignments.filter((one) => one.state === "assigned");
  if (silent.length < assignments.length) return [];
  const since = silent.map((one) => one.assigned_at).sort(compare)[0];
  return [clock("answer", since, ANSWER_WITHIN_S, () => t("satuan belum menjawab"), () => t("menunggu jawaban satuan"))];
}

function clock(what, since, limitS, over, before) {
  const dueMs = Date.parse(since) + limitS * 1000;
  return { what, dueMs, words: (moment, isOver) => (isOver ? overWords(over(), since, moment, limitS) : leftWords(before(), dueMs, moment)) };
}

const overWords = (what, since, moment, limitS) => t("{what} {age}, batas {limit}", { what, age: ageBriefly(secondsBetween(since, moment)), limit: ageBriefly(limitS) });

const leftWords = (what, dueMs, moment) => t("{what}, batas {age} lagi", { what, age: ageBriefly(Math.max(0, (dueMs - moment) / 1000)) });

// A question to a unit breaks when nobody answers it in time; silence that became an alarm has broken already.
function alarmClock(alarm) {
  const isQuestion = alarm.kind === "welfare";
  const since = isQuestion ? alarm.asked_at ?? alarm.since : alarm.since;
  const limitS = isQuestion ? ANSWER_WITHIN_S : alarm.limit_s ?? 0;
  const over = () => (isQuestion ? t("{unit} belum menjawab apakah aman", { unit: alarm.call_sign }) : t("{unit} tanpa kabar", { unit: alarm.call_sign }));
  const before = () => t("{unit} ditanya apakah aman", { unit: alarm.call_sign });
  return { ...clock(isQuestion ? "welfare" : "silent", since, limitS, over, before), ...(alarm.misses ? { dueMs: Date.parse(alarm.since) } : {}) };
}

function taskClock({ kind, due_at: dueAt }) {
  const what = kind === "next_word" ? t("kabar ke pelapor") : t("tugas");
  const words = (moment, isOver) => (isOver ? t("{what} lewat {age}", { what, age: ageBriefly(secondsBetween(dueAt, moment)) }) : leftWords(what, Date.parse(dueAt), moment));
  return { what: "task", dueMs: Date.parse(dueAt), words };
}

/**
 * The queue's order: mayday, then priority, then what is under control last, then what broke its target, then what broke
 * or breaks it first, then the longest wait.
 */
export function inQueueOrder(a, b) {
  return (
    Number(b.standing.isMayday ?? false) - Number(a.standing.isMayday ?? false) ||
    compare(a.incident.priority, b.incident.priority) ||
    Number(a.incident.state === "controlled") - Number(b.incident.state === "controlled") ||
    Number(b.standing.isBreach) - Number(a.standing.isBreach) ||
    compare(a.standing.dueMs ?? Infinity, b.standing.dueMs ?? Infinity) ||
    compare(a.incident.opened_at, b.incident.opened_at) ||
    compare(a.incident.id, b.incident.id)
  );
}

const compare = (a, b) => (a < b ? -1 : Number(a > b));

/** Cards by the incident they belong to: assignments, alarms, tasks. */
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

export const SHOWS = ["open", "waiting", "late", "obstructed", "mine"];

/** What narrows the queue besides the chip and the search: name in the URL -> what may stand there. */
export const NARROWS = {
  priority: /^P[1-4]$/,
  state: /^(new|verified|responding|obstructed|controlled)$/,
  type: /^[a-z0-9_]{1,30}$/,
  agency: /^[A-Za-z0-9_ -]{1,20}$/,
  area: /^\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?$/,
};

/** "?show=late&q=sajang&priority=P1" -> {show, q, priority, state, type, agency, area}; what makes no sense is left out. */
export function readFilters(search) {
  const query = new URLSearchParams(search);
  const show = query.get("show");
  const narrow = Object.entries(NARROWS).map(([name, sense]) => [name, sense.test(query.get(name) ?? "") ? query.get(name) : ""]);
  return { show: SHOWS.includes(show) ? show : "open", q: query.get("q") ?? "", ...Object.fromEntries(narrow) };
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

/** How many of the narrowing filters are set. */
export const narrowed = (filters) => Object.keys(NARROWS).filter((name) => filters[name]).length;

const SHOWN = {
  open: () => true,
  waiting: ({ standing: { isWaiting } }) => isWaiting,
  late: ({ standing: { isBreach } }) => isBreach,
  obstructed: ({ incident }) => incident.state === "obstructed",
  mine: ({ isMine }) => Boolean(isMine),
};

const folded = (text) => String(text ?? "").toLowerCase();

/** Whether a line of the queue passes the filters; `typeName` turns a code into the word people search for. */
export function passes(line, { show, q, ...narrow }, typeName = (code) => code) {
  const { incident } = line;
  if (!SHOWN[show](line) || !passesNarrow(incident, narrow)) return false;
  if (!q) return true;
  const text = folded(`${incident.number} ${incident.place} ${typeName(incident.type)}`);
  return folded(q).split(/\s+/).every((word) => text.includes(word));
}

const passesNarrow = (incident, { priority, state, type, agency, area }) =>
  (!priority || incident.priority === priority) &&
  (!state || incident.state === state) &&
  (!type || incident.type === type) &&
  (!agency || (incident.agencies ?? []).includes(agency)) &&
  (!area || isWithin(incident.area_code, area));

// 52.03.1 is not a part of 52.03.10: the next letter must be a dot.
const isWithin = (code, area) => code === area || Boolean(code?.startsWith(`${area}.`));

/** Whether an incident is somebody's own: a task of theirs, their unit, or they were the first to say they heard it. */
export function isMine(incident, tasks, { name, unit_id: unit, agency_code: agency }) {
  if (name && (incident.heard_by === name || tasks.some((one) => one.owner_kind === "person" && one.owner === name))) return true;
  return Boolean((unit && incident.unit_ids?.includes(unit)) || (agency && incident.agencies?.includes(agency)));
}

// ---- what sounds

/** The P1 nobody has said to have heard and nobody works on: what sounds, once, and stands above the queue until then. */
export const unheard = (incidents) =>
  [...incidents].filter((one) => one.priority === "P1" && !one.heard_by && !one.gone && !one.unit_ids?.length && (one.state === "new" || one.state === "verified")).sort((a, b) => compare(a.opened_at, b.opened_at) || compare(a.id, b.id));

// ---- units on the strip

const UNIT_ORDER = ["mayday", "obstructed", "assigned", "acknowledged", "en_route", "on_scene", "transporting", "at_referral", "afield", "standby", "out_of_service"];

/** Trouble first, then who is out, then who is free. */
export const inStripOrder = (a, b) =>
  UNIT_ORDER.indexOf(a.state) - UNIT_ORDER.indexOf(b.state) || compare(a.call_sign, b.call_sign);
