// "14:30" as the next moment the room's clock shows it. Pure.
import { clockText } from "./time.js";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;

const minutesOf = (text) => {
  const [hours, minutes] = text.split(/[:.]/).map(Number);
  return hours * 60 + minutes;
};

/** The next time after `moment` at which a clock in the zone shows "HH:MM", as RFC 3339 UTC. */
export function momentOfTime(text, moment, zone) {
  const start = Math.floor(moment / MINUTE_MS) * MINUTE_MS;
  const ahead = (minutesOf(text) - minutesOf(clockText(start, zone).slice(0, 5)) + DAY_MINUTES) % DAY_MINUTES;
  return new Date(start + ahead * MINUTE_MS).toISOString();
}
