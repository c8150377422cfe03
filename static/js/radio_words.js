// The radio's states in words a commander can read, how many of a roster have a message, and what is left of the hour. Pure.
import { numberText, t } from "./words.js";

export const TRANSMISSION_STATES = {
  queued: t("antre"), spooled: t("menunggu giliran di udara"), keyed: t("mengudara"), done: t("sudah mengudara, selesai"),
  expired: t("kedaluwarsa"), failed: t("gagal"), superseded: t("diganti yang baru"),
};

export const RECEPTION_STATES = {
  queued: t("belum dikirim"), keyed: t("dikirim, belum dijawab"), heard: t("diterima alat, belum dilihat orang"), seen: t("dilihat orang"),
  read_back: t("dibaca ulang"), superseded: t("diganti yang baru"), expired: t("terlambat, tidak dikirim lagi"),
  failed: t("gagal"), unknown: t("dikirim, tidak pernah dijawab"),
};

export const KINDS = { alert: t("siaran"), cancel: t("pembatalan"), text: t("pesan"), notice: t("pesan untuk semua"), rollcall: t("pengecekan stasiun"), ack: t("jawaban"), status: t("status"), position: t("posisi") };

export const SERVICES = { dinas: t("izin dinas (ISR)"), amateur: t("amatir radio"), rapi: t("RAPI"), lora_free: t("LoRa 920-923 MHz") };

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

/** "sisa udara jam ini 31 detik dari 36, 11 detik untuk P0"; whole seconds, never too many. "" when it is not known. */
export function airtimeWords(airtime) {
  if (!airtime) return "";
  const { service, limit_s, left_s, kept_s } = airtime;
  if (limit_s === null) return t("tanpa batas waktu udara: {service}", { service: SERVICES[service] ?? service });
  const left = Math.floor(left_s);
  const gaps = { left: numberText(left), limit: numberText(Math.floor(limit_s)), kept: numberText(Math.min(left, Math.round(kept_s))) };
  return t("sisa udara jam ini {left} detik dari {limit}, {kept} detik untuk P0", gaps);
}

/** Whether only the highest priority may still go out in this hour. */
export const isUsedUp = (airtime) => Boolean(airtime && airtime.limit_s !== null && airtime.left_s - airtime.kept_s < 1);
