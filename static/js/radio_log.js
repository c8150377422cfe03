// The radio page: asks for the log anew when the journal hints that the air moved, and says when it could not.
import { get } from "./api.js";
import { at, atFully, onTick } from "./clock.js";
import { fill, h, setText } from "./dom.js";
import { lampWords } from "./lamps.js";
import { LAMPS, named } from "./names.js";
import { showKeys } from "./radio_keys.js";
import { RadioLive } from "./radio_live.js";
import { RadioSend } from "./radio_send.js";
import { RadioStations } from "./radio_stations.js";
import { RadioVoice } from "./radio_voice.js";
import { KINDS, airtimeWords, inOneLog, isUsedUp, receiversOf, stateWords } from "./radio_words.js";
import { live } from "./shell.js";
import { told } from "./told.js";
import { numberText, t } from "./words.js";

const PAUSE_MS = 300;
const IN_A_ROUND_MS = 700; // that a second round began stands in no entry
const SHOWN = 50;
const AIR = /^(radio|transmission|reception|delivery|station|heard|alert|lamp|roll_call)\./;
const NET = /^(roll_call|net|station)\./;
const PORTS = ["radio", "sms_modem"];

const $ = (id) => document.getElementById(id);
const roll = new RadioLive($("live"));
let timer = null;
let log = { transmissions: [], heard: [], stations: [], airtime: null, round: null };
let net = null;

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

async function refreshNet() {
  net = await get("/radio/net").catch(() => net);
  if (!net) return;
  stations.show(log, net);
  voice.show(net);
}

function draw() {
  roll.show(log);
  const lines = inOneLog(log);
  fill($("log"), ...lines.map(logRow));
  $("log-empty").hidden = lines.length > 0;
  if (net) stations.show(log, net);
  showKeys(log.keys);
  sender?.setStations(log.stations);
  setText($("airtime"), airtimeWords(log.airtime));
  $("airtime").classList.toggle("late", isUsedUp(log.airtime));
}

// ---- the log: what went out and who has it, what was heard

function logRow(one) {
  const isOut = one.direction === "out";
  const from = isOut ? one.written_by : one.call_sign ?? t("stasiun {n}", { n: one.station });
  return h("tr", { class: isOut ? "log-out" : "log-in" },
    h("td.num.strong", { title: atFully(one.at) }, at(one.at)), h("td", {}, isOut ? h("span", {}, from) : h("b", {}, from)), h("td", {}, isOut ? receiversOf(one) : t("pusat")),
    h("td", {}, h("span.chip.chip-square", {}, named(KINDS, one.kind))), h("td.log-text", {}, one.text, one.reason ? h("span.late.small.block", {}, told(one.reason)) : null), h("td", {}, isOut ? sentState(one) : t("didengar")));
}

function sentState(one) {
  const show = one.kind !== "text" ? h("button.btn.btn-small", { type: "button", data: { choose: one.uid }, "aria-label": t("Lihat stasiun dari {time}", { time: at(one.at) }), onclick: () => chooseAsk(one.uid) }, t("Lihat")) : null;
  return [h("b.block", {}, stateWords(one)), h("span.muted.small.block", {}, airWords(one)), show];
}

function airWords({ keyed_at, rounds, bytes_on_air, airtime_s }) {
  const seconds = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 }).format(airtime_s ?? 0);
  const size = bytes_on_air ? t("{n} bita, {s} detik di udara", { n: numberText(bytes_on_air), s: seconds }) : null;
  return [keyed_at ? null : t("belum mengudara"), rounds ? t("{n} putaran", { n: rounds }) : null, size].filter(Boolean).join(" · ");
}

function chooseAsk(uid) {
  turnTo("log");
  roll.choose(uid);
}

// ---- lamps of the ports

function drawPorts() {
  const shown = PORTS.filter((id) => id === "radio" || live.picture.lamps.has(id));
  const rows = shown.map((id) => [id, live.picture.lamps.get(id) ?? { state: "unknown" }]);
  const said = JSON.stringify(rows);
  if (said === drawPorts.said) return;
  drawPorts.said = said;
  fill($("ports"), ...rows.map(([id, lamp]) => h("span.lamp", { id: `${id}-lamp`, class: `lamp-${lamp.state}` }, h("b", {}, named(LAMPS, id)), h("span", {}, lampWords(lamp)))));
}

// ---- parts of the page

function turnTo(name) {
  for (const tab of $("radio-tabs").querySelectorAll("[role=tab]")) {
    tab.setAttribute("aria-selected", String(tab.dataset.part === name));
    $(`part-${tab.dataset.part}`).hidden = tab.dataset.part !== name;
    if (tab.dataset.part === name) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  history.replaceState(null, "", name === "log" ? location.pathname : `#${name}`);
  if (name === "stations") stations.wake();
  if (name === "voice") voice.focus();
}

// ---- begin

const sender = $("say") ? new RadioSend($("say"), refresh) : null;
const stations = new RadioStations(live, { onCalled: () => (turnTo("log"), roll.choose(null), refresh(), refreshNet()), onChoose: chooseAsk, onRelays: refresh });
const voice = new RadioVoice(refreshNet);

$("radio-tabs").addEventListener("click", ({ target }) => target.closest("[role=tab]") && turnTo(target.closest("[role=tab]").dataset.part));
live.addEventListener("change", ({ detail: { isSnapshot, entries } }) => {
  drawPorts();
  if (isSnapshot || entries.some(({ kind }) => AIR.test(kind))) refreshSoon();
  if (isSnapshot || entries.some(({ kind }) => NET.test(kind))) refreshNet();
});
drawPorts();
let ticks = 0;
onTick(() => ++ticks % 15 || refreshSoon());
refresh();
refreshNet();
if (["#stations", "#voice"].includes(location.hash)) turnTo(location.hash.slice(1));
