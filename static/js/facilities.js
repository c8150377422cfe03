// Facilities on the map: a mark with an icon by kind, what one wants to know of it, and the form that changes it.
import { post } from "./api.js";
import { atFully } from "./clock.js";
import { h } from "./dom.js";
import { ActionForm, choiceField, longField, textField } from "./form.js";
import { confirmable } from "./sure.js";
import { capital, t } from "./words.js";
import { FACILITY_KINDS, facilityIcon, facilityWord, fullness } from "./zone_words.js";

/** A facility as a mark of the map. */
export function facilityMark({ id, kind, name, capacity, occupied, lon, lat }) {
  const said = fullness({ capacity, occupied });
  return { id: `facility-${id}`, kind: "facility", layer: "facilities", lon, lat, shape: "plate", colour: "facility", glyph: facilityIcon(kind), rank: isFull({ capacity, occupied }) ? 10 : 12, label: said && kind === "shelter" ? `${name}, ${said}` : name };
}

/** Whether there is no room left, as far as anyone said. */
export const isFull = ({ capacity, occupied }) => Number.isFinite(capacity) && Number.isFinite(occupied) && occupied >= capacity;

/** What a click on a facility tells. */
export function facilityFacts(card, { onChange, onClose }) {
  const facts = [[t("Jenis"), facilityWord(card.kind)], [t("Isi"), fullness(card)], [t("Catatan"), card.note], [t("Diubah"), card.changed_at && atFully(card.changed_at)]];
  const full = isFull(card) && h("p.late.strong", {}, t("PENUH"));
  const deeds = onChange && [h("button.btn.btn-small", { type: "button", onclick: () => onChange(card) }, t("Ubah")), h("button.btn.btn-small", { type: "button", onclick: () => onClose(card) }, t("Tutup fasilitas"))];
  return h("div.stack.map-facts", {}, h("h3", {}, card.name), full, h("dl.facts", {}, facts.filter(([, words]) => words).flatMap(([name, words]) => [h("dt", {}, name), h("dd", {}, words)])), deeds && h("div.line", {}, deeds));
}

const kinds = () => Object.fromEntries(Object.entries(FACILITY_KINDS).map(([kind, { word }]) => [kind, capital(word)]));

/** The form of a new facility at a place, or of one that is there; `onDone` and `onClose` tell the sheet. */
export function facilityForm({ card = {}, lon, lat, onDone, onClose }) {
  const path = card.id ? `/facilities/${card.id}` : "/facilities";
  const fields = [
    choiceField("kind", t("Jenis"), kinds(), { value: card.kind ?? "shelter" }),
    textField("name", t("Nama"), { value: card.name ?? "", required: true }),
    peopleField("capacity", t("Daya tampung (orang)"), card.capacity),
    peopleField("occupied", t("Terisi (orang)"), card.occupied),
    longField("note", t("Catatan"), { value: card.note ?? "", maxlength: 300 }),
  ];
  const place = card.id ? {} : { lon, lat };
  const send = (values, uid) => post(path, { uid, ...place, ...bodyOf(values) });
  return confirmable(new ActionForm({ title: card.id ? t("Ubah fasilitas") : t("Fasilitas baru"), fields, submit: t("Simpan"), send, onDone, onClose }));
}

function peopleField(name, label, value) {
  const field = textField(name, label, { value: value ?? "" });
  Object.assign(field.querySelector("input"), { inputMode: "numeric", pattern: "[0-9]*" });
  return field;
}

/** What the API takes: whole numbers of people, null where nothing is known. */
export function bodyOf({ kind, name, capacity, occupied, note, confirmed }) {
  const people = (words) => (String(words ?? "").trim() === "" ? null : wholeOr(words));
  return { kind, name: name.trim(), capacity: people(capacity), occupied: people(occupied), note: note?.trim() || null, ...(confirmed ? { confirmed: true } : {}) };
}

// What is no number goes as it was typed: the server says so beside the field.
const wholeOr = (words) => (/^\d+$/.test(String(words).trim()) ? Number(words) : String(words));
