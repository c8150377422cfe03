// Wall-clock times of the site, as an <input type="datetime-local"> holds them, to moments and back. Pure.

const formats = new Map();

function partsOf(ms, zone) {
  if (!formats.has(zone)) {
    formats.set(zone, new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" }));
  }
  return Object.fromEntries(formats.get(zone).formatToParts(new Date(ms)).map(({ type, value }) => [type, value]));
}

/** ms -> "2026-11-22T11:05:00" in the zone; "" for none. */
export function toLocal(ms, zone) {
  if (!Number.isFinite(ms)) return "";
  const { year, month, day, hour, minute, second } = partsOf(ms, zone);
  return `${year}-${month}-${day}T${hour}:${minute}:${second}`;
}

/** "2026-11-22T11:05" or with seconds, in the zone -> ms; null for what is no time. */
export function fromLocal(words, zone) {
  const asUtc = Date.parse(`${words}Z`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(words) || !Number.isFinite(asUtc)) return null;
  const offset = (ms) => Date.parse(`${toLocal(ms, zone)}Z`) - Math.floor(ms / 1000) * 1000;
  return asUtc - offset(asUtc - offset(asUtc));
}
