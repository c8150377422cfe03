// What the times t0 to t15 of an incident are called, and how one is told beside another. Pure.
import { at, atFully } from "./clock.js";
import { t } from "./words.js";

export const TIMES = {
  t0: t("berdering"), t1: t("terjawab"), t2: t("digolongkan"), t3: t("tempat diketahui"), t4: t("dicatat"),
  t5: t("diterima pengirim satuan"), t6: t("satuan pertama diberi tahu"), t7: t("tugas diterima"), t8: t("berangkat"),
  t9: t("tiba di lokasi"), t10: t("terkendali"), t11: t("satuan selesai"), t12: t("laporan lapangan"),
  t13: t("umpan balik ke pelapor"), t14: t("ditutup"), t15: t("dibuka kembali"),
};

export const timeName = (which) => TIMES[which] ?? String(which ?? "");

const dayOf = (moment) => atFully(moment).split(" ").slice(0, 3).join(" ");

/** "19.11.14" of a moment told beside another of the same day, else with its date. */
export const beside = (moment, other) => (dayOf(moment) === dayOf(other) ? at(moment) : atFully(moment));
