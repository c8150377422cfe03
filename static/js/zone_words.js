// What is drawn by hand is called, and how a zone is told in a line. Pure.
import { FACILITY_WORDS, ZONE_WORDS } from "./ground_kinds.js";
import { t } from "./words.js";

/** Kind -> its word, the shape one draws (as Leaflet-Geoman calls it), its icon on the map where it is a point. */
export const ZONE_KINDS = worded(ZONE_WORDS, {
  affected: { draws: "Polygon", icon: "polygon" },
  isolated: { draws: "Polygon", icon: "polygon" },
  road_cut: { draws: "Line", icon: "road-off" },
  post: { draws: "Marker", icon: "flag" },
  evacuation_route: { draws: "Line", icon: "route" },
  assembly_point: { draws: "Marker", icon: "users-group" },
});

/** Kind -> its word and icon. */
export const FACILITY_KINDS = worded(FACILITY_WORDS, {
  puskesmas: { icon: "first-aid-kit" },
  hospital: { icon: "building-hospital" },
  fire_post: { icon: "firetruck" },
  police: { icon: "shield" },
  shelter: { icon: "tent" },
  school: { icon: "school" },
  government: { icon: "building-bank" },
  water: { icon: "droplet" },
  other: { icon: "building" },
});

function worded(words, looks) {
  return Object.fromEntries(Object.entries(looks).map(([kind, look]) => [kind, { word: t(words[kind]), ...look }]));
}

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
