// Notes of places: what one should know before going there. Written beside the place of a call, struck with a reason.
import { post } from "./api.js";
import { now } from "./clock.js";
import { NOTE_KINDS } from "./clue_words.js";
import { openForm } from "./dialog_form.js";
import { choiceField, longField } from "./form.js";
import { toast } from "./toast.js";
import { capital, distanceText, t } from "./words.js";
import { endsAt } from "./zone_words.js";

const REACH = { 25: "25 m", 50: "50 m", 100: "100 m", 300: "300 m", 1000: "1 km" };
const LASTS = { 86400: t("1 hari"), 604800: t("1 minggu"), 2592000: t("30 hari") };

export function writeNote({ point, onDone }) {
  const kinds = Object.fromEntries(Object.entries(NOTE_KINDS).map(([kind, { word }]) => [kind, capital(word)]));
  const send = ({ kind, words, radius_m, lasts }, uid) =>
    post("/place-notes", { uid, kind, words, radius_m: Number(radius_m), lon: point.lon, lat: point.lat, confirmed: true, ...(lasts ? { expires_at: endsAt(lasts, now()) } : {}) });
  openForm({
    title: t("Catatan tempat ini"), submit: t("Simpan catatan"),
    fields: [
      choiceField("kind", t("Tentang apa"), kinds, { value: "hazard" }),
      longField("words", t("Yang perlu diketahui petugas"), { required: true, maxlength: 300, hint: t("Tampil di meja bagi setiap laporan dari sini; tidak pernah disiarkan.") }),
      choiceField("radius_m", t("Berlaku sejauh"), REACH, { value: "50", hint: nameOf(point) }),
      choiceField("lasts", t("Sampai kapan"), LASTS, { blank: t("sampai dicoret"), required: false }),
    ],
    send,
    onDone: () => (toast(t("Catatan tempat disimpan.")), onDone()),
  });
}

const nameOf = ({ name, radius_m }) => [name, radius_m && `±${distanceText(radius_m)}`].filter(Boolean).join(" · ");

export function strikeNote({ note, onDone }) {
  openForm({
    title: t("Coret catatan ini"), submit: t("Coret"),
    fields: [longField("why", t("Mengapa tidak berlaku lagi"), { required: true, maxlength: 200, hint: note.words })],
    send: ({ why }, uid) => post(`/place-notes/${note.id}/strike`, { uid, why }),
    onDone: () => (toast(t("Catatan dicoret.")), onDone()),
  });
}
