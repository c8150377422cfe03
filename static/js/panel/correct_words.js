// What a correction sends: only what differs from the incident. Pure.
const PICKED_RADIUS_M = 50;

/** {type?, priority?, place?}: what differs from the incident. */
export function changed(incident, { type, priority, place }, point) {
  const words = place.trim();
  const isMoved = point !== null || words !== (incident.place ?? "");
  return {
    ...(type !== incident.type ? { type } : {}),
    ...(priority !== incident.priority ? { priority } : {}),
    ...(isMoved ? { place: placeOf(incident, words, point) } : {}),
  };
}

// New words for an old point leave the point where it is.
function placeOf(incident, text, point) {
  if (point) return { method: "map", radius_m: PICKED_RADIUS_M, ...point, text };
  const { lon, lat, radius_m, method, area_code } = incident;
  const known = Number.isFinite(lon) ? { lon, lat } : {};
  return { method: method || "text", ...known, text, ...(radius_m ? { radius_m } : {}), ...(area_code ? { area_code } : {}) };
}
