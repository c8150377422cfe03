// The words of the situation map: Bahasa Indonesia is the key; English lies in the file as a dictionary.
let dictionary = {};
let language = "id";

export function setLanguage(code, english) {
  language = code;
  dictionary = code === "en" ? english : {};
}

export const languageNow = () => language;

/** The sentence in the chosen language with its {gaps} filled; what fills them is text, never markup. */
export function t(sentence, gaps = {}) {
  const said = Object.hasOwn(dictionary, sentence) ? dictionary[sentence] : sentence;
  return said.replace(/\{(\w+)\}/g, (gap, name) => (name in gaps ? String(gaps[name]) : gap));
}

/** 8412 -> "8.412" (or "8,412"). */
export const numberText = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, language === "en" ? "," : ".");

const two = (value) => String(value).padStart(2, "0");

const days = () => [t("Minggu"), t("Senin"), t("Selasa"), t("Rabu"), t("Kamis"), t("Jumat"), t("Sabtu")];

const months = () => [
  t("Januari"), t("Februari"), t("Maret"), t("April"), t("Mei"), t("Juni"),
  t("Juli"), t("Agustus"), t("September"), t("Oktober"), t("November"), t("Desember"),
];

/** The clock of the place, whatever zone this computer is set to: the moment moved by the zone's minutes. */
const there = ({ at, offset_min }, seconds) => new Date(Date.parse(at) + seconds * 1000 + offset_min * 60000);

/** "14.32 WITA", `seconds` from the moment of the picture. */
export function clockText(made, seconds) {
  const moment = there(made, seconds);
  return `${two(moment.getUTCHours())}.${two(moment.getUTCMinutes())} ${made.zone_label}`;
}

/** "Minggu, 22 November 2026". */
export function dateText(made, seconds) {
  const moment = there(made, seconds);
  return `${days()[moment.getUTCDay()]}, ${moment.getUTCDate()} ${months()[moment.getUTCMonth()]} ${moment.getUTCFullYear()}`;
}

/** "22 Nov 14.32", short. */
export function shortText(made, seconds) {
  const moment = there(made, seconds);
  return `${moment.getUTCDate()} ${months()[moment.getUTCMonth()].slice(0, 3)} ${clockText(made, seconds)}`;
}

/** "4 menit", "2 jam", "3 hari". */
export function ageText(seconds) {
  if (seconds < 60) return t("kurang dari 1 menit");
  if (seconds < 5400) return t("{n} menit", { n: Math.floor(seconds / 60) });
  if (seconds < 129600) return t("{n} jam", { n: Math.floor(seconds / 3600) });
  return t("{n} hari", { n: Math.floor(seconds / 86400) });
}
