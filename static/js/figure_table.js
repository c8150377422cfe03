// Seconds, shares and reasons as figures are said, on the page of figures and on the wall.
import { t } from "./words.js";

const LANGUAGE = globalThis.document?.documentElement.lang || "id";
const oneDigit = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 1 });

export const MEASURES = {
  answer: t("Menjawab"), classify: t("Menggolongkan"), take: t("Mencatat"), process: t("Memproses"), dispatch: t("Menugaskan"),
  turnout: t("Bersiap"), travel: t("Di jalan"), total: t("Seluruhnya"),
};

export const MEANINGS = {
  answer: t("berdering sampai terjawab"), classify: t("terjawab sampai digolongkan"), take: t("terjawab sampai dicatat"),
  process: t("terjawab sampai satuan pertama diberi tahu"), dispatch: t("dicatat sampai satuan pertama diberi tahu"),
  turnout: t("satuan diberi tahu sampai berangkat"), travel: t("berangkat sampai tiba di lokasi"), total: t("berdering atau terjawab sampai satuan pertama tiba"),
};

export const REASONS = {
  exercise: t("latihan"), paper: t("dari kertas"), unanswered: t("tak terjawab"), running: t("masih berjalan"),
  cancelled: t("dibatalkan"), no_unit: t("tanpa satuan"), missing: t("waktu tidak ada"), negative: t("waktu terbalik"),
};

/** 8,4 -> "8,4 dtk"; 95 -> "1 mnt 35 dtk"; 5400 -> "1 jam 30 mnt"; null -> "-". */
export function spanText(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds < 59.95) return t("{n} dtk", { n: oneDigit.format(seconds) });
  const whole = Math.round(seconds);
  if (whole < 3600) return whole % 60 ? t("{m} mnt {s} dtk", { m: Math.floor(whole / 60), s: whole % 60 }) : t("{m} mnt", { m: whole / 60 });
  return t("{h} jam {m} mnt", { h: Math.floor(whole / 3600), m: Math.floor((whole % 3600) / 60) });
}

export const shareText = (share) => (share === null || share === undefined ? "–" : `${oneDigit.format(share)}%`);

/** "12 dalam 10 dtk dari 14 (85,7%); sasaran 90% (NFPA 1225)". */
export function targetText({ within_s, n, count, share, percent, source, types }) {
  const facts = { span: spanText(within_s), n, count, share: shareText(share), percent, source };
  const goal = percent === null ? t("acuan {source}", facts) : t("sasaran {percent}% ({source})", facts);
  return [t("{count} dari {n} dalam {span} ({share})", facts), types.length ? t("kebakaran saja") : "", goal].filter(Boolean).join(", ");
}

/** "3 dari kertas, 2 waktu tidak ada"; "" when nothing was left out. */
export const excludedText = (excluded) => Object.entries(excluded).map(([reason, n]) => `${n} ${REASONS[reason] ?? reason}`).join(", ");
