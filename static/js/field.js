// The field page: sees its alerts, says its steps, and keeps what it said until the server has it.
import { newUid } from "./api.js";
import { at, atFully, now, onTick } from "./clock.js";
import { keptWords } from "./desk_unsent.js";
import { fill, h, icon, oncePerFrame, setText } from "./dom.js";
import { AssessDialog } from "./field_assess.js";
import { smallPhoto } from "./field_photo.js";
import { keepPicture } from "./field_picture.js";
import { Positions } from "./field_position.js";
import { ReadyBox } from "./field_ready.js";
import { SafeBox } from "./field_safe.js";
import { DIGITS, MAIN_VERBS, MORE_VERBS, SURE_VERBS, alertsOfUnit, pathOf, taskOf, tasksOfUnit } from "./field_tasks.js";
import { isCut } from "./ladder.js";
import { ASSIGNMENT_VERBS, ORDERS, UNIT_STATES, named, typeIcon, typeName } from "./names.js";
import { keepThisPage } from "./offline.js";
import { may, page, tables } from "./page.js";
import { offerPush } from "./push.js";
import { keptFor, openOutbox } from "./sending.js";
import { live } from "./shell.js";
import { soundP1 } from "./sound.js";
import { ageText, secondsBetween } from "./time.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const SURE_MS = 4000;
const GLOVE_MS = 700; // two presses closer than this are one
const STALE = 409; // a newer position was known already: nobody needs to hear of it
const POSITION = "position";
const VERB_ICONS = { acknowledge: "check", depart: "truck", arrive: "map-pin", clear: "circle-check", obstruct: "alert-triangle", transport: "ambulance", deliver: "building-hospital" };

const $ = (id) => document.getElementById(id);
const unitId = page.person?.unit_id ?? null;
const person = page.person?.name ?? "";
const opening = keptFor(person);
const outbox = openOutbox({ person, live, changed: () => drawSoon(), told: (message, answer) => told(message, answer) });
const notes = new Map(); // what is being typed for an incident survives every redrawing
const positions = new Positions({ unit: () => live.picture.units.get(unitId), tell: (body, label) => say(`/units/${unitId}/position`, body, label, { slot: POSITION }) });
const assess = new AssessDialog({ opening, person, say });
const ready = new ReadyBox($("ready"), { say });
const safe = new SafeBox($("safe"), { unitId, say });
let asked = { key: "", atMs: 0 };
let pressedMs = 0;
let soundedFor = new Set();

// ---- saying things: kept first, sent second

async function say(path, body, label, { slot = null, file = null } = {}) {
  const uid = body.uid ?? newUid();
  const message = { uid, path, body: { uid, ...body }, label, ...(slot ? { slot } : {}) };
  const isKept = await outbox.add(message, file);
  if (!isKept) toast(t("Peramban ini tidak dapat menyimpannya: jangan tutup halaman ini sebelum terkirim."), { isBad: true });
  outbox.flush();
}

const stamp = () => new Date(now()).toISOString();

function press(assignment, verb) {
  if (performance.now() - pressedMs < GLOVE_MS) return;
  pressedMs = performance.now();
  if (SURE_VERBS.includes(verb) && !isAsked(assignment, verb)) return ask(assignment, verb);
  asked = { key: "", atMs: 0 };
  shake(60);
  say(pathOf(assignment.id, verb), { at: stamp() }, named(ASSIGNMENT_VERBS, verb));
}

const isAsked = (assignment, verb) => asked.key === `${assignment.id}-${verb}` && performance.now() - asked.atMs < SURE_MS;

function ask(assignment, verb) {
  asked = { key: `${assignment.id}-${verb}`, atMs: performance.now() };
  setTimeout(drawSoon, SURE_MS + 50);
  drawSoon();
}

// A browser that was never touched refuses to shake, and says so in its log.
const shake = (pattern) => navigator.userActivation?.hasBeenActive !== false && navigator.vibrate?.(pattern);

function acknowledge(alert) {
  shake(60);
  say(`/alerts/${alert.id}/acknowledge`, { unit_id: unitId }, t("Sudah lihat: {headline}", { headline: alert.headline || alert.text }));
}

function sendNote(incidentId, box) {
  const text = box.value.trim();
  if (!text) return box.focus();
  say(`/incidents/${incidentId}/note`, { text }, t("Catatan: {text}", { text }));
  notes.delete(incidentId);
  box.value = "";
}

async function sendPhoto(incident, { files: [file] }) {
  if (!file) return;
  const name = `foto-${incident.number}-${stamp().replace(/[:.]/g, "")}.jpg`;
  const photo = await smallPhoto(file, name).catch(() => null);
  if (!photo) return toast(t("Berkas itu bukan gambar yang dapat dibaca."), { isBad: true });
  say("/attachments", { incident_id: incident.id, taken_at: stamp() }, t("Foto, {n} kB", { n: Math.round(photo.size / 1024) }), { file: photo });
}

function told(message, answer) {
  if (message.slot === POSITION) return answer.status === STALE ? outbox.drop(message.uid) : null;
  if (answer.status >= 300) return toast(t("Ditolak: {why}", { why: answer.body?.detail ?? "" }), { isBad: true });
  if (!message.path.startsWith("/assignments/") && !message.path.startsWith("/alerts/")) toast(t("Terkirim: {what}", { what: message.label }));
}

// ---- alerts

function alertBox({ alert, recipient, isSeen, isSending }) {
  const isOpen = !isSeen && !isSending;
  return h("article.alert", { class: isOpen ? "is-open" : "", "aria-label": t("Siaran: {headline}", { headline: alert.headline }) },
    alert.exercise ? h("p.alert-drill", {}, t("LATIHAN")) : null,
    h("p.alert-order", {}, icon("speakerphone"), " ", named(ORDERS, alert.order).toUpperCase(), h("time.push.num", { datetime: alert.written_at, title: atFully(alert.written_at) }, at(alert.written_at))),
    h("h2", {}, isCut(alert) ? alert.text : alert.headline),
    isCut(alert) ? null : h("p.alert-text", {}, alert.text),
    alert.place ? h("p", {}, icon("map-pin"), " ", alert.place) : null,
    isOpen ? h("button.btn.btn-primary.btn-seen", { type: "button", "data-key": `alert-${alert.id}`, onclick: () => acknowledge(alert) }, icon("eye"), t("SAYA LIHAT")) : h("p.alert-seen", {}, seenWords(recipient, isSeen)));
}

function seenWords(recipient, isSeen) {
  if (!isSeen) return t("Sudah lihat: menunggu terkirim");
  return t("Dilihat {time} oleh {who}", { time: at(recipient.seen_at), who: recipient.seen_by ?? "" });
}

// ---- tasks

function taskBox(assignment) {
  const incident = live.picture.incidents.get(assignment.incident_id) ?? null;
  const task = taskOf(assignment, outbox.waiting(), tables.assignment_verbs ?? {});
  return h("article.task.box", { class: `edge-${incident?.priority ?? "P4"}` },
    ...taskHead(assignment, incident),
    h("p.task-state", {}, h("b", {}, named(UNIT_STATES, task.state)), task.waiting.length ? h("span.late", {}, ` · ${t("menunggu terkirim")}`) : h("span.muted.num", { data: { since: assignment.state_since } })),
    h("div.task-verbs", {}, ...MAIN_VERBS.map((verb) => verbButton(assignment, task, verb))),
    moreVerbs(assignment, task),
    incident ? noteBox(incident) : null,
    incident ? reports(incident) : null);
}

function taskHead(assignment, incident) {
  if (!incident) return [h("h2", {}, t("Kejadian {id}", { id: assignment.incident_id }))];
  return [
    h("div.task-head", {}, h("span.prio", { class: `prio-${incident.priority}`, role: "img", "aria-label": `${t("Prioritas")} ${incident.priority[1]}` }, incident.priority[1]),
      h("h2", {}, icon(typeIcon(incident.type)), " ", typeName(incident.type)), h("span.push.num.muted", {}, incident.number)),
    h("p.task-place", {}, icon("map-pin"), " ", incident.place || t("tempat belum diketahui")),
    incident.lon === null ? null : h("p", {}, h("a.btn.btn-glove", { href: `geo:${incident.lat},${incident.lon}?q=${incident.lat},${incident.lon}` }, icon("route"), t("Buka di peta telepon"))),
  ];
}

function verbButton(assignment, task, verb) {
  const isNext = task.next === verb;
  const facts = { type: "button", disabled: !task.allowed.includes(verb), class: isNext ? "btn-primary" : "", "data-key": `${assignment.id}-${verb}`, onclick: () => press(assignment, verb) };
  return h("button.btn.btn-glove", facts, icon(VERB_ICONS[verb]), sureWords(assignment, verb), digit(verb));
}

// The digit is the one said on the radio: who knows one knows the other.
const digit = (verb) => h("kbd.digit", { "aria-hidden": "true" }, DIGITS[verb]);

const sureWords = (assignment, verb) =>
  isAsked(assignment, verb) ? t("TEKAN SEKALI LAGI: {verb}", { verb: named(ASSIGNMENT_VERBS, verb) }) : named(ASSIGNMENT_VERBS, verb);

function moreVerbs(assignment, task) {
  const mayday = h("button.btn.btn-glove.btn-danger", { type: "button", disabled: !task.allowed.includes("mayday"), "data-key": `${assignment.id}-mayday`, onclick: () => press(assignment, "mayday") }, icon("alarm"), sureWords(assignment, "mayday"), digit("mayday"));
  return h("div.task-more", {}, ...MORE_VERBS.map((verb) => verbButton(assignment, task, verb)), mayday);
}

function noteBox(incident) {
  const id = `note-${incident.id}`;
  const box = h("textarea", { id, rows: "2", maxlength: "2000", "data-key": id, oninput: () => notes.set(incident.id, box.value) });
  box.value = notes.get(incident.id) ?? "";
  return h("div.field", {}, h("label", { for: id }, t("Kabar dari lapangan")), box,
    h("button.btn.btn-glove", { type: "button", "data-key": `send-${id}`, onclick: () => sendNote(incident.id, box) }, icon("send"), t("Kirim catatan")));
}

function reports(incident) {
  const assessing = may("assessment.write") && h("button.btn.btn-glove", { type: "button", "data-key": `assess-${incident.id}`, onclick: () => assess.open(incident) }, icon("clipboard-list"), t("Kaji cepat"));
  return h("div.task-reports", {}, assessing, page.takes_photos && may("attachment.write") && photoButton(incident));
}

function photoButton(incident) {
  const box = h("input.sr-only", { id: `photo-${incident.id}`, type: "file", accept: "image/*", capture: "environment", onchange: ({ target }) => (sendPhoto(incident, target), (target.value = "")) });
  return h("div.photo", {}, box, h("label.btn.btn-glove", { for: box.id }, icon("camera"), t("Foto")));
}

// ---- what is still to be sent

function drawOutbox() {
  const [waiting, refused] = [outbox.waiting(), outbox.refused()];
  const how = keptWords(outbox, outbox.locked());
  $("outbox").hidden = waiting.length + refused.length + outbox.locked() === 0;
  setText($("outbox-title"), waiting.length ? t("{n} belum terkirim", { n: waiting.length }) : refused.length ? t("{n} ditolak server", { n: refused.length }) : t("Belum terkirim"));
  setText($("outbox-kept"), how);
  $("outbox-kept").hidden = !how;
  $("outbox-send").hidden = waiting.length === 0;
  fill($("outbox-list"), ...refused.map(refusedRow), ...waiting.map((one) => h("li", {}, h("b", {}, one.label), h("span.muted.num", {}, ` · ${at(one.queued_at)}`))));
}

const refusedRow = (one) => h("li.line", {}, h("b", {}, one.label), h("span.bad", {}, one.refused.detail),
  h("button.btn.btn-small", { type: "button", onclick: () => outbox.again(one.uid).then(() => outbox.flush()) }, t("Coba kirim lagi")),
  h("button.btn.btn-small.btn-quiet", { type: "button", onclick: () => outbox.drop(one.uid) }, t("Mengerti")));

function drawLink() {
  const words = live.isFrozen ? t("LURING") : live.isConnected ? t("tersambung") : t("menyambung");
  setText($("link-state"), words);
  $("link-state").dataset.state = live.isFrozen ? "off" : live.isConnected ? "ok" : "warn";
}

// ---- drawing: whole, because a phone shows few things; the focus and what is typed stay

function draw() {
  const { picture } = live;
  const rows = alertsOfUnit(picture.alerts, picture.recipients.values(), unitId, outbox.waiting());
  const tasks = tasksOfUnit(picture.assignments.values(), unitId);
  keepFocus(() => {
    fill($("alerts"), ...rows.map(alertBox));
    fill($("tasks"), ...tasks.map(taskBox));
  });
  keepFocus(() => ready.draw(picture.units.get(unitId), tasks.length > 0));
  keepFocus(() => safe.draw(picture.alarms.values(), outbox.waiting()));
  $("no-task").hidden = tasks.length > 0 || unitId === null || !live.hasPicture;
  drawUnit(picture.units.get(unitId));
  drawOutbox();
  drawLink();
  positions.look();
  tick();
  soundNew(rows);
}

function drawUnit(unit) {
  $("no-unit").hidden = unitId !== null;
  if (!unit) return;
  setText($("unit-name"), unit.call_sign);
  setText($("unit-state"), named(UNIT_STATES, unit.state));
}

function keepFocus(work) {
  const key = document.activeElement?.dataset?.key;
  const [start, end] = [document.activeElement?.selectionStart, document.activeElement?.selectionEnd];
  work();
  const again = key && document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  again?.focus({ preventScroll: true });
  if (again?.setSelectionRange && start !== undefined) again.setSelectionRange(start, end);
}

function soundNew(rows) {
  const open = rows.filter((row) => !row.isSeen).map((row) => row.alert.id);
  if (open.some((id) => !soundedFor.has(id))) { soundP1(); shake([200, 100, 200]); }
  soundedFor = new Set(open);
}

function tick() {
  for (const holder of document.querySelectorAll("[data-since]")) setText(holder, ` · ${ageText(secondsBetween(holder.dataset.since, now()))}`);
}

const drawSoon = oncePerFrame(draw);

live.addEventListener("change", drawSoon);
live.addEventListener("connection", drawSoon);
onTick(() => (tick(), drawLink()));
addEventListener("offline", drawLink);
$("outbox-send").addEventListener("click", () => outbox.flush());
draw();
keepPicture({ live, opening, person });
keepThisPage(() => { $("ready-offline").hidden = false; });
if (may("alert.acknowledge") && navigator.serviceWorker) offerPush($("push-offer"));
