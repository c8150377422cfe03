// What stands on the map beside incidents: the kinds of areas, facilities and stages, each with its word and its look.
import { t } from "./words.js";

export const PRIORITIES = () => [t("merah, nyawa"), t("segera"), t("dapat menunggu"), t("informasi")];

export const STAGE_LOOKS = () => ({
  waiting: { word: t("Menunggu satuan"), colour: "red" },
  handled: { word: t("Sedang ditangani"), colour: "blue" },
  obstructed: { word: t("Ada kendala"), colour: "amber" },
  controlled: { word: t("Terkendali"), colour: "green" },
  closed: { word: t("Ditutup dalam 24 jam"), colour: "grey" },
});

/** Kinds of areas: word, colour token, dash, how full, and the sign drawn in its middle. */
const ZONE_LOOKS = () => ({
  affected: { word: t("Wilayah terdampak"), colour: "amber", dash: null, fill: 0.22, sign: "!" },
  isolated: { word: t("Terisolir"), colour: "red", dash: "8 5", fill: 0.2, sign: "×" },
  road_cut: { word: t("Jalan putus"), colour: "red", dash: null, fill: 0.5, sign: "—", weight: 5 },
  post: { word: t("Posko"), colour: "blue", dash: null, fill: 0.25, sign: "P" },
  evacuation_route: { word: t("Jalur evakuasi"), colour: "green", dash: "2 7", fill: 0.15, sign: "→", weight: 4 },
  assembly_point: { word: t("Titik kumpul"), colour: "green", dash: null, fill: 0.3, sign: "T" },
});

const OTHER_ZONE = () => ({ word: t("Wilayah lain"), colour: "grey", dash: null, fill: 0.15, sign: "•" });

/** What a table says of a word, or null: a word from a file may also be "constructor" or "__proto__". */
export const own = (table, word) => (Object.hasOwn(table, word) ? table[word] : null);

export const zoneLook = (kind) => own(ZONE_LOOKS(), kind) ?? OTHER_ZONE();

const FACILITY_LOOKS = () => ({
  puskesmas: { word: t("Puskesmas"), sign: "+" },
  hospital: { word: t("Rumah sakit"), sign: "RS" },
  fire_post: { word: t("Pos pemadam"), sign: "DK" },
  police: { word: t("Kepolisian"), sign: "PL" },
  shelter: { word: t("Tempat pengungsian"), sign: "UN" },
  school: { word: t("Sekolah"), sign: "S" },
  government: { word: t("Kantor pemerintah"), sign: "K" },
  water: { word: t("Sumber air"), sign: "A" },
  other: { word: t("Fasilitas lain"), sign: "•" },
});

export const facilityLook = (kind) => own(FACILITY_LOOKS(), kind) ?? FACILITY_LOOKS().other;

/** The word of an incident's type in the language of the reader. */
export const typeWord = (types, type, language) => types[type]?.[language === "en" ? 2 : 1] ?? "?";
