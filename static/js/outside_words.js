// What comes from outside, put in order and in words. Pure: cards in, lists and words out.
import { atFully } from "./clock.js";
import { told } from "./told.js";
import { listed, t } from "./words.js";

export const ICONS = { quake: "activity", tsunami: "ripple", volcano: "mountain", weather: "cloud-storm", flood: "droplet", cyclone: "cloud-storm", fire: "flame", landslide: "mountain" };

export const LEVELS = { normal: t("Normal (I)"), waspada: t("Waspada (II)"), siaga: t("Siaga (III)"), awas: t("Awas (IV)") };

/** Where the volcanoes near the sites we know of stand: name -> [lon, lat] in degrees. */
export const VOLCANOES = {
  Rinjani: [116.47, -8.42], Tambora: [118.0, -8.25], "Sangeang Api": [119.07, -8.2], Agung: [115.508, -8.343], Batur: [115.375, -8.242],
  Papandayan: [107.73, -7.32], Guntur: [107.84, -7.143], Galunggung: [108.058, -7.25], "Tangkuban Parahu": [107.6, -6.77], Ceremai: [108.4, -6.892], Gede: [106.98, -6.78],
  Semeru: [112.92, -8.108], Merapi: [110.446, -7.54], Kelud: [112.308, -7.93], Bromo: [112.95, -7.942], Raung: [114.042, -8.125], Ijen: [114.242, -8.058],
};

const byTime = (field) => (a, b) => Date.parse(b[field]) - Date.parse(a[field]) || b.id - a.id;

/** The newest first. */
export const newestFirst = (bulletins) => [...bulletins].sort(byTime("at"));

/** What waits for a decision first, then what was decided; each the newest first. */
export function inTurn(proposals) {
  return [...proposals].sort((a, b) => Number(a.state !== "open") - Number(b.state !== "open") || byTime("made_at")(a, b));
}

const LANGUAGE = globalThis.document?.documentElement.lang || "id";
const oneDigit = new Intl.NumberFormat(LANGUAGE, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** "Gempa M6,8", or what its source called it. */
export const whatOf = ({ kind, magnitude, title }) => (kind === "quake" && magnitude !== null ? t("Gempa M{size}", { size: oneDigit.format(magnitude) }) : told(title));

/** "kedalaman 12 km · dirasakan VI Sembalun", each only where it is known. */
export function factsOf({ depth_km: depth, felt }) {
  return [depth !== null && t("kedalaman {km} km", { km: Math.round(depth) }), felt && t("dirasakan {where}", { where: felt })].filter(Boolean).join(" · ");
}

/** Who told it, each once: "BMKG dan U.S. Geological Survey". */
export const creditOf = ({ sources }) => listed([...new Set(sources.map(({ attribution }) => told(attribution).split(" (")[0]))]);

/** What happened, and what is asked because of it: the two halves of a proposal's title. */
export function partsOf({ title }) {
  const end = title.lastIndexOf(": ");
  return end < 0 ? [title, ""] : [title.slice(0, end), title.slice(end + 2)];
}

const ASKS = { status: () => t("nyatakan status darurat?"), alert: ({ villages }) => t("siarkan ke {n} kepala desa?", { n: villages }) };

/** What is asked, in the language of the page. */
export const asksOf = (proposal) => proposal.asks.map((one) => ASKS[one]?.(proposal)).filter(Boolean).join(" ");

const DECIDED = { accepted: (gaps) => t("Diterima {who}, {at}", gaps), declined: (gaps) => t("Ditolak {who}, {at}", gaps) };

/** "Diterima komang, 14.05 WITA", empty while it is open. */
export function decidedWords({ state, decided_by: who, decided_at: moment }) {
  return DECIDED[state]?.({ who: who ?? "", at: moment ? atFully(moment) : "" }) ?? "";
}

/** How many wait for a decision. */
export const openCount = (proposals) => [...proposals].filter(({ state }) => state === "open").length;

/** The closed part in one line: the newest, and how many more there are. */
export function shortWords(bulletins) {
  const [first, ...rest] = newestFirst(bulletins);
  if (!first) return "";
  const where = [whatOf(first), first.place && told(first.place)].filter(Boolean).join(", ");
  return rest.length ? t("{first}, dan {n} lain", { first: where, n: rest.length }) : where;
}
