// What the wall may say, and when it turns: only codes become words here, nothing somebody typed. Pure.
import { byIncident, inQueueOrder, standing } from "./order.js";
import { t } from "./words.js";

export const SCENES = ["queue", "map", "units", "figures"];
const SECONDS = { usual: 20, least: 5, most: 600 };

/** "?scenes=map,queue&seconds=15" -> {scenes, seconds}; what is not a scene is left out, of nothing all remain. */
export function readWall(search, possible = SCENES) {
  const query = new URLSearchParams(search);
  const asked = (query.get("scenes") ?? "").split(",").map((word) => word.trim()).filter((word) => possible.includes(word));
  const scenes = asked.length ? [...new Set(asked)] : possible;
  const seconds = Number(query.get("seconds") ?? NaN);
  const isTime = query.get("seconds") && Number.isFinite(seconds);
  return { scenes, seconds: isTime ? Math.min(SECONDS.most, Math.max(SECONDS.least, seconds)) : SECONDS.usual };
}

/** Which scene is shown after `elapsedMs` of running time, and what part of its time is over: {scene, part, left}. */
export function turnAt(elapsedMs, { scenes, seconds }) {
  if (scenes.length < 2) return { scene: scenes[0], part: 0, left: null };
  const place = Math.floor(elapsedMs / 1000 / seconds);
  const inScene = elapsedMs / 1000 - place * seconds;
  return { scene: scenes[place % scenes.length], part: inScene / seconds, left: Math.ceil(seconds - inScene) };
}

/** The lines of the queue, worst first: {incident, standing, units} of everything open in the picture. */
export function linesOf({ incidents, assignments }, moment, targets) {
  const groups = byIncident(assignments.values());
  const line = (incident) => ({ incident, standing: standing(incident, groups.get(incident.id) ?? [], moment, targets), units: groups.get(incident.id) ?? [] });
  return [...incidents.values()].map(line).sort(inQueueOrder);
}

/** Why a line stands where it stands; the words of an obstacle are somebody's own and stay on the board. */
export function whyOf({ incident, standing: { words } }, stateWord) {
  return incident.state === "obstructed" ? t("ada kendala") : words || stateWord;
}

/** "Desa Sajang, Kec. Sembalun": the village of the code, else the one the map says, never what was typed. */
export function placeOf({ id, area_code: code, lon }, areas, found = new Map()) {
  const known = (code && (areas[code] ?? areas[code.slice(0, 8)])) || found.get(id);
  if (known) return known;
  return Number.isFinite(lon) ? t("ada di peta") : t("tempat belum jelas");
}

/** What violence at home or a mind in crisis is called on a wall that visitors see, and that it has no mark on the map. */
export const DISCREET = new Set(["kdrt", "odgj"]);

/** Units by state in the order of trouble, states without units left out: [[state, count], ...]. */
export function unitSums(units, order) {
  const counts = new Map();
  for (const { state } of units) counts.set(state, (counts.get(state) ?? 0) + 1);
  const place = (state) => (order.includes(state) ? order.indexOf(state) : order.length);
  return [...counts].sort(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1));
}

/** {open, waiting, late, mayday} of the lines; `open` counts the whole queue, of which the picture may hold the head. */
export function sumsOf(lines, open) {
  const many = (test) => lines.filter(test).length;
  return {
    open,
    waiting: many(({ standing: { isWaiting } }) => isWaiting),
    late: many(({ standing: { isBreach } }) => isBreach),
    mayday: many(({ standing: { isMayday } }) => isMayday),
  };
}
