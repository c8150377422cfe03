// What a lamp was told to say, in the language of the screen: the processes that light it write Bahasa Indonesia. Pure.
import { told } from "./told.js";
import { t } from "./words.js";

const PLAIN = {
  "tersambung": t("tersambung"), "radio tidak berjalan": t("radio tidak berjalan"), "dimatikan": t("dimatikan"),
  "penerus tidak menjawab": t("penerus tidak menjawab"), "proses radio tidak menjawab": t("proses radio tidak menjawab"),
  "direwolf: kartu suara tidak ada": t("direwolf: kartu suara tidak ada"),
  "direwolf: kartu suara hilang": t("direwolf: kartu suara hilang"),
  "direwolf: port KISS dipakai program lain": t("direwolf: port KISS dipakai program lain"),
  "direwolf: berkas setelan tidak terbaca": t("direwolf: berkas setelan tidak terbaca"),
  "direwolf tidak terpasang di mesin ini": t("direwolf tidak terpasang di mesin ini"),
  "direwolf berhenti, dinyalakan lagi": t("direwolf berhenti, dinyalakan lagi"),
  "direwolf tidak menjawab, dinyalakan lagi": t("direwolf tidak menjawab, dinyalakan lagi"),
  "kanal sibuk lebih dari satu menit": t("kanal sibuk lebih dari satu menit"),
  "kartu terbaca": t("kartu terbaca"), "berjalan": t("berjalan"), "ruang cukup": t("ruang cukup"),
  "tidak ada pesan yang menunggu": t("tidak ada pesan yang menunggu"),
};

const GAPPED = [
  [/^port hilang (\S+)$/, (time) => t("port hilang {time}", { time })],
  [/^kunci masa (\d+) belum diumumkan$/, (epoch) => t("kunci masa {epoch} belum diumumkan", { epoch })],
  [/^tersambung, (\d+) pesan diparkir$/, (n) => t("tersambung, {n} pesan diparkir", { n })],
  [/^sisa ruang ([\d.]+) GB$/, (free) => t("sisa ruang {free} GB", { free })],
  [/^(\d+) kartu pertanyaan tidak terbaca$/, (n) => t("{n} kartu pertanyaan tidak terbaca", { n })],
  [/^(\d+) pesan menunggu keputusan$/, (n) => t("{n} pesan menunggu keputusan", { n })],
  [/^(\d+) entri diparkir$/, (n) => t("{n} entri diparkir", { n })],
  [/^DARURAT (.+)$/, (names) => names], // the lamp's own name says the rest
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
  return told(words);
}
