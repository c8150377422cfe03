// The radio's states in words a commander can read, and how many of a roster have a message. Pure.
import { t } from "./words.js";

export const TRANSMISSION_STATES = {
  queued: t("antre"), spooled: t("menunggu giliran di udara"), keyed: t("mengudara"), done: t("sudah mengudara, selesai"),
  expired: t("kedaluwarsa"), failed: t("gagal"), superseded: t("diganti yang baru"),
};

export const RECEPTION_STATES = {
  queued: t("belum dikirim"), keyed: t("dikirim, belum dijawab"), heard: t("diterima alat, belum dilihat orang"), seen: t("dilihat orang"),
  read_back: t("dibaca ulang"), superseded: t("diganti yang baru"), expired: t("terlambat, tidak dikirim lagi"),
  failed: t("gagal"), unknown: t("dikirim, tidak pernah dijawab"),
};

export const KINDS = { alert: t("siaran"), cancel: t("pembatalan"), text: t("pesan"), notice: t("pesan untuk semua"), ack: t("jawaban"), status: t("status"), position: t("posisi") };

const HAS_IT = ["seen", "read_back"];

/** How a state looks: ok, warn, off or unknown, as the lamps do. */
export function lookOf(state) {
  if (HAS_IT.includes(state)) return "ok";
  if (state === "failed" || state === "expired") return "off";
  return state === "heard" || state === "keyed" ? "warn" : "unknown";
}

/** "dilihat 14 dari 20" counts people, never devices. */
export function seenCount(stations) {
  return { seen: stations.filter((one) => HAS_IT.includes(one.state)).length, all: stations.length };
}

/** Those who lack it first: that is the question a commander asks. */
export const missingFirst = (stations) =>
  [...stations].sort((a, b) => Number(HAS_IT.includes(a.state)) - Number(HAS_IT.includes(b.state)) || String(a.call_sign).localeCompare(String(b.call_sign), undefined, { numeric: true }));
