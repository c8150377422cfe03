// A round on the air: which message the page shows, whose turn it is to answer, and what each tile says. Pure.
import { t } from "./words.js";

/** state of a reception -> what its tile says; a device is never called a person. */
export const TILE_WORDS = {
  queued: t("antre"), keyed: t("mengudara, belum dijawab"), heard: t("diterima alat"), seen: t("dilihat orang"), read_back: t("dibaca ulang"),
  failed: t("gagal"), unknown: t("tidak menjawab"), expired: t("terlambat"), superseded: t("diganti"),
};

const OPEN = ["queued", "spooled", "keyed"];
const ANSWERED = ["heard", "seen", "read_back"];
const BY_A_PERSON = ["seen", "read_back"];

/** The message whose stations are shown: the chosen one, what is on the air, what is open, else the newest to several. */
export function shownAsk({ transmissions, round }, chosen = null) {
  const asks = transmissions.filter(({ kind }) => kind !== "text");
  return asks.find(({ uid }) => uid === chosen) ?? asks.find(({ uid }) => uid === round?.uid) ?? asks.find(({ state }) => OPEN.includes(state)) ?? asks[0] ?? null;
}

/** {phase, place, station, left_s}: "keying" while the message itself is on the air, "slots" while they answer, "" else. */
export function turnOf(round, moment) {
  if (!round || moment >= Date.parse(round.ends_at)) return { phase: "" };
  const since = moment - Date.parse(round.begins_at);
  if (since < 0) return { phase: "keying", left_s: -since / 1000 };
  const place = Math.min(round.asked.length - 1, Math.floor(since / round.slot_ms));
  return { phase: "slots", isForPersons: Boolean(round.calling), place, station: round.asked[place], left_s: (Date.parse(round.ends_at) - moment) / 1000 };
}

/** What a tile says, and its look: the state of the row, or that this station's turn is now. */
export function tileOf({ station, state }, kind, turn) {
  const settled = turn.isForPersons ? BY_A_PERSON : ANSWERED;
  const isTurn = turn.phase === "slots" && turn.station === station && !settled.includes(state);
  const words = isTurn ? (turn.isForPersons ? t("ditanya: sudah dilihat?") : t("giliran menjawab")) : kind === "rollcall" && state === "heard" ? t("hadir") : TILE_WORDS[state] ?? state;
  const look = kind === "rollcall" && state === "heard" ? "present" : TILE_WORDS[state] ? state : "unknown";
  return { look, isTurn, words };
}

/** How many devices have it, how many people saw it, how many are asked. */
export function tally(stations) {
  const having = (states) => stations.filter(({ state }) => states.includes(state)).length;
  return { heard: having(ANSWERED), seen: having(BY_A_PERSON), silent: having(["failed", "unknown", "expired"]), all: stations.length };
}

/** Seconds from the first time on the air to a station's answer; null where it has none. */
export function answeredAfter(one, keyed_at) {
  if (!ANSWERED.includes(one.state) || !keyed_at) return null;
  return Math.max(0, (Date.parse(one.at) - Date.parse(keyed_at)) / 1000);
}

export const inCallOrder = (stations) => [...stations].sort((a, b) => a.station - b.station);
