// What is known of an alert's audience, in groups nobody can mistake: only what a person saw is called seen. Pure.
import { WAYS, named } from "./names.js";
import { told } from "./told.js";
import { listed, numberText, t } from "./words.js";

// Strongest first, as the bar is drawn: the filled part at its left is what people saw, and nothing else is filled.
export const GROUPS = [
  { name: "seen", states: ["read_back", "seen"], words: t("dilihat orang"), short: t("dilihat") },
  { name: "device", states: ["heard"], words: t("di alat, belum dilihat orang"), short: t("di alat saja") },
  { name: "out", states: ["keyed", "sent"], words: t("keluar, belum ada jawaban"), short: t("belum ada jawaban") },
  { name: "queue", states: ["queued", "waiting"], words: t("belum keluar"), short: t("belum keluar") },
  { name: "failed", states: ["failed"], words: t("gagal"), short: t("gagal") },
  { name: "over", states: ["expired", "superseded"], words: t("ditutup sebelum dilihat"), short: t("ditutup") },
];

const GROUP_OF = new Map(GROUPS.flatMap((group) => group.states.map((state) => [state, group.name])));

export const groupOf = (state) => GROUP_OF.get(state) ?? "queue";

/** What still misses a person: everybody but those who saw it and those for whom it is over. */
export const MISSING = GROUPS.filter(({ name }) => !["seen", "over"].includes(name)).flatMap(({ states }) => states);

/** {state: n} of some recipients. */
export function tally(recipients) {
  const counts = {};
  for (const { state } of recipients) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** Two counts as one: the units on the board, and the contacts the alert's card counts. */
export function added(...counts) {
  const sum = {};
  for (const one of counts) for (const [state, n] of Object.entries(one ?? {})) sum[state] = (sum[state] ?? 0) + n;
  return sum;
}

/** [{name, words, n}], strongest first, without those that have nobody; an unknown state counts as not yet out. */
export function segments(counts) {
  const sums = new Map();
  for (const [state, n] of Object.entries(counts)) sums.set(groupOf(state), (sums.get(groupOf(state)) ?? 0) + n);
  return GROUPS.map(({ name, words, short }) => ({ name, words, short, n: sums.get(name) ?? 0 })).filter(({ n }) => n > 0);
}

export const totalOf = (counts) => Object.values(counts).reduce((sum, n) => sum + n, 0);

export const seenOf = (counts) => segments(counts).find(({ name }) => name === "seen")?.n ?? 0;

export const missingOf = (counts) => segments(counts).filter(({ name }) => !["seen", "over"].includes(name)).reduce((sum, { n }) => sum + n, 0);

/** "3 dari 12 dilihat orang; 4 di alat, belum dilihat orang": the bar for who cannot see it. */
export function barWords(counts) {
  const total = totalOf(counts);
  if (!total) return t("belum ada penerima");
  const others = segments(counts).filter(({ name }) => name !== "seen").map(({ n, words }) => `${numberText(n)} ${words}`);
  return [t("{n} dari {total} dilihat orang", { n: numberText(seenOf(counts)), total: numberText(total) }), ...others].join("; ");
}

// ---- one way out of one recipient

const WAY_STATES = {
  waiting: t("menunggu"), queued: t("antre"), sent: t("terkirim"), keyed: t("mengudara"), heard: t("sampai di alat"),
  seen: t("dilihat"), read_back: t("dibaca ulang"), failed: t("gagal"), expired: t("kedaluwarsa"), superseded: t("ditutup"), skipped: t("dilewati"),
};

/** "radio: mengudara 14.32", "SMS: gagal 14.33 (nomor tidak terdaftar)". `minute` writes a moment. */
export function deliveryWords({ channel, state, changed_at, reason }, minute) {
  const said = [named(WAY_STATES, state), state === "waiting" || !changed_at ? "" : minute(changed_at)].filter(Boolean).join(" ");
  return `${named(WAYS, channel)}: ${said}${reason ? ` (${told(reason)})` : ""}`;
}

// ---- the ladder

const DONE = { heard: t("sampai di alat"), seen: t("dilihat orang"), read_back: t("dibaca ulang") };

const rungWays = (channels, on) => [...new Set(channels.filter((channel) => !on || on.includes(channel)).map((channel) => named(WAYS, channel)))];

const waitWords = (seconds) => (seconds >= 90 ? t("{n} menit", { n: Math.round(seconds / 60) }) : t("{n} detik", { n: Math.round(seconds) }));

/**
 * [{number, ways, words, look, n}] of a priority's ladder: the channels of each rung that are switched on (`on`; null: all),
 * how long it waits for a person; `rungs` is {rung: n} of who stands where. `ladderS` is the site's ladder time in seconds.
 * Above the last rung somebody goes there.
 */
export function ladderSteps(ladder, ladderS, rungs = {}, on = null) {
  const here = Math.max(-1, ...Object.keys(rungs).map(Number));
  const look = (place) => (place === here ? "now" : place < here ? "done" : "todo");
  const steps = ladder.map(({ channels, waits }, place) => ({ place, ways: rungWays(channels, on), words: t("tunggu {time}", { time: waitWords(waits * ladderS) }) }));
  const runner = { place: ladder.length, ways: [named(WAYS, "runner")], words: t("tugas bagi yang di lapangan") };
  return [...steps.filter(({ ways, place }) => ways.length || rungs[place]), runner].map(({ place, ways, words }, row) => ({ number: row + 1, ways: listed(ways), words, look: look(place), n: rungs[place] ?? 0 }));
}

/** What counts as done at this priority: "selesai bila dilihat orang". */
export const doneWords = (state) => t("selesai bila {what}", { what: named(DONE, state) });

/** {rung: n} of recipients who still wait for a person. */
export function rungsOf(recipients) {
  const rungs = {};
  for (const { rung, state } of recipients) if (MISSING.includes(state)) rungs[rung] = (rungs[rung] ?? 0) + 1;
  return rungs;
}

// ---- the second person

const APPROVAL_S = 600;

/** Seconds left to approve what was written then; 0 when it is too late. */
export const approvalLeft = (writtenAt, now, limit = APPROVAL_S) => Math.max(0, Math.ceil(limit - (now - Date.parse(writtenAt)) / 1000));

/** Text in which what was changed by hand since it was composed is no longer composed anew. */
export const isOwnWords = (composed, typed) => typed.trim() !== "" && typed.trim() !== (composed ?? "").trim();
