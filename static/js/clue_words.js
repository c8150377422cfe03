// What the room knows of a caller and a place, in words: who called before, what was near, what to beware of. Pure.
import { CALL_CLASSES, named, typeName } from "./names.js";
import { distanceText, listed, t } from "./words.js";
import { facilityWord, fullness, zoneWord } from "./zone_words.js";

export const NOTE_KINDS = {
  hazard: { word: t("bahaya"), icon: "alert-triangle" },
  access: { word: t("jalan masuk"), icon: "road" },
  gate_code: { word: t("kode pintu"), icon: "key" },
  dog: { word: t("anjing"), icon: "paw" },
  patient: { word: t("pasien"), icon: "stethoscope" },
  person: { word: t("penghuni yang perlu dibantu"), icon: "user" },
  other: { word: t("lain-lain"), icon: "note" },
};

/** "3 panggilan: 2 nyata, 1 prank"; a number that never called says so, one that nobody can know says nothing. */
export function phoneWords(phone) {
  if (!phone) return "";
  const counts = Object.entries(phone.counts).filter(([, n]) => n > 0);
  if (!counts.length) return t("belum pernah menelepon");
  const n = counts.reduce((sum, [, count]) => sum + count, 0);
  const each = counts.map(([kind, count]) => `${count} ${named(CALL_CLASSES, kind)}`);
  return t("{n} panggilan: {each}", { n, each: listed(each) });
}

/** Whether the caller's history is mostly pranks: shown as such, and nothing more follows from it. */
export const isMostlyPrank = (phone) => Boolean(phone) && phone.counts.prank > 2 * (phone.counts.normal + phone.counts.info);

/** "Medis · Sajang · 40 m" of an earlier call. */
export const callWords = (call) =>
  [call.class === "normal" ? null : named(CALL_CLASSES, call.class), call.type && typeName(call.type), call.place, call.away_m ? distanceText(call.away_m) : null].filter(Boolean).join(" · ");

const REASONS = {
  "jenis sama": t("jenis sama"), "nomor penelepon sama": t("nomor penelepon sama"), "kata-kata mirip": t("kata-kata mirip"), "desa sama": t("desa sama"),
  "posisi tidak diketahui": t("posisi tidak diketahui"), "sedang bertugas": t("sedang bertugas"), "tidak tercatat mampu untuk jenis ini": t("tidak tercatat mampu untuk jenis ini"), "posisi tanpa jam": t("posisi tanpa jam"),
  "di luar jam dinas": t("di luar jam dinas"), "sudah di kejadian ini": t("sudah di kejadian ini"), DARURAT: t("DARURAT"),
};
const PATTERNS = [
  [/^(\d+) menit lalu$/, (n) => t("{n} menit lalu", { n })],
  [/^awak (\d+) dari (\d+)$/, (n, least) => t("awak {n} dari {least}", { n, least })],
  [/^posisi (\d+) menit lalu$/, (n) => t("posisi {n} menit lalu", { n })],
  [/^posisi (\d+) jam lalu$/, (n) => t("posisi {n} jam lalu", { n })],
  [/^posisi (\d+) hari lalu$/, (n) => t("posisi {n} hari lalu", { n })],
];

/** A reason or a shortfall as the server gives it, in the language of the page; what is no sentence of ours stands as it is. */
export function reasonWords(said) {
  if (REASONS[said]) return REASONS[said];
  const found = PATTERNS.map(([pattern, say]) => [pattern.exec(said), say]).find(([match]) => match);
  return found ? found[1](...found[0].slice(1)) : said;
}

/** "RT 02/RW 01" of "02/01". */
export function rtWords(rt) {
  const [one, other] = rt.split("/");
  return other ? `RT ${one}/RW ${other}` : `RT ${one}`;
}

export const awayWords = (away_m) => (away_m > 0 ? distanceText(away_m) : t("di sini"));

/** What there is to beware of, each {icon, words, soft, note}: the site's hazard maps, what was drawn, what was noted. */
export function dangers({ hazards = [], zones = [], notes = [] }) {
  return [
    ...notes.map((note) => ({ icon: NOTE_KINDS[note.kind]?.icon ?? "note", words: note.words, soft: `${NOTE_KINDS[note.kind]?.word ?? note.kind} · ${awayWords(note.away_m)}`, note })),
    ...zones.map((zone) => ({ icon: "polygon", words: [zoneWord(zone.kind), zone.words].filter(Boolean).join(": "), soft: awayWords(zone.away_m) })),
    ...hazards.map((one) => ({ icon: "alert-triangle", words: one.words || one.layer, soft: one.words ? one.layer : t("di sini") })),
  ];
}

/** "Puskesmas Sembalun · puskesmas · 3,1 km" */
export const facilityWords = (one) => ({ words: one.name, soft: [facilityWord(one.kind), fullness(one)].filter(Boolean).join(" · "), away: distanceText(one.away_m) });

/** What is asked of the server, as far as the form knows it; null while there is neither a place nor a number. */
export function questionOf({ point, type, phone = "", narrative = "", text = "" }) {
  const number = WHOLE_NUMBER.test(phone.trim()) ? phone.trim() : "";
  if (!point && !number) return null;
  const place = point ? { lon: point.lon, lat: point.lat, radius_m: point.radius_m, area_code: point.area_code, text: text.trim() } : {};
  const known = { ...place, type, phone: number, narrative: narrative.trim() };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined && value !== null && value !== ""));
}

/** Whether two questions are about the same place and type: then only the words or the number grew. */
export const isSamePlace = (one, other) => Boolean(one && other) && ["lon", "lat", "radius_m", "area_code", "type"].every((name) => one[name] === other[name]);

const WHOLE_NUMBER = /^[0-9+*# ()-]{8,30}$/;
