// The times of a paper form: one date and up to five clock times as they were written, made moments. Pure.
import { fromLocal, toLocal } from "./local_time.js";

export const WHICH = ["t0", "t1", "t2", "t3", "t4"];
const HALF_DAY_MS = 43_200_000;

/** "2.34", "02:34:18", "0234" -> "02:34:18"; null for what is no time of day. */
export function clockOf(words) {
  const found = /^\s*(\d{1,2})\s*[.:,]?\s*(\d{2})(?:\s*[.:,]?\s*(\d{2}))?\s*$/.exec(words ?? "");
  if (!found) return null;
  const [hour, minute, second] = [found[1], found[2], found[3] ?? "0"].map(Number);
  return hour < 24 && minute < 60 && second < 60 ? [hour, minute, second].map((part) => String(part).padStart(2, "0")).join(":") : null;
}

/**
 * {t0: ms, ...} of {date: "2026-11-22", words: {t0: "23.58", ...}} in the zone. The date is that of the answer (t1); what
 * would lie more than half a day away from it belongs to the day before or after: forms are written around midnight too.
 */
export function momentsOf({ date, words = {} }, zone) {
  const at = (which) => (clockOf(words[which]) ? fromLocal(`${date}T${clockOf(words[which])}`, zone) : null);
  const answered = at("t1");
  return Object.fromEntries(WHICH.map((which) => [which, nearest(at(which), answered)]));
}

function nearest(ms, answered) {
  if (ms === null || answered === null) return ms;
  if (ms - answered > HALF_DAY_MS) return ms - 2 * HALF_DAY_MS;
  return answered - ms > HALF_DAY_MS ? ms + 2 * HALF_DAY_MS : ms;
}

/** The first times whose words are no time of day. */
export const unreadable = ({ words = {} }) => WHICH.filter((which) => (words[which] ?? "").trim() && !clockOf(words[which]));

/** The first two times that stand the wrong way round: asked about, never refused. */
export function oddPair(paper) {
  const known = ["t0", "t1", "t2", "t4"].filter((which) => Number.isFinite(paper?.[which]));
  return known.slice(1).map((which, i) => [known[i], which]).find(([one, other]) => paper[other] < paper[one]) ?? null;
}

/** Today's date in the zone, as an <input type="date"> holds it. */
export const today = (ms, zone) => toLocal(ms, zone).slice(0, 10);
