// The radio page: asks for the log anew when the journal hints that the air moved, and says when it could not.
import { get } from "./api.js";
import { wireForm } from "./api_form.js";
import { at, atFully, now, onTick } from "./clock.js";
import { fill, h, setText } from "./dom.js";
import { lampWords } from "./lamps.js";
import { named } from "./names.js";
import { RadioLive } from "./radio_live.js";
import { KINDS, RECEPTION_STATES, TRANSMISSION_STATES, airtimeWords, isUsedUp, lookOf, missingFirst, seenCount } from "./radio_words.js";
import { live } from "./shell.js";
import { ageWords, secondsBetween } from "./time.js";
import { toast } from "./toast.js";
import { numberText, t } from "./words.js";

const PAUSE_MS = 300;
const SHOWN = 50;
const IN_A_ROUND_MS = 700; // that a second round began stands in no entry
const HINTS = /^(radio|transmission|reception|delivery|station|heard|alert|lamp)\./;

const $ = (id) => document.getElementById(id);
const roll = new RadioLive($("live"));
let timer = null;
let log = { transmissions: [], heard: [], stations: [], airtime: null, round: null };

function refreshSoon(ms = PAUSE_MS) {
  timer ??= setTimeout(() => { timer = null; refresh(); }, ms);
}

async function refresh() {
  try {
    log = await get(`/radio/log?limit=${SHOWN}`);
    $("stale").hidden = true;
    draw();
  } catch (problem) {
    $("stale").hidden = false;
    setText($("stale"), t("Jurnal radio ini belum diperbarui: {why}", { why: problem.message }));
  }
  if (log.round) refreshSoon(IN_A_ROUND_MS);
}

function draw() {
  roll.show(log);
  fillOrSay("sent", log.transmissions.map(sentRow));
  fillOrSay("heard", log.heard.map(heardRow));
  drawStations();
  drawChoices();
  setText($("airtime"), airtimeWords(log.airtime));
  $("airtime").classList.toggle("late", isUsedUp(log.airtime));
}

function fillOrSay(id, rows) {
  fill($(id), ...rows);
  $(`${id}-empty`).hidden = rows.length > 0;
}

// ---- what went out, and who has it

function sentRow(one) {
  const { seen, all } = seenCount(one.stations);
  return h("li.box.radio-sent", {},
    h("div.line", {}, time(one.at), h("span.chip.chip-square", {}, named(KINDS, one.kind)), h("b", {}, named(TRANSMISSION_STATES, one.state)),
      all ? h("span.push.num", { class: seen === all ? "good" : "late" }, t("dilihat {seen} dari {all}", { seen, all })) : null),
    h("p", {}, one.text),
    one.reason ? h("p.late.small", {}, one.reason) : null,
    h("ul.radio-roster", {}, ...missingFirst(one.stations).map(rosterRow)),
    h("p.muted.small", {}, airWords(one)));
}

const rosterRow = (one) => h("li", {}, h("span.lamp", { class: `lamp-${lookOf(one.state)}` }, h("b", {}, one.call_sign), named(RECEPTION_STATES, one.state)), h("time.muted.num", { title: atFully(one.at) }, at(one.at)));

function airWords({ keyed_at, rounds, bytes_on_air, airtime_s, written_by }) {
  const seconds = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 }).format(airtime_s ?? 0);
  return [
    keyed_at ? t("mengudara {time}", { time: at(keyed_at) }) : t("belum mengudara"),
    rounds ? t("{n} putaran", { n: rounds }) : null,
    bytes_on_air ? t("{n} bita, {s} detik di udara", { n: numberText(bytes_on_air), s: seconds }) : null,
    written_by,
  ].filter(Boolean).join(" · ");
}

const time = (moment) => h("time.num.strong", { datetime: moment, title: atFully(moment) }, at(moment));

// ---- what was heard

const heardRow = (one) => h("li.box", {},
  h("div.line", {}, time(one.at), h("b", {}, one.call_sign ?? t("stasiun {n}", { n: one.station })), h("span.chip.chip-square", {}, named(KINDS, one.kind))),
  h("p", {}, one.text));

// ---- stations

function drawStations() {
  $("stations-empty").hidden = log.stations.length > 0;
  fill($("stations"), ...log.stations.map(stationRow));
}

const stationRow = (one) => h("tr", {},
  h("td.num", {}, String(one.number)),
  h("td.strong", {}, one.call_sign, one.revoked_at ? h("span.bad", {}, " ", t("dicabut")) : null, one.waiting ? h("span.late.small", {}, " ", t("{n} menunggu", { n: one.waiting })) : null),
  h("td", { title: one.last_heard_at ? atFully(one.last_heard_at) : "" }, one.last_heard_at ? t("{age} lalu", { age: ageWords(secondsBetween(one.last_heard_at, now())) }) : t("belum pernah")));

function drawChoices() {
  const select = $("say-to");
  if (!select || document.activeElement === select) return;
  const chosen = select.value;
  fill(select, h("option", { value: "" }, t("semua stasiun")), ...log.stations.filter((one) => !one.revoked_at).map((one) => h("option", { value: one.call_sign }, one.call_sign)));
  select.value = chosen;
}

function drawLamp() {
  const lamp = live.picture.lamps.get("radio") ?? { state: "unknown" };
  const look = `lamp lamp-${lamp.state}`;
  if ($("radio-lamp").className !== look) $("radio-lamp").className = look;
  setText($("radio-lamp"), lampWords(lamp));
}

// ---- begin

const readText = ({ to, text }) => (text.trim() ? { text: text.trim(), ...(to ? { to } : {}) } : { problem: ["text", t("Tulis pesannya.")] });

if ($("say")) wireForm($("say"), { path: "/radio/texts", read: readText, done: () => { toast(t("Antre untuk radio; jawabannya muncul di jurnal ini.")); refresh(); } });
live.addEventListener("change", ({ detail }) => {
  drawLamp();
  if (detail.isSnapshot || detail.entries.some((entry) => HINTS.test(entry.kind))) refreshSoon();
});
drawLamp();
let ticks = 0;
onTick(() => ++ticks % 15 || refreshSoon());
refresh();
