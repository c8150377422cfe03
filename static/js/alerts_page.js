// The page of the alerts: choose one, see who knows, approve, send again, telephone, take back. The picture is live.
import { added, missingOf, tally } from "./alerts_words.js";
import { AlertList, inListOrder, isStanding } from "./alerts_list.js";
import { AlertPeople } from "./alerts_people.js";
import { AlertPhone } from "./alerts_phone.js";
import { AlertPicture } from "./alerts_picture.js";
import { get, newUid, post } from "./api.js";
import { onTick } from "./clock.js";
import { fill, h, oncePerFrame, setText } from "./dom.js";
import { Keys } from "./keys.js";
import { may } from "./page.js";
import { live } from "./shell.js";
import { toast } from "./toast.js";
import { numberText, t } from "./words.js";

const $ = (id) => document.getElementById(id);
const SHOWS = ["standing", "past"];
const AGAIN_MS = 300;
const asked = new URLSearchParams(location.search);

const state = { show: SHOWS.includes(asked.get("show")) ? asked.get("show") : "standing", chosen: Number(asked.get("a")) || null, alerts: new Map(), cursor: null };
const list = new AlertList($("alert-list"), { countsOf });
const people = new AlertPeople(live);
const phone = new AlertPhone($("alert-missing"), { onDone: () => people.heard() });
const picture = new AlertPicture({ approve, cancel: askCancel, resend, missing: (alert) => phone.open(alert) });
const uids = new Map(); // one deed, one uid, however often it is pressed

// ---- what is known

const unitsOf = (alert) => [...live.picture.recipients.values()].filter((one) => one.alert_id === alert.id);

/** {state: n} of everybody: the units by their cards in the live picture, the contacts as the alert's card counts them. */
function countsOf(alert) {
  return isStanding(alert) ? added(tally(unitsOf(alert)), alert.contacts) : alert.counts ?? alert.contacts ?? {};
}

const shown = () => [...state.alerts.values()].filter((alert) => isStanding(alert) === (state.show === "standing")).sort(inListOrder);

const chosenAlert = () => state.alerts.get(state.chosen) ?? null;

function draw() {
  const alerts = shown();
  list.draw(alerts, state.chosen);
  const alert = chosenAlert();
  picture.draw(alert, { counts: alert ? countsOf(alert) : {}, units: alert ? unitsOf(alert) : [] });
  people.choose(alert, alert ? countsOf(alert) : {});
  if (alert) phone.heard(unitsOf(alert));
  setText($("count-standing"), numberText([...state.alerts.values()].filter(isStanding).length));
  $("alerts-none").hidden = alerts.length > 0 || !live.hasPicture;
  setText($("alerts-none-words"), state.show === "standing" ? t("Tidak ada siaran yang berdiri") : t("Belum ada siaran yang lewat"));
  setText($("alerts-none-more"), may("alert.write") && state.show === "standing" ? t("Tekan N untuk menulis siaran baru.") : "");
  $("alerts-more").hidden = state.show !== "past" || state.cursor === null;
}

const drawSoon = oncePerFrame(draw);

// What is over is counted once more when it ends: its units leave the picture then.
function readListSoon() {
  clearTimeout(state.soon);
  state.soon = setTimeout(() => readList(), AGAIN_MS);
}

async function readList(isMore = false) {
  try {
    const { alerts, cursor } = await get(`/alerts?limit=50${isMore && state.cursor ? `&cursor=${state.cursor}` : ""}`);
    for (const alert of alerts) state.alerts.set(alert.id, { ...alert, ...live.picture.alerts.get(alert.id) });
    state.cursor = cursor ?? null;
    if (state.chosen === null) chooseFirst();
    drawSoon();
  } catch (problem) {
    if (problem.status) toast(problem.message, { isBad: true });
  }
}

// On a desk something is always chosen; on a phone the list comes first.
function chooseFirst() {
  if (matchMedia("(max-width: 900px)").matches) return;
  const [first] = shown();
  if (first) state.chosen = first.id;
}

// What stands is in the picture of the room already.
function takeStanding() {
  for (const [id, card] of live.picture.alerts) state.alerts.set(id, { ...state.alerts.get(id), ...card });
  if (state.chosen === null || !state.alerts.has(state.chosen)) chooseFirst();
}

// An entry carries whole cards, also of an alert that is over by it.
function look({ detail: { entries, isSnapshot } }) {
  if (isSnapshot) (takeStanding(), readList());
  for (const { body } of entries) for (const card of body?.cards?.alerts ?? []) state.alerts.set(card.id, { ...state.alerts.get(card.id), ...card });
  if (entries.some(({ body }) => body?.cards?.alerts?.some(({ gone }) => gone))) readListSoon();
  if (entries.some(({ body }) => body?.alert === state.chosen)) people.heard();
  drawSoon();
}

// ---- choosing

function choose(id) {
  if (id !== state.chosen) (phone.close(), fill($("alert-form")));
  state.chosen = id;
  document.body.classList.toggle("has-alert", id !== null);
  keepInUrl();
  draw();
  list.bring(id);
}

function keepInUrl() {
  const query = new URLSearchParams(Object.entries({ show: state.show === "standing" ? "" : state.show, a: state.chosen ?? "" }).filter(([, value]) => value));
  history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}`);
}

function show(name) {
  state.show = name;
  for (const button of $("alert-shows").querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.dataset.show === name));
  const alert = chosenAlert();
  if (alert && isStanding(alert) !== (name === "standing")) state.chosen = null;
  if (state.chosen === null) chooseFirst();
  keepInUrl();
  drawSoon();
}

function move(step) {
  const { ids } = list;
  if (!ids.length) return;
  const place = ids.indexOf(state.chosen);
  choose(ids[Math.max(0, Math.min(ids.length - 1, place < 0 ? 0 : place + step))]);
}

// ---- deeds: each keeps its uid until it is answered, so that a second click is harmless

async function act(name, path, fields, told) {
  const key = `${name}-${path}`;
  if (uids.get(key)?.isBusy) return;
  const deed = uids.get(key) ?? { uid: newUid() };
  uids.set(key, { ...deed, isBusy: true });
  try {
    await post(path, { uid: deed.uid, ...fields });
    uids.delete(key);
    if (told) toast(told);
    return true;
  } catch (problem) {
    uids.set(key, problem.status >= 400 ? { uid: newUid() } : deed);
    sayProblem(name, problem);
  }
}

function sayProblem(name, problem) {
  const beside = document.querySelector(`[data-problem="${name}"]`);
  beside ? setText(beside, problem.message) : toast(problem.message, { isBad: true });
}

function approve(alert) {
  return act("approve", `/alerts/${alert.id}/approve`, { text_hash: alert.text_hash }, t("Siaran disetujui dan mulai dikirim."));
}

function resend(alert) {
  return act("resend", `/alerts/${alert.id}/resend`, {}, t("Dikirim ulang kepada yang belum melihatnya."));
}

const noteSeen = (alert, one) => act(`seen-${one.id}`, `/alerts/${alert.id}/acknowledge`, one.unit_id ? { unit_id: one.unit_id } : { recipient_id: one.id });

// Two clicks take it back: the first shows the frozen words of the retraction, the second sends them.
function askCancel(alert) {
  const isDraft = alert.state === "draft";
  const close = () => (fill($("alert-form")), document.querySelector("#alert-cancel")?.focus());
  const send = async () => (await act("cancel", `/alerts/${alert.id}/cancel`, {}, isDraft ? t("Siaran dibuang; tidak dikirim kepada siapa pun.") : t("Siaran ditarik kembali."))) && fill($("alert-form"));
  const box = h("section.alert-retract.stack", { "aria-labelledby": "retract-title" },
    h("h3#retract-title", {}, isDraft ? t("Buang siaran ini?") : t("Tarik kembali siaran ini?")),
    !isDraft && [h("p.small", {}, t("Kata-kata ini sudah dibekukan bersama siarannya dan dikirim lewat jalan yang sama:")), h("blockquote.as-written", {}, alert.retraction ?? "")],
    h("p.problem", { role: "alert", data: { problem: "cancel" } }),
    h("div.line", {}, h("button.btn.btn-danger#alert-cancel-yes", { type: "button", onclick: send }, isDraft ? t("Ya, buang sekarang") : t("Ya, tarik kembali sekarang")), h("button.btn.btn-quiet", { type: "button", onclick: close }, t("Tidak jadi"), " ", h("kbd", {}, "Esc"))));
  box.addEventListener("keydown", (event) => event.key === "Escape" && (event.stopPropagation(), close()));
  fill($("alert-form"), box);
  $("alert-cancel-yes").focus();
}

// ---- keys

const press = (id) => (document.getElementById(id) ? (document.getElementById(id).click(), true) : false);

const keys = new Keys(
  [
    [["j", "ArrowDown"], t("siaran berikut"), () => move(1)],
    [["k", "ArrowUp"], t("siaran sebelumnya"), () => move(-1)],
    ["n", t("siaran baru"), () => press("alert-new")],
    ["s", t("setujui siaran terpilih"), () => document.getElementById("alert-approve")?.focus()],
    ["u", t("kirim ulang ke yang belum melihatnya"), () => press("alert-resend")],
    ["t", t("daftar telepon"), () => press("alert-phone")],
    ["b", t("tarik kembali, atau buang"), () => press("alert-cancel")],
    ["/", t("cari penerima"), () => $("people-search").focus()],
    ["Escape", t("tutup, kembali"), () => leave()],
    ["?", t("daftar tombol ini"), () => keys.list()],
  ],
  $("keys-dialog"),
);

function leave() {
  if (document.activeElement === $("people-search")) return $("people-search").blur();
  if (phone.close()) return;
  if ($("alert-form").childElementCount) return fill($("alert-form"));
  if (matchMedia("(max-width: 900px)").matches) choose(null);
}

$("keys-open").addEventListener("click", () => keys.list());
$("alert-shows").addEventListener("click", ({ target }) => target.closest("[data-show]") && show(target.closest("[data-show]").dataset.show));
$("alerts-more").addEventListener("click", () => readList(true));
$("alert-back").addEventListener("click", () => choose(null));
list.addEventListener("choose", ({ detail: id }) => choose(id));
people.addEventListener("seen", ({ detail: one }) => noteSeen(chosenAlert(), one));
live.addEventListener("change", look);
onTick(() => picture.tick());
show(state.show);
if (state.chosen) document.body.classList.add("has-alert");
