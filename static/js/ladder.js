// The truth about an alert, per recipient, in words: what was sent is never called received, what a device heard is not called seen. Pure.
import { WAYS, named } from "./names.js";
import { listed, t } from "./words.js";

const SEEN = new Set(["seen", "read_back"]);
const OVER = new Set(["expired", "superseded"]);

export const isSeen = ({ state }) => SEEN.has(state);

const way = (channel) => named(WAYS, channel);

const toWay = (channel) => (channel === "screen" ? t("terkirim ke layar, belum dilihat") : t("terkirim lewat {way}, belum diterima", { way: way(channel) }));

const SENTENCES = {
  waiting: (channel) => t("belum diterima, menunggu giliran lewat {way}", { way: way(channel) }),
  queued: (channel) => t("belum diterima, antre lewat {way}", { way: way(channel) }),
  sent: toWay,
  keyed: (channel) => t("mengudara lewat {way}, belum ada jawaban", { way: way(channel) }),
  heard: (channel) => t("diterima alat lewat {way}, belum dilihat orang", { way: way(channel) }),
  failed: (channel) => t("belum diterima: gagal lewat {way}", { way: way(channel) }),
  expired: () => t("kedaluwarsa, tidak pernah dilihat"),
  superseded: () => t("ditutup sebelum dilihat"),
};

const SHORT = { queued: t("antre"), sent: t("terkirim"), keyed: t("mengudara"), heard: t("diterima alat"), failed: t("gagal") };

/** "dilihat 14.32 oleh TRC-1 lewat radio"; "terkirim ke layar, belum dilihat · radio: antre". `minute` writes a moment. */
export function recipientWords(one, minute) {
  if (isSeen(one)) return seenWords(one, minute);
  if (hasNoWay(one)) return one.runner ? t("tidak ada jalan kepadanya; seseorang diutus") : t("tidak ada jalan kepadanya; telepon atau datangi");
  const standing = asItStands(one);
  const told = wayOfState(standing);
  const words = SENTENCES[standing.state]?.(told) ?? standing.state;
  return [words, ...otherWays(standing, told)].join(" · ");
}

function seenWords(one, minute) {
  const facts = { time: one.seen_at ? minute(one.seen_at) : "?", by: one.seen_by || one.call_sign, way: way(one.seen_via) };
  return one.state === "read_back" ? t("dibaca ulang {time} oleh {by} lewat {way}", facts) : t("dilihat {time} oleh {by} lewat {way}", facts);
}

// Nothing leads to them: no address that lives, and nothing was tried.
const hasNoWay = ({ state, channel, deliveries = [] }) => state === "waiting" && !channel && deliveries.length === 0;

const FURTHEST = ["heard", "keyed", "sent", "queued", "failed"];

// A way that failed afterwards takes its state with it: then the furthest of what still stands is said, never "on the air by nothing".
function asItStands(one) {
  const { state, deliveries = [] } = one;
  if (!(state in SHORT) || one.channel || deliveries.some((way) => way.state === state)) return one;
  return { ...one, state: FURTHEST.find((step) => deliveries.some((way) => way.state === step)) ?? state };
}

// A state belongs to the delivery that reached it: what the screen was sent, the radio was not.
const wayOfState = ({ deliveries = [], state, channel }) => deliveries.find((one) => one.state === state)?.channel ?? channel;

const otherWays = ({ deliveries = [], state }, told) =>
  OVER.has(state) ? [] : deliveries.filter((one) => one.channel !== told && SHORT[one.state]).map((one) => `${way(one.channel)}: ${SHORT[one.state]}`);

/** Whether the headline is only how the text begins ("Bawa perahu, dua …"): then it need not be said beside it. */
export const isCut = ({ headline, text }) => !headline || text.replace(/\s+/g, " ").trim().startsWith(headline.replace(/\s*…$/, ""));

/** good, late, bad or muted: a look beside the words, never instead of them. */
export function recipientLook(one) {
  if (isSeen(one)) return "good";
  if (OVER.has(one.state)) return "muted";
  return one.state === "heard" ? "late" : "bad";
}

/** {total, seen, device, missing}: how many a person saw, how many only a device has, and who has nothing. */
export function counted(recipients) {
  const missing = recipients.filter((one) => !isSeen(one) && one.state !== "heard" && !OVER.has(one.state));
  return {
    total: recipients.length,
    seen: recipients.filter(isSeen).length,
    device: recipients.filter((one) => one.state === "heard").length,
    missing: missing.map((one) => one.call_sign),
  };
}

/**
 * The nearest clock to a next rung: {at, channel, count}, or null when nobody waits for one. `crowd` are those without
 * a card of their own, told together by the alert's: {next_rung_at, next_channel, waits}.
 */
export function nextRung(recipients, crowd = {}) {
  const waiting = recipients.filter((one) => one.next_rung_at && one.next_channel && !isSeen(one) && !OVER.has(one.state));
  const clocks = crowd.waits && crowd.next_rung_at ? [...waiting, crowd] : waiting;
  const first = clocks.sort((a, b) => Date.parse(a.next_rung_at) - Date.parse(b.next_rung_at))[0];
  return first ? { at: first.next_rung_at, channel: way(first.next_channel), count: waiting.length + (crowd.waits ?? 0), ...(first.next_channel === "runner" && { isRunner: true }) } : null;
}

export const missingWords = ({ missing }) => listed(missing);
