// The radio's states in words a commander can read, how many of a roster have a message, what is left of the hour, who is called next. Pure.
import { fromLocal, toLocal } from "./local_time.js";
import { ageWords, secondsBetween } from "./time.js";
import { listed, numberText, t } from "./words.js";

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

// ---- the log

/** What went out and what was heard in one list, the newest first. */
export const inOneLog = ({ transmissions, heard }) => [...transmissions, ...heard].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));

/** Whom a message was for: its one station, or how many. */
export const receiversOf = ({ stations }) => (stations.length === 1 ? stations[0].call_sign : t("{n} stasiun", { n: stations.length }));

const DEVICE_HAS_IT = ["heard", ...HAS_IT];

/** "alat 14 dari 20, dilihat 3": a device is no person; words to one station say its state. */
export function stateWords({ kind, state, stations }) {
  if (kind === "text" && stations.length === 1 && state !== "queued" && state !== "spooled") return RECEPTION_STATES[stations[0].state] ?? stations[0].state;
  if (["queued", "spooled"].includes(state)) return TRANSMISSION_STATES[state];
  const gaps = { n: stations.filter((one) => DEVICE_HAS_IT.includes(one.state)).length, all: stations.length, seen: seenCount(stations).seen };
  return kind === "rollcall" ? t("{n} dari {all} hadir", gaps) : t("alat {n} dari {all}, dilihat {seen}", gaps);
}

/** "58 bita, 0,66 detik di udara, lalu 12,4 detik untuk jawaban"; "" where it cannot be sent: the sentence says why. */
export function meterWords({ bytes, seconds, answers_s }) {
  if (bytes === null || bytes === undefined) return "";
  const s = (value) => new Intl.NumberFormat(globalThis.document?.documentElement.lang || "id", { maximumFractionDigits: 2 }).format(value);
  return t("{n} bita, {s} detik di udara, lalu {a} detik untuk jawaban", { n: numberText(bytes), s: s(seconds), a: s(answers_s) });
}

// ---- stations

const DAY_MS = 86_400_000;
export const OLD_PLACE_S = 900;

export const isOldPlace = ({ located_at }, moment) => secondsBetween(located_at, moment) > OLD_PLACE_S;

/** "posisi 38 menit lalu": always with its age, so that an old place is never taken for a new one. */
export const placeAge = ({ located_at }, moment) => t("posisi {age} lalu", { age: ageWords(secondsBetween(located_at, moment)) });

/** A station's roll-calls of 30 days: "12 dari 14 hari · jeda 4,2 dtk". */
export function scoreWords(score) {
  if (!score?.days) return t("belum pernah ditanya");
  const days = t("{n} dari {all} hari", { n: score.days_answered, all: score.days });
  const delay = score.delay_s === null ? null : t("jeda {s} dtk", { s: new Intl.NumberFormat(globalThis.document?.documentElement.lang || "id").format(score.delay_s) });
  return [days, delay].filter(Boolean).join(" · ");
}

/** How well a station was heard last: "-97 dBm, SNR -6,3 dB"; "" where its modem does not say. */
export function qualityWords(quality) {
  if (!quality) return "";
  const snr = quality.snr_db === null ? "" : `, SNR ${new Intl.NumberFormat(globalThis.document?.documentElement.lang || "id", { maximumFractionDigits: 1 }).format(quality.snr_db)} dB`;
  return `${quality.rssi_dbm} dBm${snr}`;
}

/** As a lamp: every day, at least half, less, never asked. */
export function scoreLook(score) {
  if (!score?.days) return "unknown";
  const share = score.days_answered / score.days;
  return share === 1 ? "ok" : share >= 0.5 ? "warn" : "off";
}

// ---- nets for voice

export const LINE_KINDS = { check_in: t("hadir"), no_answer: t("tidak menjawab"), traffic: t("berita"), emergency: t("DARURAT"), order: t("perintah") };

export const NET_ORDERS = { silence: t("Semua stasiun diam"), lift: t("Larangan bicara dicabut"), emergency: t("Lalu lintas darurat di jaring"), routine: t("Lalu lintas darurat selesai") };

const standing = (lines) => lines.filter(({ struck_at }) => !struck_at);

/** Who checked in, and who was called without an answer and did not come later. */
export function counted(lines) {
  const signs = (kinds) => [...new Set(standing(lines).filter(({ kind }) => kinds.includes(kind)).map(({ call_sign }) => call_sign))];
  const heard = signs(["check_in", "traffic", "emergency"]);
  return { heard, silent: signs(["no_answer"]).filter((sign) => !heard.includes(sign)) };
}

/** Whom net control calls next: the first expected who neither came nor was called nor was passed over; null at the end. */
export function nextOf(expected, lines, skipped = []) {
  const { heard, silent } = counted(lines);
  return expected.find((sign) => ![...heard, ...silent, ...skipped].includes(sign)) ?? null;
}

/** "07:15" of the site's day as a moment; a time that is still to come was yesterday's. */
export function saidAt(time, moment, zone) {
  const of = (ms) => fromLocal(`${toLocal(ms, zone).slice(0, 10)}T${time}`, zone);
  const today = of(Number(moment));
  return new Date(today > Number(moment) + 60_000 ? of(Number(moment) - DAY_MS) : today).toISOString();
}

// ---- relays

/** The order of relays with one of them a place earlier. */
export function moved(order, number) {
  const at = order.indexOf(number);
  return at < 1 ? order : [...order.slice(0, at - 1), number, order[at - 1], ...order.slice(at + 1)];
}

/** That the radio's address names the relays, and the list beside it waits; nothing where the register is asked. */
export function saidByAddress({ said_by, order }) {
  if (said_by === "address" && !order.length) return t("Menurut alamat radio tidak ada relai; daftar ini berlaku setelah relays= atau via= dihapus dari POSKO_RADIO.");
  return said_by === "address" ? t("Alamat radio menetapkan relai {numbers}; daftar ini berlaku setelah relays= dihapus dari POSKO_RADIO.", { numbers: order.join(", ") }) : "";
}

/** Who does not know the list from the card it was handed; "" for nobody. */
export function oldCardsWords(stations, { old_cards }) {
  const names = stations.filter(({ number, revoked_at }) => old_cards.includes(number) && !revoked_at).map(({ call_sign }) => call_sign);
  return names.length ? t("Kartu {names} belum memuat daftar ini. Bagikan kartu baru dengan posko radio keys hand-out, lalu mulai ulang terminalnya.", { names: listed(names) }) : "";
}
