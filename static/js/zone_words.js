// What is drawn by hand is called, and how a zone is told in a line. Pure.
import { t } from "./words.js";

/** Kind -> its word, the shape one draws (as Leaflet-Geoman calls it), its icon on the map where it is a point. */
export const ZONE_KINDS = {
  affected: { word: t("terdampak"), draws: "Polygon", icon: "polygon" },
  isolated: { word: t("terisolir"), draws: "Polygon", icon: "polygon" },
  road_cut: { word: t("jalan putus"), draws: "Line", icon: "road-off" },
  post: { word: t("posko lapangan"), draws: "Marker", icon: "flag" },
  evacuation_route: { word: t("jalur evakuasi"), draws: "Line", icon: "route" },
  assembly_point: { word: t("titik kumpul"), draws: "Marker", icon: "users-group" },
};

/** Kind -> its word and icon. */
export const FACILITY_KINDS = {
  puskesmas: { word: t("puskesmas"), icon: "first-aid-kit" },
  hospital: { word: t("rumah sakit"), icon: "building-hospital" },
  fire_post: { word: t("pos pemadam"), icon: "firetruck" },
  police: { word: t("polisi"), icon: "shield" },
  shelter: { word: t("pengungsian"), icon: "tent" },
  school: { word: t("sekolah"), icon: "school" },
  government: { word: t("kantor pemerintah"), icon: "building-bank" },
  water: { word: t("sumber air"), icon: "droplet" },
  other: { word: t("fasilitas lain"), icon: "building" },
};

export const zoneWord = (kind) => ZONE_KINDS[kind]?.word ?? String(kind ?? "");

export const facilityWord = (kind) => FACILITY_KINDS[kind]?.word ?? String(kind ?? "");

export const facilityIcon = (kind) => FACILITY_KINDS[kind]?.icon ?? "building";

/** "TERISOLIR · Dusun Lekok" */
export const zoneLabel = ({ kind, words }) => [zoneWord(kind).toUpperCase(), words].filter(Boolean).join(" · ");

/** "120 dari 200 orang", "200 orang", "": how full, as far as anyone said. */
export function fullness({ capacity, occupied }) {
  if (capacity !== null && capacity !== undefined && occupied !== null && occupied !== undefined) return t("{occupied} dari {capacity} orang", { occupied, capacity });
  if (capacity !== null && capacity !== undefined) return t("muat {capacity} orang", { capacity });
  return occupied !== null && occupied !== undefined ? t("{occupied} orang di dalam", { occupied }) : "";
}

/** The choices of "until when": seconds -> words; "" is without an end. */
export const LASTS = { 3600: t("1 jam"), 10800: t("3 jam"), 21600: t("6 jam"), 43200: t("12 jam"), 86400: t("24 jam"), 259200: t("3 hari") };

/** The moment a zone ends, as the API takes it, or undefined for one without an end. */
export const endsAt = (seconds, moment) => (seconds ? new Date(Number(moment) + Number(seconds) * 1000).toISOString() : undefined);

/** Whether a zone still holds at a moment. */
export const stands = ({ expires_at }, moment) => !expires_at || Date.parse(expires_at) > Number(moment);

/** [lon, lat] where a shape's name can stand: a point, the middle of a line, inside a polygon as far as its box goes. */
export function middleOf({ type, coordinates }) {
  if (type === "Point") return coordinates;
  if (type === "LineString") return coordinates[Math.floor(coordinates.length / 2)];
  if (type === "MultiLineString") return middleOf({ type: "LineString", coordinates: longest(coordinates) });
  if (type === "MultiPolygon") return ringMiddle(longest(coordinates.map(([ring]) => ring)));
  return type === "Polygon" ? ringMiddle(coordinates[0]) : null;
}

const longest = (parts) => parts.reduce((best, part) => (part.length > best.length ? part : best));

// The middle of the widest stretch inside the ring, on the line halfway up: always inside.
function ringMiddle(ring) {
  const lats = ring.map(([, lat]) => lat);
  const lat = (Math.min(...lats) + Math.max(...lats)) / 2 + 1e-9;
  const cuts = ring.slice(1).flatMap(([lon, south], place) => crossing(ring[place], [lon, south], lat)).sort((a, b) => a - b);
  const stretches = cuts.flatMap((cut, place) => (place % 2 ? [[cuts[place - 1], cut]] : []));
  if (!stretches.length) return ring[0];
  const [west, east] = stretches.reduce((best, one) => (one[1] - one[0] > best[1] - best[0] ? one : best));
  return [(west + east) / 2, lat];
}

function crossing([fromLon, fromLat], [toLon, toLat], lat) {
  if (fromLat > lat === toLat > lat) return [];
  return [fromLon + ((lat - fromLat) / (toLat - fromLat)) * (toLon - fromLon)];
}
