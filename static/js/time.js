// Moments and ages as the house writes them: 14.32.07, 03 Februari 2023, 21.04. Pure: no clock inside.
import { t } from "./words.js";

const formats = new Map();

function partsOf(moment, zone) {
  if (!formats.has(zone)) formats.set(zone, newFormat(zone));
  const parts = formats.get(zone).formatToParts(new Date(moment));
  return Object.fromEntries(parts.map(({ type, value }) => [type, value]));
}

const newFormat = (zone) =>
  new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, hourCycle: "h23",
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
  });

/** "14.32.07" in the zone. */
export function clockText(moment, zone) {
  const { hour, minute, second } = partsOf(moment, zone);
  return `${hour}.${minute}.${second}`;
}

/** "14.32" in the zone. */
export const minuteText = (moment, zone) => clockText(moment, zone).slice(0, 5);

const months = () => [
  t("Januari"), t("Februari"), t("Maret"), t("April"), t("Mei"), t("Juni"),
  t("Juli"), t("Agustus"), t("September"), t("Oktober"), t("November"), t("Desember"),
];

/** "03 Februari 2023" in the zone. */
export function dateText(moment, zone) {
  const { day, month, year } = partsOf(moment, zone);
  return `${day} ${months()[Number(month) - 1]} ${year}`;
}

/** "03 Februari 2023 14.32.07 WITA". */
export const fullText = (moment, zone, label) => `${dateText(moment, zone)} ${clockText(moment, zone)} ${label}`.trim();

/** Whole seconds from one moment to another, never below zero. */
export const secondsBetween = (from, to) => Math.max(0, Math.floor((Number(to) - Date.parse(from)) / 1000));

const two = (value) => String(value).padStart(2, "0");

/** A ticking age: "00.09", "21.04", "1.12.00". Beyond a day: "2 hari". */
export function ageText(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole >= 86400) return t("{n} hari", { n: Math.floor(whole / 86400) });
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}.${two(minutes)}.${two(whole % 60)}` : `${two(minutes)}.${two(whole % 60)}`;
}

/** A rough age where there is little room: "< 1 mnt", "4 mnt", "2 jam", "3 hari". */
export function ageBriefly(seconds) {
  if (seconds < 60) return t("< 1 mnt");
  return seconds < 5400 ? t("{n} mnt", { n: Math.floor(seconds / 60) }) : ageWords(seconds);
}

/** A rough age in words: "baru saja", "4 menit", "2 jam", "3 hari". */
export function ageWords(seconds) {
  if (seconds < 60) return t("kurang dari 1 menit");
  if (seconds < 5400) return t("{n} menit", { n: Math.floor(seconds / 60) });
  if (seconds < 129600) return t("{n} jam", { n: Math.floor(seconds / 3600) });
  return t("{n} hari", { n: Math.floor(seconds / 86400) });
}
