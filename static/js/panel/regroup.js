// Merging the incident into another and splitting it: what goes along is said before, and each can be taken back.
import { post } from "../api.js";
import { atFully, atMinute } from "../clock.js";
import { distanceM } from "../coordinates.js";
import { fill, h } from "../dom.js";
import { ActionForm, choiceField, longField, textField } from "../form.js";
import { CALL_CHANNELS, INCIDENT_STATES, UNIT_STATES, named, typeCodes, typeName } from "../names.js";
import { may } from "../page.js";
import { toast } from "../toast.js";
import { distanceText, t } from "../words.js";

const OFFERED = 8;

export const regroup = {
  name: "regroup", // no tab: its deeds stand with the others
  deeds: [
    { verb: "merge", words: t("Gabung"), icon: "link", key: "E", isOn: (panel) => isOpen(panel) && others(panel).length > 0, form: (panel, ends) => mergeForm(panel, saying(panel, ends)) },
    { verb: "split", words: t("Pisah"), icon: "arrow-right", key: "D", isOn: (panel) => isOpen(panel) && panel.facts.calls.length > 1, form: (panel, ends) => splitForm(panel, saying(panel, ends)) },
  ],
};

const isOpen = ({ incident }) => may("incident.regroup") && incident.state !== "closed";

const saying = (panel, { onDone, ...ends }) => ({ ...ends, onDone: (entry) => (onDone(entry), sayRegrouped(panel, entry)) });

// ---- which other

const others = ({ live, id }) => [...live.picture.incidents.values()].filter((one) => one.id !== id);

const isPlaced = ({ lon }) => Number.isFinite(lon);

const awayM = (a, b) => (isPlaced(a) && isPlaced(b) ? distanceM(a, b) : Infinity);

/** The open incidents this may be one with: the nearest first, then the newest; `q` narrows them. */
function offered(panel, q) {
  const wanted = q.toLowerCase().split(/\s+/).filter(Boolean);
  const said = (one) => `${one.number} ${one.place} ${typeName(one.type)}`.toLowerCase();
  const fitting = others(panel).filter((one) => wanted.every((word) => said(one).includes(word)));
  return fitting.sort((a, b) => awayM(panel.incident, a) - awayM(panel.incident, b) || b.id - a.id).slice(0, OFFERED);
}

function mergeForm(panel, ends) {
  const { incident } = panel;
  const list = h("div.pick-list", {});
  const find = textField("q", t("Gabungkan ke kejadian mana"), { hint: t("nomor, jenis atau tempat; yang terdekat dahulu") });
  const offer = () => fill(list, ...offered(panel, find.querySelector("input").value).map((one, place) => choice(incident, one, place === 0)));
  find.addEventListener("input", offer);
  offer();
  return new ActionForm({
    title: t("Gabung {number} ke kejadian lain", { number: incident.number }), submit: t("Gabungkan"),
    fields: [find, h("fieldset.field", { data: { field: "into" } }, h("legend.sr-only", {}, t("Kejadian")), list, h("span.field-error", { role: "alert" })), h("p.notice.small", {}, goesAlong(panel)), longField("text", t("Mengapa ini satu kejadian"), { required: true, maxlength: 500 })],
    send: ({ into, text }, uid, form) => {
      const host = panel.live.picture.incidents.get(Number(into));
      return post(`/incidents/${incident.id}/merge`, { uid, into: Number(into), text, seen: form.seen ?? incident.changed_at, seen_into: form.seen ? undefined : host?.changed_at });
    },
    ...ends,
  });
}

const goesAlong = ({ incident, facts }) => t("{n} laporan, {units} satuan, area, tugas dan siaran ikut pindah; nomor {number} mengarah ke sana. Dapat diurungkan.", { n: incident.calls, units: facts.assignments.filter((one) => !one.gone).length, number: incident.number });

function choice(incident, one, isFirst) {
  const away = awayM(incident, one);
  const soft = [one.place, Number.isFinite(away) && distanceText(away), named(INCIDENT_STATES, one.state), t("dibuka {at}", { at: atMinute(one.opened_at) })].filter(Boolean).join(" · ");
  return h("label.pick-row", {}, h("input", { type: "radio", name: "into", value: String(one.id), checked: isFirst }), h("span", {}, h("b", {}, `${one.number} · ${typeName(one.type)}`), h("br"), h("span.small.muted", {}, soft)));
}

// ---- splitting

function splitForm(panel, ends) {
  const { incident, facts } = panel;
  const box = (name, id, words, soft) => h("label.pick-row", {}, h("input", { type: "checkbox", name, value: String(id) }), h("span", {}, words, h("br"), h("span.small.muted", {}, soft)));
  const group = (name, legend, boxes) => boxes.length > 0 && h("fieldset.field", { data: { field: name } }, h("legend", {}, legend), h("div.pick-list", {}, boxes), h("span.field-error", { role: "alert" }));
  const callBox = (call) => box("calls", call.id, call.place || named(CALL_CHANNELS, call.channel), [atMinute(call.received_at), call.type && typeName(call.type), call.narrative].filter(Boolean).join(" · "));
  const unitBox = (one) => box("assignments", one.id, one.call_sign, named(UNIT_STATES, one.state));
  const types = Object.fromEntries(typeCodes().map((code) => [code, typeName(code)]));
  return new ActionForm({
    title: t("Pisahkan dari {number}", { number: incident.number }), submit: t("Pisahkan"),
    fields: [
      group("calls", t("Laporan yang menjadi kejadian baru"), facts.calls.map(callBox)),
      group("assignments", t("Satuan yang ikut"), facts.assignments.filter((one) => !one.gone).map(unitBox)),
      choiceField("type", t("Jenis"), types, { value: "", blank: t("menurut laporannya"), required: false }),
      longField("text", t("Mengapa ini dua kejadian"), { required: true, maxlength: 500 }),
    ],
    send: ({ calls = [], assignments = [], type, text }, uid, form) => post(`/incidents/${incident.id}/split`, { uid, text, calls: calls.map(Number), assignments: assignments.map(Number), ...(type ? { type } : {}), seen: form.seen ?? incident.changed_at }),
    ...ends,
  });
}

// ---- what was done, and taking it back

/** One line for each merge and split that still holds, the newest with its way back. */
export function regroupings(panel) {
  return (panel.whole?.regroupings ?? []).map((one) => line(panel, one));
}

function line(panel, one) {
  const isHost = one.kind === "merge" ? one.to_id === panel.id : one.from_id === panel.id;
  const other = isHost === (one.kind === "merge") ? { id: one.from_id, number: one.from_number } : { id: one.to_id, number: one.to_number };
  const link = h("a", { href: `/?i=${other.id}`, data: { key: `regroup-link-${one.id}` }, onclick: (event) => (event.preventDefault(), panel.dispatchEvent(new CustomEvent("lead", { detail: { id: other.id } }))) }, other.number);
  const back = may("incident.regroup") && one.is_newest && h("button.btn.btn-small.btn-quiet", { type: "button", data: { key: `undo-${one.id}` }, onclick: ({ currentTarget }) => takeBack(panel, one.id, currentTarget) }, t("Urungkan"));
  return h("div.regrouping", { title: `${one.by} ${atFully(one.at)}: ${one.why}` }, wordOf(one.kind, isHost), " ", link, " ", h("span.muted.small", {}, `“${one.why}”`), " ", back);
}

const wordOf = (kind, isHost) => (kind === "merge" ? (isHost ? t("menerima") : t("digabung ke")) : isHost ? t("dipisah menjadi") : t("dipisah dari"));

/** Said once it is done, with the way back. */
export function sayRegrouped(panel, { body }) {
  const words = body.part ? t("{number} dipisah dari sini", { number: body.part_number }) : t("{from} sudah digabung ke {number}", { from: body.guest_number, number: body.host_number });
  toast(words, { deed: { label: t("Urungkan"), act: () => takeBack(panel, body.regrouping) } });
}

async function takeBack(panel, id, button = null) {
  if (button?.getAttribute("aria-busy") === "true") return;
  button?.setAttribute("aria-busy", "true");
  try {
    panel.done("undo", await post(`/regroupings/${id}/undo`));
    toast(t("Diurungkan; semuanya kembali ke tempatnya."));
  } catch (problem) {
    toast(problem.message, { isBad: true });
    button?.setAttribute("aria-busy", "false");
  }
}
