// What an alert would reach before it goes: how many, by which ways, what it costs on the air, and whom nothing reaches. Pure but for the elements.
import { h } from "./dom.js";
import { WAYS, named } from "./names.js";
import { listed, numberText, t } from "./words.js";

const LISTED = 8;
const STATES = { ok: t("baik"), warn: t("lambat"), down: t("mati"), off: t("tidak dipasang") };

/** The answer of POST /alerts/reach, as rows. */
export function reachRows(reach) {
  return [
    h("p.reach-sum", {}, h("b.num", {}, numberText(reach.total)), " ", t("penerima"), ": ", kindWords(reach)),
    h("ul.reach-ways", {}, reach.channels.map(wayRow)),
    reach.villages?.length > 0 && h("p.small", {}, peopleWords(reach)),
    reach.air && h("p.small.num", {}, t("{bytes} bita di udara, {time} detik untuk sekali siar", { bytes: numberText(reach.air.bytes), time: numberText(Math.round(reach.air.seconds)) })),
    reach.sms && h("p.small.num", { class: reach.sms.fits ? "" : "bad" }, smsWords(reach.sms)),
    missingRow(reach),
  ].filter(Boolean);
}

/** "Kira-kira 12.400 jiwa di 7 desa (dukcapil.xlsx, 2025); 2 desa tanpa angka.", and that nobody counted where nobody did. */
export function peopleWords({ people, people_of: { counted, unknown, years, sources } }) {
  if (people === null) return t("Berapa jiwa yang tinggal di sana belum diketahui; pengelola memasukkan daftarnya di Peta dan wilayah.");
  const from = [...sources, years.length > 0 && (years[0] === years.at(-1) ? years[0] : `${years[0]}–${years.at(-1)}`)].filter(Boolean).join(", ");
  const said = t("Kira-kira {n} jiwa di {villages} desa ({from})", { n: numberText(people), villages: numberText(counted), from });
  return unknown > 0 ? t("{said}; {n} desa lain tanpa angka.", { said, n: numberText(unknown) }) : `${said}.`;
}

/** "3 satuan, 12 kontak dan umum". */
export function kindWords({ units = 0, contacts = 0, public: isPublic = false }) {
  return listed([units && t("{n} satuan", { n: numberText(units) }), contacts && t("{n} kontak", { n: numberText(contacts) }), isPublic && t("umum")].filter(Boolean)) || t("belum ada");
}

// A sign outside the GSM alphabet makes an SMS more than twice as dear: the writer should know before sending.
export const smsWords = ({ characters, parts, alphabet, fits }) => !fits
  ? t("Terlalu panjang untuk SMS: {n} bagian", { n: numberText(parts) })
  : t("SMS: {characters} huruf, {n} bagian", { characters: numberText(characters), n: numberText(parts) }) + (alphabet === "ucs2" ? ` (${t("huruf khusus membuatnya panjang")})` : "");

const wayRow = ({ name, count, state }) => h("li", { class: `reach-${state}` }, h("b.num", {}, numberText(count)), " ", named(WAYS, name), state !== "ok" && h("span.small", { class: state === "down" ? "bad" : "late" }, ` (${named(STATES, state)})`));

// Whom no way reaches must be told by somebody: named, not only counted.
function missingRow({ unreached = [], unreached_count: count = unreached.length }) {
  if (!count) return null;
  const names = listed([...unreached.slice(0, LISTED), ...(count > LISTED ? [t("{n} lain", { n: numberText(count - LISTED) })] : [])]);
  return h("p.reach-none", {}, t("{n} tanpa alamat yang hidup: {names}. Seseorang harus mendatangi atau menelepon mereka.", { n: numberText(count), names }));
}
