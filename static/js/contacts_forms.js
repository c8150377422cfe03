// The forms of the phone book: a contact with its addresses, a group with its members; what they say to the API.
import { get } from "./api.js";
import { h } from "./dom.js";
import { choiceField, textField } from "./form.js";
import { ADDRESSES, OFFICES } from "./names.js";
import { page } from "./page.js";
import { t } from "./words.js";

const KINDS = { person: t("orang dengan jabatan"), outlet: t("saluran bersama: grup, sirene, toa") };
const LANGUAGES = { id: "Bahasa Indonesia", en: "English" };

/** `one` is the contact that is changed: an address that is left masked stays as it is, one that is emptied is taken out. */
export function contactFields(one = null) {
  const agencies = Object.fromEntries((page.agencies ?? []).map(({ code, name }) => [code, name]));
  return [
    textField("name", t("Nama"), { value: one?.name ?? "", required: true }),
    h("div.field-pair", {}, choiceField("kind", t("Apa ini"), KINDS, { value: one?.kind ?? "person" }), choiceField("office", t("Sebagai"), OFFICES, { value: one?.office ?? "kades" })),
    h("div.field-pair", {}, textField("area_code", t("Kode wilayah, bila ada"), { value: one?.area_code ?? "", hint: t("misalnya 52.03.14.2004") }), choiceField("agency_code", t("OPD, bila ada"), agencies, { value: one?.agency_code ?? "", blank: t("tidak ada"), required: false })),
    h("fieldset.stack", {}, h("legend.label", {}, t("Alamat")), h("div.address-fields", {}, Object.entries(ADDRESSES).map(([channel, words]) => addressField(channel, words, one)))),
    h("div.field-pair", {}, choiceField("language", t("Bahasa"), LANGUAGES, { value: one?.language ?? "id" }), textField("note", t("Catatan"), { value: one?.note ?? "" })),
  ];
}

const addressField = (channel, words, one) => textField(`to-${channel}`, words, { value: one?.addresses.find((address) => address.channel === channel)?.masked ?? "" });

/** The body of a contact: all its addresses; those this form does not show (`one`'s others) stay. */
export function contactOf(values, one = null) {
  const typed = Object.keys(ADDRESSES).map((channel) => ({ channel, address: values[`to-${channel}`]?.trim() ?? "" })).filter(({ address }) => address);
  const others = (one?.addresses ?? []).filter(({ channel }) => !(channel in ADDRESSES)).map(({ channel, masked }) => ({ channel, address: masked }));
  const { name, kind, office, area_code, agency_code, language, note } = values;
  return { name: name.trim(), kind, office, area_code: area_code.trim() || null, agency_code: agency_code || null, language, note: note.trim() || null, addresses: [...typed, ...others], group_ids: one?.group_ids ?? [], person_id: one?.person_id ?? null };
}

/** A group: its name, the units ticked, contacts found by name. */
export function groupFields(group, units) {
  const mine = new Set((group?.units ?? []).map((one) => one.id ?? one));
  const box = (unit) => h("label.check", {}, h("input", { type: "checkbox", name: "unit_ids", value: String(unit.id), checked: mine.has(unit.id) }), unit.call_sign);
  return [textField("name", t("Nama kelompok"), { value: group?.name ?? "", required: true }), h("fieldset.field", {}, h("legend", {}, t("Satuan")), h("div.audience-boxes", {}, units.map(box))), contactPicker(group?.contacts ?? [])];
}

function contactPicker(contacts) {
  const chosen = h("div.audience-boxes");
  const found = h("ul.contact-found");
  const keep = (one) => chosen.append(h("label.check", {}, h("input", { type: "checkbox", name: "contact_ids", value: String(one.id), checked: true }), one.name));
  const search = h("input", { type: "search", autocomplete: "off", "aria-label": t("Cari kontak"), placeholder: t("Cari nama atau jabatan") });
  contacts.forEach(keep);
  const add = (one) => (chosen.querySelector(`[value="${one.id}"]`) ? null : keep(one), (search.value = ""), found.replaceChildren(), search.focus());
  let timer = null;
  search.addEventListener("input", () => (clearTimeout(timer), (timer = setTimeout(() => find(search.value.trim(), found, add), 200))));
  return h("fieldset.field", {}, h("legend", {}, t("Kontak")), chosen, search, found);
}

async function find(q, found, add) {
  const { contacts = [] } = q ? await get(`/contacts?q=${encodeURIComponent(q)}&limit=10`).catch(() => ({})) : {};
  found.replaceChildren(...contacts.map((one) => h("li", {}, h("button.btn.btn-small.btn-quiet", { type: "button", onclick: () => add(one) }, "+ ", one.name))));
}

export const groupOf = ({ name, unit_ids = [], contact_ids = [] }) => ({ name: name.trim(), unit_ids: unit_ids.map(Number), contact_ids: contact_ids.map(Number) });
