// What was found, in words: a row is a link with what was met marked, and where it leads. Pure but for the elements.
import { sayCoordinates } from "./coordinates.js";
import { h, icon } from "./dom.js";
import { CALL_CLASSES, INCIDENT_STATES, named, typeName } from "./names.js";
import { atShort } from "./short_time.js";
import { t } from "./words.js";

const ENDS = { open: t("terbuka"), done: t("selesai"), dropped: t("dilepas"), struck: t("tercoret") };
const RANG = { ringing: t("berdering"), answered: t("terjawab"), missed: t("tak terjawab"), dropped: t("terputus"), reached: t("sudah dihubungi balik"), closed: t("ditutup"), expired: t("lewat sehari") };

export const GROUPS = {
  incidents: ["alert-triangle", t("Kejadian")], calls: ["phone", t("Laporan")], rings: ["phone-incoming", t("Panggilan yang belum menjadi laporan")],
  tasks: ["checkbox", t("Tugas")], decisions: ["clipboard-list", t("Keputusan rapat")], units: ["truck", t("Satuan")],
  lines: ["note", t("Catatan dan kronologi")], shifts: ["history", t("Serah terima")],
  notes: ["map-pin", t("Catatan tempat")], landmarks: ["map-pin", t("Patokan")],
};

/** Where a row leads. */
export function hrefOf(kind, row) {
  if (kind === "decisions") return `/handover#decision-${row.id}`;
  if (kind === "shifts") return row.left_at ? `/handover/${row.id}` : "/handover";
  if (kind === "rings" || (kind === "calls" && !row.incident)) return "/calls";
  if (kind === "landmarks" || kind === "notes") return `/#at=${row.lon},${row.lat}`; // behind the #: no log of the server learns which place
  if (kind === "units") return `/units?u=${row.id}`;
  return row.incident ? `/?i=${row.incident}` : "/";
}

const marked = (pieces) => pieces.map(([text, isHit]) => (isHit ? h("mark", {}, text) : text));

const BY = { phone: t("nomornya cocok"), name: t("namanya cocok"), place: t("tempatnya cocok") };

/** {lead, words, soft} of a row: what it is, what was met in it, and what else one wants to know. */
const TOLD = {
  incidents: (row) => ({ lead: [priority(row.priority), row.number, typeName(row.type)], words: row.words, soft: [named(INCIDENT_STATES, row.state), atShort(row.opened_at)] }),
  calls: (row) => ({ lead: [row.number ?? named(CALL_CLASSES, row.class), row.caller_name, row.caller_phone], words: row.words, soft: [BY[row.by], row.by === "place" ? "" : row.place, atShort(row.received_at)] }),
  rings: (row) => ({ lead: [row.caller_phone], words: [], soft: [named(RANG, row.state), atShort(row.rang_at)] }),
  tasks: (row) => ({ lead: [row.number], words: row.words, soft: [named(ENDS, row.state), row.owner, row.due_at && t("batas {when}", { when: atShort(row.due_at) })] }),
  decisions: (row) => ({ lead: [], words: row.words, soft: [named(ENDS, row.state), row.owner] }),
  units: (row) => ({ lead: [row.call_sign], words: [], soft: [row.agency_code, row.in_service ? "" : t("tidak dinas")] }),
  lines: (row) => ({ lead: [row.number], words: row.words, soft: [row.struck && t("tercoret"), row.person, atShort(row.at)] }),
  notes: (row) => ({ lead: [], words: row.words, soft: [sayCoordinates(row, document.documentElement.lang)] }),
  landmarks: (row) => ({ lead: [], words: row.words, soft: [sayCoordinates(row, document.documentElement.lang)] }),
  shifts: (row) => ({ lead: [row.name], words: row.words, soft: [row.left_at && atShort(row.left_at)] }),
};

const priority = (code) => code && h("span.prio", { class: `prio-${code}`, role: "img", "aria-label": `${t("Prioritas")} ${code.slice(1)}` }, code.slice(1));

/** The link of one row. */
export function rowOf(kind, row) {
  const { lead, words, soft } = TOLD[kind](row);
  const said = lead.filter(Boolean).map((one) => (typeof one === "string" ? h("b", {}, one) : one));
  const struck = row.struck || row.state === "struck";
  return h("a.found-row", { href: hrefOf(kind, row) }, h("span.found-lead", {}, said),
    h("span.found-words", { class: struck ? "is-struck" : "" }, marked(words)), h("span.found-soft.small.muted", {}, soft.filter(Boolean).join(" · ")));
}

/** One group with its rows. */
export function groupOf({ kind, rows, more }) {
  const [name, title] = GROUPS[kind];
  return h("section.found-group", { "aria-label": title }, h("h3", {}, icon(name), " ", title, more && h("span.small.muted", {}, " ", t("masih ada lagi; tambah kata"))),
    rows.map((row) => rowOf(kind, row)));
}
