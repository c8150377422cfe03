// The times t0 to t15 of the incident as one line each, how long each step took, and the form that corrects one.
import { get, post } from "../api.js";
import { at, atFully, zone, zoneLabel } from "../clock.js";
import { h, icon } from "../dom.js";
import { ActionForm, choiceField, longField } from "../form.js";
import { fromLocal, toLocal } from "../local_time.js";
import { may } from "../page.js";
import { confirmable } from "../sure.js";
import { TIMES, beside, timeName } from "../time_names.js";
import { stepsOf } from "../time_steps.js";
import { t } from "../words.js";

const known = new Map(); // incident -> {seq, times}: asked anew when the chronology grew
const handed = new Set();

export const times = {
  name: "times",
  label: t("Waktu"),
  facts: (panel) => [known.get(panel.id)?.seq ?? 0, seqOf(panel)],
  body: (panel) => {
    look(panel);
    const found = known.get(panel.id)?.times;
    return found ? [line(found)] : [h("p.empty", {}, t("Memuat waktu…"))];
  },
  deeds: [{ verb: "time", words: t("Perbaiki waktu"), icon: "clock", isOn: () => may("time.correct"), form: correction }],
};

/** Who may dispatch and stops at a new incident has it before their eyes: that is t5, told once. */
export function noteHanded({ id, incident, whole }) {
  const isTold = handed.has(id) || whole?.chronology?.some((entry) => entry.kind === "incident.handed");
  if (isTold || incident?.state !== "new" || !may("incident.verb")) return;
  handed.add(id);
  post(`/incidents/${id}/handed`, {}, { waits: [] }).catch(() => handed.delete(id));
}

const seqOf = ({ facts }) => facts?.entries.at(-1)?.seq ?? 0;

async function look(panel) {
  const [id, seq] = [panel.id, seqOf(panel)];
  if (known.get(id)?.seq >= seq && seq) return;
  try {
    const { times: found } = await get(`/incidents/${id}/times`);
    known.set(id, { seq: Math.max(seq, 1), times: found });
    panel.draw();
  } catch { /* the red band says that the server is away; the line comes with the next look */ }
}

function line(found) {
  return h("ol.time-line", {}, stepsOf(found).map((one) => h("li", { class: one.odd ? "is-odd" : "" },
    h("span.time-which", {}, one.which),
    h("span", {}, timeName(one.which)),
    h("time.num", { datetime: one.at, title: atFully(one.at) }, at(one.at)),
    h("span.num.muted", {}, one.step),
    ...notes(one))));
}

const SOURCES = { paper: t("dari kertas"), corrected: t("diperbaiki") };

function notes({ source, by, why, at: moment, was, odd }) {
  const more = [SOURCES[source] && (source === "corrected" ? `${SOURCES[source]} ${by}: ${why}` : SOURCES[source]), was && t("semula {at}", { at: beside(was, moment) }), odd && t("urutannya janggal")];
  const words = more.filter(Boolean).join(" · ");
  return words ? [h("span.small.muted.time-note", {}, odd && icon("alert-triangle"), odd && " ", words)] : [];
}

function correction(panel, { onDone, onClose }) {
  const input = h("input#time-at", { type: "datetime-local", step: 1, name: "at", required: true });
  const field = h("div.field", { data: { field: "at" } }, h("label", { for: "time-at" }, t("Seharusnya"), ` (${zoneLabel})`), input, h("span.field-error", { role: "alert" }));
  const which = choiceField("which", t("Waktu yang mana"), Object.fromEntries(Object.entries(TIMES).map(([code, words]) => [code, `${code} ${words}`])), { value: "t1" });
  const fillIn = () => { input.value = toLocal(Date.parse(known.get(panel.id)?.times.find((one) => one.which === which.querySelector("select").value)?.at ?? ""), zone); };
  which.querySelector("select").addEventListener("change", fillIn);
  fillIn();
  const send = ({ which: code, at: words, why, confirmed }, uid) =>
    post(`/incidents/${panel.id}/times`, { uid, which: code, at: new Date(fromLocal(words, zone)).toISOString(), why, ...(confirmed ? { confirmed } : {}) });
  const form = new ActionForm({ title: t("Perbaiki waktu"), submit: t("Simpan perbaikan"), fields: [which, field, longField("why", t("Mengapa"), { required: true, maxlength: 200 })], send, onDone: (answer) => (known.delete(panel.id), onDone(answer)), onClose });
  return confirmable(form, t("Ya, memang begitu"));
}
