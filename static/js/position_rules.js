// When a position is worth telling, on a thin line and a small battery. Pure.
const EARTH_M = 6371008.8; // mean radius, IUGG
const MOVED_M = 30;
const LEAST_MS = 20_000;
const MOST_MS = 120_000;
const COARSE_M = 500; // worse than this says less than the last good one

const radians = (degrees) => (degrees * Math.PI) / 180;

/** Metres between two {lon, lat} on the sphere (haversine). */
export function metresBetween(a, b) {
  const [dLat, dLon] = [radians(b.lat - a.lat) / 2, radians(b.lon - a.lon) / 2];
  const root = Math.sin(dLat) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(dLon) ** 2;
  return 2 * EARTH_M * Math.asin(Math.sqrt(root));
}

/** `last` and `fix` are {lon, lat, accuracy_m, at_ms}; the first one always, a still unit every two minutes, a moving one at most every 20 s. */
export function isWorthTelling(last, fix) {
  if (!last) return true;
  const age_ms = fix.at_ms - last.at_ms;
  if (age_ms < LEAST_MS) return false;
  if (age_ms >= MOST_MS) return true;
  return fix.accuracy_m <= COARSE_M && metresBetween(last, fix) > Math.max(MOVED_M, fix.accuracy_m);
}

/** Whether a unit is on duty: in service, or sent somewhere all the same. */
export const isOnDuty = (unit) => Boolean(unit) && (unit.in_service || unit.incident_ids.length > 0);
