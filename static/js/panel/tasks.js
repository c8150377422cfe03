// What is to be done for the incident: whose, until when; the word promised to the reporter among it.
import { get, post } from "../api.js";
import { atFully, atMinute, now } from "../clock.js";
import { fill, h, icon } from "../dom.js";
import { ActionForm, choiceField, longField } from "../form.js";
import { may } from "../page.js";
import { toast } from "../toast.js";
import { t } from "../words.js";
import { dueWords, inDueOrder, isLate, taskWords } from "./task_words.js";

const DUE = { "": t("tanpa batas"), 15: t("15 menit"), 30: t("30 menit"), 60: t("1 jam"), 120: t("2 jam"), 360: t("6 jam") };
const MOST = 30; // shown of all the room's
const ME = document.documentElement.dataset.person ?? "";

export const tasks = {
  name: "tasks",
  label: t("Tugas"),
  isShown: () => may("task.do"),
  count: (panel) => ofIncident(panel).filter((task) => !task.gone).length,
  facts: (panel) => ofIncident(panel).map((task) => [task, dueWords(task, now())]),
  body: (panel) => [
    ...list(panel, ofIncident(panel).filter((task) => !task.gone).sort(inDueOrder)),
    ...ended(panel, ofIncident(panel).filter((task) => task.gone)),
  ],
  deeds: [{ verb: "task", words: t("Tugas"), icon: "checkbox", key: "T", isOn: () => may("task.write"), form: (panel, ends) => addForm(panel.incident, ends) }],
};

const ofIncident = (panel) => panel.merged("tasks", (task) => task.incident_id === panel.id);

/** Every open task of the room, for when no incident is chosen: those of closed incidents and of none stand nowhere else. */
export const openTasks = ({ live }) => [...live.picture.tasks.values()].sort(inDueOrder);

export const openFacts = (panel) => (may("task.do") ? openTasks(panel).map((task) => [task, dueWords(task, now())]) : []);

export function openList(panel) {
  const cards = may("task.do") ? openTasks(panel) : [];
  if (!cards.length) return [];
  return [h("h3.body-head", {}, t("Tugas terbuka ({n})", { n: cards.length })), h("ul.task-rows", {}, cards.slice(0, MOST).map((task) => row(panel, task, placeOf(panel, task))))];
}

function placeOf({ live }, { incident_id }) {
  if (incident_id === null) return h("span.chip", {}, t("tanpa kejadian"));
  const number = live.picture.incidents.get(incident_id)?.number ?? t("kejadian {id}", { id: incident_id });
  return h("a", { href: `/?i=${incident_id}` }, number);
}

/** The open tasks as rows, or what to do when there is none. */
function list(panel, cards) {
  if (!cards.length) return [h("p.empty", {}, h("strong", {}, t("Belum ada tugas")), may("task.write") && t("Tekan T untuk menulis tugas."))];
  return [h("ul.task-rows", {}, cards.map((task) => row(panel, task)))];
}

function ended(panel, cards) {
  if (!cards.length) return [];
  return [h("h3.body-head", {}, t("Sudah berakhir")), h("ul.task-rows", {}, [...cards].reverse().map((task) => endedRow(panel, task)))];
}

function row(panel, task, place = null) {
  return h("li.task-row", { class: isLate(task, now()) ? "is-late-task" : "" },
    h("div.line", {}, h("b", {}, taskWords(task)), place, task.due_at && h("span.push.num", { class: isLate(task, now()) ? "bad strong" : "muted", title: atFully(task.due_at) }, dueWords(task, now()))),
    h("p.small.muted", {}, [task.owner ?? t("belum ada pemilik"), task.due_at && t("sampai {at}", { at: atMinute(task.due_at) }), t("ditulis {by}", { by: task.made_by })].filter(Boolean).join(" · ")),
    h("div.line", {}, buttons(panel, task, place !== null)));
}

function buttons(panel, task, isElsewhere) {
  const button = (verb, words, look, deed) => h("button.btn.btn-small", { type: "button", class: look, data: { key: `task-${task.id}-${verb}` }, onclick: deed }, words);
  const isWord = task.kind === "next_word";
  return [
    isWord && !isElsewhere && may("incident.feedback") && button("feedback", t("Sudah dikabari"), "btn-primary", () => panel.open("feedback")),
    !isWord && button("done", t("Selesai"), "btn-primary", ({ currentTarget }) => done(panel, task, currentTarget)),
    !task.owner && may("task.write") && button("take", t("Ambil"), "", ({ currentTarget }) => say(panel, task, "take", currentTarget)),
    may("task.write") && button("hand_over", t("Serahkan"), "btn-quiet", () => panel.showForm(handForm(task, panel), "tasks")),
    may("task.write") && button("drop", t("Lepas"), "btn-quiet", () => panel.showForm(dropForm(task, panel), "tasks")),
  ];
}

function endedRow(panel, task) {
  const how = task.state === "done" ? t("selesai oleh {by} {at}", { by: task.ended_by, at: atMinute(task.ended_at) }) : t("dilepas oleh {by} {at}", { by: task.ended_by, at: atMinute(task.ended_at) });
  const again = may("task.write") && h("button.btn.btn-small.btn-quiet.push", { type: "button", data: { key: `task-${task.id}-reopen` }, onclick: ({ currentTarget }) => say(panel, task, "reopen", currentTarget) }, t("Buka lagi"));
  return h("li.task-row.is-over", {}, h("div.line", {}, icon(task.state === "done" ? "circle-check" : "circle-x"), h("span", {}, taskWords(task)), again), h("p.small.muted", {}, [how, task.why].filter(Boolean).join(" · ")));
}

// ---- deeds

async function say(panel, task, verb, button, undo = null) {
  if (button?.getAttribute("aria-busy") === "true") return;
  button?.setAttribute("aria-busy", "true");
  try {
    panel.done("task", await post(`/tasks/${task.id}/${verb}`));
    if (undo) toast(t("Tugas selesai: {words}", { words: taskWords(task) }), { deed: { label: t("Urungkan"), act: undo } });
  } catch (problem) {
    toast(problem.message, { isBad: true });
    panel.fetchSoon();
  } finally {
    button?.setAttribute("aria-busy", "false");
  }
}

const done = (panel, task, button) => say(panel, task, "done", button, () => say(panel, task, "reopen", null));

const dueAt = (minutes) => (minutes ? new Date(now() + Number(minutes) * 60_000).toISOString() : undefined);

function addForm(incident, ends) {
  return new ActionForm({
    title: t("Tugas untuk {number}", { number: incident.number }), submit: t("Simpan tugas"),
    fields: [longField("words", t("Apa yang harus dilakukan"), { required: true, maxlength: 500 }), h("div.field-pair", {}, choiceField("due", t("Batas waktu"), DUE, { required: false }), ownerField())],
    send: ({ words, due, owner }, uid) => post("/tasks", { uid, words, incident: incident.id, due_at: dueAt(due), ...ownerOf(owner) }), ...ends,
  });
}

const endsOf = (panel) => ({ onDone: (answer) => panel.done("task", answer), onClose: () => panel.closeForm() });

const handForm = (task, panel) => new ActionForm({
  title: t("Serahkan: {words}", { words: taskWords(task) }), submit: t("Serahkan"), fields: [ownerField(true)],
  send: ({ owner }, uid) => post(`/tasks/${task.id}/hand_over`, { uid, ...ownerOf(owner) }), ...endsOf(panel),
});

const dropForm = (task, panel) => new ActionForm({
  title: t("Lepas: {words}", { words: taskWords(task) }), submit: t("Lepas tugas"), fields: [longField("text", t("Alasan"), { required: true, maxlength: 500 })],
  send: ({ text }, uid) => post(`/tasks/${task.id}/drop`, { uid, text }), ...endsOf(panel),
});

const ownerOf = (owner) => (owner ? { owner_kind: owner.split(":")[0], owner: owner.slice(owner.indexOf(":") + 1) } : {});

/** Who does it: people, agencies and units, asked for when the form opens. */
function ownerField(isNeeded = false) {
  const field = choiceField("owner", t("Pemilik"), {}, { blank: isNeeded ? t("pilih") : t("belum ada pemilik"), required: isNeeded });
  const select = field.querySelector("select");
  get("/tasks/owners").then((known) => select.append(...groups(known)), () => select.append(...groups({ people: [{ name: ME }], agencies: [], units: [] })));
  return field;
}

function groups({ people, agencies, units }) {
  const group = (label, kind, names) => (names.length ? [fill(h("optgroup", { label }), ...names.map(([value, words]) => h("option", { value: `${kind}:${value}` }, words)))] : []);
  const mineFirst = [...people].sort((a, b) => Number(b.name === ME) - Number(a.name === ME));
  return [
    ...group(t("Orang"), "person", mineFirst.map(({ name }) => [name, name === ME ? t("{name} (saya)", { name }) : name])),
    ...group(t("Instansi"), "agency", agencies.map(({ code, name }) => [code, name || code])),
    ...group(t("Satuan"), "unit", units.map(({ call_sign }) => [call_sign, call_sign])),
  ];
}
