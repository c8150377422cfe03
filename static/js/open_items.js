// What is open in the room, as it is handed over: groups of rows, worst first. Each leads to where it is worked on.
import { atFully } from "./clock.js";
import { h, icon } from "./dom.js";
import { lampSaid } from "./lamp_words.js";
import { LAMPS, LAMP_STATES, named, typeName } from "./names.js";
import { atShort } from "./short_time.js";
import { t } from "./words.js";

export const KINDS = {
  mayday: ["sos", t("Satuan DARURAT")], urgent: ["alert-triangle", t("Kejadian P1 dan P2 terbuka")], obstructed: ["barrier-block", t("Kejadian terkendala")],
  call_back: ["phone-incoming", t("Menunggu dihubungi balik")], task: ["checkbox", t("Tugas lewat waktu")], on_scene: ["truck", t("Satuan lama di lokasi")],
  alert: ["bell", t("Siaran belum dilihat")], decision: ["clipboard-list", t("Keputusan belum selesai")], lamp: ["bulb", t("Lampu yang tidak baik")],
};

const hrefOf = (kind, row) => (kind === "call_back" ? "/calls" : kind === "decision" ? `#decision-${row.id}` : row.incident ? `/?i=${row.incident}` : null);

const mark = (priority) => priority && h("span.prio", { class: `prio-${priority}`, role: "img", "aria-label": `${t("Prioritas")} ${priority.slice(1)}` }, priority.slice(1));

const when = (words, moment, isLate) => moment && h("span.num", { class: isLate ? "bad" : "muted", title: atFully(moment) }, words(atShort(moment)));

function wordsOf(kind, row) {
  if (kind === "lamp") return [h("b", {}, LAMPS[row.id] ?? row.id), " ", named(LAMP_STATES, row.state), row.words && `: ${lampSaid(row.words)}`];
  const said = [row.number && h("b", {}, row.number), row.type && typeName(row.type), row.place, lineOf(kind, row), row.words, row.who, row.to && t("belum dilihat {who}", { who: row.to })];
  return said.filter(Boolean).flatMap((one, at) => (at ? [" · ", one] : [one]));
}

const lineOf = (kind, { line }) => kind === "call_back" && (line ? t("jalur {line}", { line }) : t("jalur tidak disebut"));

function rowOf(kind, row) {
  const href = hrefOf(kind, row);
  const inside = [mark(row.priority), h("span.item-words", {}, wordsOf(kind, row)), when((at) => t("sejak {when}", { when: at }), row.since), when((at) => t("batas {when}", { when: at }), row.due, row.late)];
  return h("li", {}, href ? h("a.item", { href }, inside) : h("span.item", {}, inside));
}

/** The groups as elements; a sentence where nothing is open. */
export function itemGroups(items) {
  if (!items.length) return [h("p.empty", {}, h("strong", {}, t("Tidak ada yang terbuka.")), t("Semua kejadian, tugas dan panggilan balik sudah selesai."))];
  return items.map(({ kind, count, rows }) => {
    const [name, title] = KINDS[kind];
    const rest = count - rows.length;
    return h("section.items", { "aria-label": title, data: { kind } }, h("h3", {}, icon(name), " ", title, " ", h("span.chip.num", {}, String(count))),
      h("ul", {}, rows.map((row) => rowOf(kind, row))), rest > 0 && h("p.small.muted", {}, t("dan {n} lagi", { n: rest })));
  });
}
