// What stands on the map beside incidents: the kinds of areas, facilities and stages, each with its word and its look.
import { FACILITY_WORDS, ZONE_WORDS } from "../ground_kinds.js";
import { t } from "./words.js";

export const PRIORITIES = () => [t("merah, nyawa"), t("segera"), t("dapat menunggu"), t("informasi")];

export const STAGE_LOOKS = () => ({
  waiting: { word: t("Menunggu satuan"), colour: "red" },
  handled: { word: t("Sedang ditangani"), colour: "blue" },
  obstructed: { word: t("Ada kendala"), colour: "amber" },
  controlled: { word: t("Terkendali"), colour: "green" },
  closed: { word: t("Ditutup dalam 24 jam"), colour: "grey" },
});

/** Kinds of areas: colour token, dash, how full, and the sign drawn in its middle. */
const ZONE_LOOKS = {
  affected: { colour: "amber", dash: null, fill: 0.22, sign: "!" },
  isolated: { colour: "red", dash: "8 5", fill: 0.2, sign: "×" },
  road_cut: { colour: "red", dash: null, fill: 0.5, sign: "—", weight: 5 },
  post: { colour: "blue", dash: null, fill: 0.25, sign: "P" },
  evacuation_route: { colour: "green", dash: "2 7", fill: 0.15, sign: "→", weight: 4 },
  assembly_point: { colour: "green", dash: null, fill: 0.3, sign: "T" },
};

const OTHER_ZONE = () => ({ word: t("Wilayah lain"), colour: "grey", dash: null, fill: 0.15, sign: "•" });

/** What a table says of a word, or null: a word from a file may also be "constructor" or "__proto__". */
export const own = (table, word) => (Object.hasOwn(table, word) ? table[word] : null);

const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);

const said = (words, kind) => ({ word: capital(t(words[kind])) });

export const zoneLook = (kind) => (own(ZONE_LOOKS, kind) ? { ...ZONE_LOOKS[kind], ...said(ZONE_WORDS, kind) } : OTHER_ZONE());

const FACILITY_SIGNS = { puskesmas: "+", hospital: "RS", fire_post: "DK", police: "PL", shelter: "PG", school: "S", government: "K", water: "A", other: "•" };

export function facilityLook(kind) {
  const known = own(FACILITY_SIGNS, kind) ? kind : "other";
  return { sign: FACILITY_SIGNS[known], ...said(FACILITY_WORDS, known) };
}

/** The word of an incident's type in the language of the reader. */
export const typeWord = (types, type, language) => types[type]?.[language === "en" ? 2 : 1] ?? "?";
