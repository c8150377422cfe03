// What the call desk says of a form and of a call just saved. Pure: a form in, words out.
import { isReal } from "./call_form.js";
import { CALL_CLASSES, METHODS, named, typeName } from "./names.js";
import { distanceText, t } from "./words.js";

/** What is missing or wrong, by the code of `missing`. */
export const WORDS_OF = {
  "no class": () => t("Pilih kelas: N nyata, G ghost, P prank, I info."),
  "no type": () => t("Pilih jenis kejadian."),
  "no place": () => t("Isi tempatnya: kata penelepon pun cukup."),
  "bad radius": () => t("Radius antara 1 dan 100.000 meter."),
  "no paper time": () => t("Isi jam terjawab seperti tertulis di kertas."),
  "no reason": () => t("Beri alasan, atau kembalikan ke prioritas biasa."),
  "bad phone": () => t("Nomor telepon terdiri dari angka; nama ditulis di kotak sebelah."),
};

export function placeWords({ text, point }) {
  if (point) return [point.name, named(METHODS, point.method), t("keraguan ±{distance}", { distance: distanceText(point.radius_m || 0) })].filter(Boolean).join(" · ");
  return text.trim() ? t("Belum ada titik: disimpan dengan kata-kata saja. Klik peta atau pilih usul bila bisa.") : "";
}

export function saveWords(form) {
  if (form.link && isReal(form)) return t("Simpan dan hubungkan ke {number}", form.link);
  if (!form.class || isReal(form)) return t("Simpan dan buka kejadian");
  return t("Simpan sebagai {class}", { class: named(CALL_CLASSES, form.class) });
}

export const refusedWords = (refused) => [refused?.detail, refused?.confirm && t("Untuk menegaskan, simpan sekali lagi.")].filter(Boolean).join(" ");

export const labelOf = (form) => [form.class ? named(CALL_CLASSES, form.class) : t("tanpa kelas"), form.type && typeName(form.type), form.text].filter(Boolean).join(" · ");

export function savedWords(message, number, repeats) {
  const { class: kind, type, link } = message.form;
  if (kind !== "normal") return t("Tersimpan: {class}", { class: named(CALL_CLASSES, kind) });
  if (link) return t("Tersimpan, dihubungkan ke {number}", { number: number ?? link.number });
  const also = repeats.length ? ` · ${t("mungkin sama dengan {number}", repeats[0])}` : "";
  return t("{number} dibuka: {type}", { number: number ?? t("Kejadian"), type: typeName(type) }) + also;
}
