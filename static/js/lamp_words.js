// What a lamp was told to say, in the language of the screen: the processes that light it write Bahasa Indonesia. Pure.
import { t } from "./words.js";

const PLAIN = {
  "tersambung": t("tersambung"), "radio tidak berjalan": t("radio tidak berjalan"), "dimatikan": t("dimatikan"),
  "penerus tidak menjawab": t("penerus tidak menjawab"), "proses radio tidak menjawab": t("proses radio tidak menjawab"),
  "kartu terbaca": t("kartu terbaca"), "berjalan": t("berjalan"), "ruang cukup": t("ruang cukup"),
};

const GAPPED = [
  [/^port hilang (\S+)$/, (time) => t("port hilang {time}", { time })],
  [/^tersambung, (\d+) pesan diparkir$/, (n) => t("tersambung, {n} pesan diparkir", { n })],
  [/^sisa ruang ([\d.]+) GB$/, (free) => t("sisa ruang {free} GB", { free })],
  [/^(\d+) kartu pertanyaan tidak terbaca$/, (n) => t("{n} kartu pertanyaan tidak terbaca", { n })],
  [/^(\d+) entri diparkir$/, (n) => t("{n} entri diparkir", { n })],
  [/^DARURAT (.+)$/, (names) => t("DARURAT {names}", { names })],
  [/^(.+) menjawab$/, (names) => t("{names} menjawab", { names })],
  [/^(\d+)\/(\d+) sumber$/, (well, all) => t("{well} dari {all} sumber", { well, all })],
];

/** The words of a lamp; what nobody knows here (a place, a person's words) is said as it is. */
export function lampSaid(words) {
  if (Object.hasOwn(PLAIN, words)) return PLAIN[words];
  for (const [shape, said] of GAPPED) {
    const met = shape.exec(words);
    if (met) return said(...met.slice(1));
  }
  return words;
}
