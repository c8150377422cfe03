// What an import is called, how far it is and what came of it, in sentences. Pure.
import { numberText, t } from "./words.js";

export const WHAT = { boundaries: t("batas wilayah"), landmarks: t("patokan"), facilities: t("fasilitas"), population: t("jumlah penduduk") };

export const LEVELS = { 1: t("provinsi"), 2: t("kabupaten/kota"), 3: t("kecamatan"), 4: t("desa/kelurahan") };

const STATES = { waiting: t("menunggu giliran"), running: t("sedang dimasukkan"), done: t("sudah masuk"), refused: t("ditolak, tidak ada yang diubah"), lost: t("terputus") };

export const stateWord = ({ state }) => STATES[state] ?? state;

export const isUnderWay = ({ state }) => state === "waiting" || state === "running";

/** 0 to 100, or null while nobody can say. */
export const percentOf = ({ done, of }) => (of ? Math.floor((100 * done) / of) : null);

/** "412 dari 1.176 diperiksa", "membaca berkas…" */
export function progressWords({ state, what, done, of }) {
  if (state === "waiting") return t("menunggu giliran");
  if (!of) return t("membaca berkas…");
  const gaps = { done: numberText(done), of: numberText(of) };
  if (what !== "boundaries") return t("{done} dari {of} baris", gaps);
  return done < of ? t("{done} dari {of} wilayah diperiksa", gaps) : t("menyimpan {of} wilayah…", gaps);
}

/** The sentences of an import that is over, the first the most important. */
export function outcomeLines(one) {
  if (one.state === "lost") return [one.can_repeat ? t("Prosesnya berhenti di tengah jalan. Masukkan sekali lagi; yang sudah masuk tidak menjadi dua.") : t("Prosesnya berhenti di tengah jalan. Unggah sekali lagi; yang sudah masuk tidak menjadi dua.")];
  if (one.state === "refused") return [one.sentence];
  if (one.state !== "done") return [];
  return one.what === "boundaries" ? boundaryLines(one.told) : listLines(one.told);
}

function boundaryLines({ areas, new: fresh, replaced, levels, crs, outline }) {
  const kinds = Object.entries(levels).map(([level, count]) => `${numberText(count)} ${LEVELS[level]}`).join(", ");
  return [
    t("{areas} wilayah masuk ({kinds}): {fresh} baru, {replaced} diganti.", { areas: numberText(areas), kinds, fresh: numberText(fresh), replaced: numberText(replaced) }),
    crs && t("Koordinat diubah dari {crs} ke WGS 84.", { crs }),
    outline ? t("Batas peta digambar dari {n} wilayah.", { n: numberText(outline.areas) }) : t("Batas peta tidak berubah."),
  ].filter(Boolean);
}

function listLines({ added, changed, same, gone, left_out }) {
  const n = (count) => numberText(count ?? 0);
  return [
    t("{added} baru, {changed} diubah, {same} tetap.", { added: n(added), changed: n(changed), same: n(same) }),
    gone > 0 && t("{n} sudah ditutup di sini dan dibiarkan.", { n: n(gone) }),
    left_out > 0 && t("{n} baris dilewati.", { n: n(left_out) }),
  ].filter(Boolean);
}

const NAMED = [
  ["mended", () => t("poligon diperbaiki karena memotong dirinya sendiri")],
  ["thinned", () => t("poligon disederhanakan sampai 5 m karena terlalu rinci")],
  ["joined", () => t("wilayah disatukan dari beberapa bentuk")],
  ["unknown", () => t("kode tidak ada dalam daftar Kemendagri di mesin ini")],
];

/** What can be unfolded: [{title, names}], each name a line. */
export function outcomeParts({ told = {}, refused = told.refused ?? [], count }) {
  const named = NAMED.flatMap(([key, title]) => (told[key]?.length ? [{ title: `${numberText(told[key].length)} ${title()}`, names: told[key] }] : []));
  const lines = refused.map(({ area, why }) => `${area}: ${why}`);
  const all = count ?? told.left_out ?? lines.length;
  const more = all > lines.length ? [t("dan {n} lagi", { n: numberText(all - lines.length) })] : [];
  return lines.length ? [...named, { title: t("{n} tidak dapat dipakai", { n: numberText(all) }), names: [...lines, ...more] }] : named;
}

/** What would help one that was refused: [{label, wish}]. */
export function waysOf({ state, way, choices = [], can_repeat }) {
  if (!can_repeat) return [];
  if (state === "lost") return [{ label: t("Masukkan sekali lagi"), wish: {} }];
  if (way === "swap") return [{ label: t("Tukar bujur dan lintang, lalu masukkan"), wish: { swap: true } }];
  if (way === "skip") return [{ label: t("Lewati yang itu, masukkan yang lain"), wish: { skip: true } }];
  if (way === "confirmed") return [{ label: t("Letaknya memang benar, masukkan"), wish: { confirmed: true } }];
  return way === "layer" ? choices.map((layer) => ({ label: t("Masukkan lapisan {layer}", { layer }), wish: { layer } })) : [];
}

/** "desa.geojson, lama.zip dan 3 berkas lain" */
export function sourceWords(sources = [], more = 0) {
  const names = sources.map(({ name }) => name || t("tanpa nama"));
  return [names.join(", "), more > 0 ? t("dan {n} berkas lain", { n: numberText(more) }) : ""].filter(Boolean).join(" ");
}

/** 38200000 -> "38,2 MB" */
export const megabytes = (bytes, language = globalThis.document?.documentElement.lang || "id") =>
  `${new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(bytes / 1e6)} MB`;
