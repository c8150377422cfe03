// What rings and who must be called back, put in order and in words. Pure: cards in, lists and words out.
import { dateText } from "./time.js";
import { t } from "./words.js";

export const RESULTS = {
  reached: t("tersambung"), no_answer: t("tidak diangkat"), busy: t("sibuk"), off: t("tidak aktif"), wrong: t("nomor salah"),
};

export const LOST = { missed: t("tidak terjawab"), dropped: t("ditutup penelepon") };

export const STATUS_KINDS = {
  siaga_darurat: t("SIAGA DARURAT"), tanggap_darurat: t("TANGGAP DARURAT"), transisi: t("TRANSISI DARURAT"),
};

/** Seconds a call may ring: beyond the first it is late, beyond the second too late (NFPA 1225, NENA). */
export const LATE_S = 10;
export const TOO_LATE_S = 15;

const byTime = (field) => (a, b) => Date.parse(a[field]) - Date.parse(b[field]) || a.id - b.id;

/**
 * {ringing, talking, callBacks, held}: each waiting longest first. What is held back and still rings stands apart, unless
 * the one who looks has taken it.
 */
export function sorted(cards, who) {
  const all = [...cards].sort(byTime("rang_at"));
  const isApart = (ring) => ring.held && ring.claimed_by !== who;
  return {
    ringing: all.filter((ring) => ring.state === "ringing" && !isApart(ring)),
    talking: all.filter((ring) => ring.state === "answered"),
    callBacks: all.filter((ring) => ring.state === "missed" || ring.state === "dropped"),
    held: all.filter((ring) => ring.state === "ringing" && isApart(ring)),
  };
}

/** The ring this person holds, of those given; the one that rings before one to be called back. */
export const mine = (rings, who) => rings.find((ring) => ring.claimed_by === who) ?? null;

/** The one that waits longest and that nobody holds; one that is not worth a call (no number) comes last. */
export function nextFree(rings) {
  const free = rings.filter((ring) => !ring.claimed_by);
  return free.find((ring) => ring.has_number) ?? free[0] ?? null;
}

/** "late" and "too-late" for how long a call has been ringing. */
export function lateness(seconds) {
  if (seconds >= TOO_LATE_S) return "too-late";
  return seconds >= LATE_S ? "late" : "";
}

/** "ditutup penelepon · berdering 3 kali · 2 kali dicoba, terakhir sibuk" */
export function lostWords(ring) {
  const often = ring.times_rung > 1 ? t("berdering {n} kali", { n: ring.times_rung }) : null;
  const tried = ring.tries ? t("{n} kali dicoba, terakhir {result}", { n: ring.tries, result: RESULTS[ring.last_try?.result] ?? "" }) : null;
  return [LOST[ring.state], often, tried].filter(Boolean).join(" · ");
}

/** Calls that have begun to ring since the last look and that somebody should hear: not held, not taken. */
export function newlyRinging(before, cards) {
  return [...cards].filter((ring) => ring.state === "ringing" && !ring.held && !ring.claimed_by && !before.has(ring.id));
}

const DAY_MS = 86_400_000;

/** Which day of a declared status it is on this date of the site ("2026-11-22"): the first is 1. */
export const dayOf = (starts_on, today) => Math.round((Date.parse(today) - Date.parse(starts_on)) / DAY_MS) + 1;

/** "03 Desember 2026" of a date, whatever the zone. */
export const dateOf = (date) => dateText(Date.parse(date), "UTC");

/** {text, look} of the pill in the top bar; look is "normal", "declared" or "over" (the decree's days have passed). */
export function pillOf(status, today) {
  if (!status) return { text: t("NORMAL"), look: "normal" };
  const kind = STATUS_KINDS[status.kind] ?? status.kind;
  const day = dayOf(status.starts_on, today);
  if (day < 1) return { text: t("{kind} mulai {date}", { kind, date: dateOf(status.starts_on) }), look: "declared" };
  if (day > status.days) return { text: t("{kind} lewat {n} hari", { kind, n: day - status.days }), look: "over" };
  return { text: t("{kind} hari ke-{day} dari {days}", { kind, day, days: status.days }), look: "declared" };
}
