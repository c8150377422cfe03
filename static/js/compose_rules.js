// What a new alert is while it is written: the empty form, what is missing, the body that is sent, what it says in one line. Pure.
import { ORDERS, named } from "./names.js";
import { listed, numberText, t } from "./words.js";

export const LONGEST = 500;

// For how long it is valid; after that it is never sent.
export const EXPIRIES = { 15: t("15 menit"), 30: t("30 menit"), 60: t("1 jam"), 120: t("2 jam"), 180: t("3 jam"), 240: t("4 jam"), 360: t("6 jam"), 720: t("12 jam"), 1440: t("24 jam") };

export const URGENCIES = { P0: t("semua jalan sekaligus"), P1: t("nyawa terancam, tangga cepat"), P2: t("segera"), P3: t("dapat menunggu") };

// CAP 1.2, section 3.2.2, in the words of the room; the code is what goes out.
export const CAP = {
  category: {
    Met: t("cuaca, banjir"), Geo: t("gempa, longsor, gunung api"), Fire: t("kebakaran"), Health: t("kesehatan"), Safety: t("keselamatan umum"),
    Rescue: t("pencarian dan pertolongan"), Transport: t("perhubungan"), Infra: t("listrik, air, telekomunikasi"), Env: t("lingkungan"), CBRNE: t("bahan berbahaya"), Security: t("keamanan"), Other: t("lain-lain"),
  },
  urgency: { Immediate: t("sekarang juga"), Expected: t("dalam satu jam"), Future: t("nanti"), Past: t("sudah lewat"), Unknown: t("belum diketahui") },
  severity: { Extreme: t("luar biasa"), Severe: t("berat"), Moderate: t("sedang"), Minor: t("ringan"), Unknown: t("belum diketahui") },
  certainty: { Observed: t("sudah terjadi"), Likely: t("sangat mungkin"), Possible: t("mungkin"), Unlikely: t("kecil kemungkinan"), Unknown: t("belum diketahui") },
};

export const emptyForm = (uid) => ({
  uid, template: "", incident_id: null, what: "", where: "", when: "", todo: "", sender: "", text: "", composed: "", headline: "", retraction: "", english: null,
  order: "inform", priority: "P2", minutes: 60, unit_ids: [], group_ids: [], roles: [], agencies: [], contacts: [], village_heads: false, public: false,
  area: null, villages: [], event: "", category: "", urgency: "", severity: "", certainty: "",
});

const WRITTEN = ["what", "where", "when", "todo", "text", "headline"];

/** Whether nothing was written or chosen yet: then nothing is kept either. */
export const isEmpty = (form) => WRITTEN.every((name) => !form[name].trim()) && !form.area && countChosen(form) === 0 && !form.villages.length;

export const countChosen = ({ unit_ids, group_ids, roles, agencies, contacts, village_heads, public: isPublic }) =>
  unit_ids.length + group_ids.length + roles.length + agencies.length + contacts.length + Number(village_heads) + Number(isPublic);

/** The public, and any order to evacuate, needs a second person. */
export const needsSecond = ({ order, public: isPublic }) => isPublic || order === "evacuate";

/** [field, sentence] of the first thing that is missing, or null. */
export function faultOf(form) {
  if (!form.text.trim()) return ["text", t("Tulis kata-katanya, atau isi bagian di atas.")];
  if (form.text.trim().length > LONGEST) return ["text", t("Terlalu panjang: {n} huruf, paling banyak {most}.", { n: numberText(form.text.trim().length), most: LONGEST })];
  if (!countChosen(form)) return ["audience", t("Pilih siapa yang harus menerimanya.")];
  if (form.village_heads && !hasArea(form)) return ["area", t("Gambar wilayahnya atau pilih desa: kepala desa dicari di sana.")];
  return null;
}

export const hasArea = ({ area, villages }) => Boolean(area) || villages.length > 0;

/** Whom it is for, as the API takes it; what is not chosen is not said. */
export function audienceOf(form) {
  const codes = form.villages.map(({ code }) => code);
  const heads = form.village_heads ? { village_heads: codes, heads_in_area: form.area ? true : null } : {};
  return said({ unit_ids: form.unit_ids, group_ids: form.group_ids, roles: form.roles, agencies: form.agencies, contact_ids: form.contacts.map(({ id }) => id), public: form.public || null, ...heads });
}

const isSaid = (value) => value !== null && value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0);

const said = (facts) => Object.fromEntries(Object.entries(facts).filter(([, value]) => isSaid(value)));

/** The area as the API takes it. */
export const areaOf = ({ area, villages, where }) => said({ area, area_codes: villages.map(({ code }) => code), area_words: areaWords({ villages, where }) });

const NAMED = 8; // more villages than that are called by where they are

/** "Sembalun dan Bilok Petung": a few villages by name, else the words of where, else how many villages. */
export function areaWords({ villages, where }) {
  const isNamed = villages.length > 0 && villages.length <= NAMED && villages.every(({ code, name }) => name !== code);
  const many = villages.length ? t("{n} desa", { n: numberText(villages.length) }) : "";
  return (isNamed ? listed(villages.map(({ name }) => name)) : where.trim() || many).slice(0, 300);
}

/** What a proposal, or a link, brings along: facts of the form, each checked. */
export function broughtAlong(given) {
  const words = Object.fromEntries(["what", "where", "when", "todo", "template"].filter((name) => given[name]).map((name) => [name, String(given[name]).slice(0, 400)]));
  const one = Object.fromEntries(["order", "priority"].filter((name) => (name === "order" ? ORDERS : URGENCIES)[given[name]]).map((name) => [name, given[name]]));
  const codes = [given.villages ?? []].flat().filter((code) => /^[\d.]{2,13}$/.test(code));
  return { ...words, ...one, ...(codes.length && { villages: codes.map((code) => ({ code, name: code })) }), ...(given.heads && { village_heads: true }) };
}

/** The body of POST /alerts. */
export function bodyOf(form) {
  const { uid, template, incident_id, order, priority, event, category, urgency, severity, certainty } = form;
  return said({
    uid, template, incident_id, order, priority, event: event.trim(), category, urgency, severity, certainty,
    headline: form.headline.trim(), text: form.text.trim(), instruction: form.todo.trim(), sender_name: form.sender.trim(), retraction: form.retraction.trim(),
    expires_in_min: Number(form.minutes), english: form.text.trim() === form.composed.trim() ? form.english : null, ...areaOf(form), ...audienceOf(form),
  });
}

/** The parts of POST /alerts/compose; `until` is the moment it is valid to, in words. */
export const partsOf = (form, until) => said({ template: form.template, what: form.what.trim(), where: form.where.trim() || areaWords(form), when: form.when.trim(), sender: form.sender.trim(), until });

const ended = (sentence) => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`);

/** The words without a template, in the language of those who get them: what and where since when, what to do, until when, from whom. */
export function plainText({ what, where, when, todo, sender }, until) {
  const about = [what.trim(), where.trim() && `di ${where.trim()}`, when.trim() && `sejak ${when.trim()}`].filter(Boolean).join(" ");
  const parts = [about, todo.trim(), until && `Berlaku sampai ${until}`, sender.trim() && `Dari ${sender.trim()}`];
  return what.trim() ? parts.filter(Boolean).map(ended).join(" ").slice(0, LONGEST) : "";
}

/** A template's words with the instruction somebody wrote in the place of its own. */
export function withTodo({ text, instruction }, todo) {
  const own = todo.trim();
  return own && instruction && own !== instruction ? text.replace(instruction, ended(own)).slice(0, LONGEST) : text;
}

/** "perintah evakuasi, Sembalun, 3 satuan dan umum": what, where, to whom, before anything is asked of the server. */
export function lineOf(form) {
  const { unit_ids, group_ids, roles, agencies, contacts, village_heads, public: isPublic } = form;
  const who = [
    unit_ids.length && t("{n} satuan", { n: numberText(unit_ids.length) }), group_ids.length && t("{n} kelompok", { n: group_ids.length }),
    roles.length && t("{n} peran", { n: roles.length }), agencies.length && t("{n} OPD", { n: agencies.length }), contacts.length && t("{n} kontak", { n: numberText(contacts.length) }),
    village_heads && t("kepala desa di wilayah itu"), isPublic && t("umum"),
  ].filter(Boolean);
  return [t("perintah {order}", { order: named(ORDERS, form.order) }), areaWords(form) || t("tanpa tempat"), who.length ? listed(who) : t("belum kepada siapa pun")].join(" · ");
}

const bytes = new TextEncoder();
export const byteLength = (text) => bytes.encode(text).length;

/** A village picked a second time is taken out again. */
export function toggled(villages, village) {
  const rest = villages.filter(({ code }) => code !== village.code);
  return rest.length === villages.length ? [...villages, { code: village.code, name: village.name }] : rest;
}
