// The wall: what is worst, who is out, where, and how fast today; it turns by itself and says how old its picture is.
import { get } from "./api.js";
import { at, now, onTick, zone, zoneLabel } from "./clock.js";
import { fill, h, oncePerFrame, setText } from "./dom.js";
import { MEASURES, MEANINGS, shareText, spanText } from "./figure_table.js";
import { CALL_CLASSES, INCIDENT_STATES, UNIT_STATES, named, typeName } from "./names.js";
import { may, page, tables } from "./page.js";
import { live } from "./shell.js";
import { ageText, ageWords, secondsBetween } from "./time.js";
import { positionWords } from "./units_strip.js";
import { inStripOrder } from "./order.js";
import { SCENES, linesOf, placeOf, readWall, sumsOf, turnAt, unitSums, whyOf } from "./wall_rules.js";
import { WallMap } from "./wall_map.js";
import { numberText, t } from "./words.js";

const element = (id) => document.getElementById(id);
const NAMES = { queue: t("Kejadian"), map: t("Peta"), units: t("Satuan"), figures: t("Angka") };
const UNIT_ORDER = ["mayday", "obstructed", "assigned", "acknowledged", "en_route", "on_scene", "transporting", "at_referral", "standby", "afield", "out_of_service"];
const AWAKE_MS = 6000;
const FIGURES_EVERY_MS = 60_000;
const ROWS_AT_MOST = 40;
const SHOWN_FIGURES = ["answer", "process", "turnout", "travel", "total"];

const wanted = readWall(location.search, SCENES.filter((scene) => scene !== "figures" || may("figures.read")));
const map = wanted.scenes.includes("map") ? new WallMap(live, element("wall-map")) : null;
setText(element("wall-credit"), page.places_credit ?? "");

// ---- turning

const turning = { since: performance.now(), isPaused: false, pausedAt: 0, scene: null };

const elapsedMs = () => (turning.isPaused ? turning.pausedAt : performance.now()) - turning.since;

function turn() {
  const { scene, part, left } = turnAt(elapsedMs(), wanted);
  if (scene !== turning.scene) show(scene);
  element("wall-timer").value = part * 100;
  setText(turning.count, left === null ? "" : turning.isPaused ? t("jeda") : t("{n} dtk", { n: left }));
}

function show(scene) {
  turning.scene = scene;
  for (const part of document.querySelectorAll(".wall-scene")) part.hidden = part.dataset.scene !== scene;
  turning.count = h("span.num");
  fill(element("wall-scenes"), wanted.scenes.map((one) => h("li", one === scene ? { "aria-current": "true" } : {}, NAMES[one], one === scene && wanted.scenes.length > 1 ? [" ", turning.count] : null)));
  draw();
}

function goTo(place) {
  const many = wanted.scenes.length;
  turning.since = (turning.isPaused ? turning.pausedAt : performance.now()) - (((place % many) + many) % many) * wanted.seconds * 1000;
  turn();
}

function pause() {
  if (turning.isPaused) turning.since += performance.now() - turning.pausedAt;
  turning.isPaused = !turning.isPaused;
  turning.pausedAt = performance.now();
  element("wall-pause").setAttribute("aria-pressed", String(turning.isPaused));
  turn();
}

// A new life in danger is shown at once, not in its turn.
function lookAtNews({ detail: { entries } }) {
  const isP1 = (entry) => entry.kind === "incident.opened" && entry.body?.cards?.incidents?.some((card) => card.priority === "P1" && !card.gone);
  if (wanted.scenes.includes("queue") && entries.some(isP1)) goTo(wanted.scenes.indexOf("queue"));
}

// ---- drawing: only the scene that is seen

const draw = oncePerFrame(() => {
  if (!live.hasPicture) return;
  const moment = now();
  const lines = linesOf(live.picture, moment, tables.targets_s);
  drawSums(lines);
  ({ queue: () => drawQueue(lines, moment), map: () => map.look(), units: () => drawUnits(moment), figures: () => drawFigures() })[turning.scene]?.();
});

function drawSums(lines) {
  const { open, waiting, late, mayday } = sumsOf(lines, live.picture.queue.open);
  const units = [...live.picture.units.values()];
  const free = units.filter(({ state }) => state === "standby" || state === "afield").length;
  const sum = (look, n, words) => h(`li.wall-sum${look && n ? `.${look}` : ""}`, {}, h("b.num", {}, numberText(n)), " ", words);
  fill(element("wall-sums"),
    mayday > 0 && sum("is-bad", mayday, t("DARURAT")),
    sum("", open, t("kejadian")), sum("is-bad", waiting, t("menunggu satuan")), sum("is-late", late, t("lewat target")), sum("", free, t("satuan siaga")));
}

function drawQueue(lines, moment) {
  const rows = element("wall-rows");
  element("wall-empty").hidden = lines.length > 0;
  setText(element("wall-empty"), lines.length ? "" : emptyWords());
  fill(rows, lines.slice(0, ROWS_AT_MOST).map((line) => row(line, moment)));
  const shown = keepWhole(rows);
  const rest = live.picture.queue.open - shown;
  setText(element("wall-more"), rest > 0 ? t("dan {n} kejadian lagi", { n: numberText(rest) }) : "");
}

// ---- the village of a point that nobody named: asked once, one at a time

const villages = new Map();
let isAsking = false;

async function nameVillages() {
  const nameless = [...live.picture.incidents.values()].find((one) => !villages.has(one.id) && Number.isFinite(one.lon) && !page.areas?.[one.area_code]);
  if (!nameless || isAsking) return;
  isAsking = true;
  try {
    const { place } = await get(`/places/reverse?lon=${nameless.lon}&lat=${nameless.lat}`);
    villages.set(nameless.id, place ? place.full.split(", ").slice(0, 2).join(", ") : "");
    draw();
  } catch {
    villages.set(nameless.id, ""); // the map still shows where
  } finally {
    isAsking = false;
  }
}

const emptyWords = () => t("0 kejadian pada entri {n}, pukul {time} {zone}", { n: numberText(live.picture.seq), time: at(live.freshAt), zone: zoneLabel });

function row(line, moment) {
  const { incident, standing, units } = line;
  const look = `wall-row edge-${incident.priority}${standing.isBreach ? " is-late" : ""}`;
  return h("li", { class: look, data: { id: incident.id } },
    h("span", { class: `prio prio-${incident.priority}`, role: "img", "aria-label": incident.priority }, incident.priority.slice(1)),
    h("b.wall-type", {}, typeName(incident.type)),
    h("span.wall-why", {}, whyOf(line, named(INCIDENT_STATES, incident.state))),
    h("span.wall-wait.num", {}, ageText(secondsBetween(incident.opened_at, moment))),
    h("span.wall-place", {}, placeOf(incident, page.areas ?? {}, villages), " · ", incident.number),
    h("span.wall-sent", {}, sentWords(units)));
}

const sentWords = (units) => units.map(({ call_sign, state }) => `${call_sign ?? "?"} ${named(UNIT_STATES, state)}`).join(", ") || t("belum ada satuan");

// Only whole rows: what does not fit is counted, not cut.
function keepWhole(list) {
  const bottom = list.getBoundingClientRect().bottom;
  const isScrolling = getComputedStyle(list).overflowY !== "hidden";
  let shown = 0;
  for (const one of [...list.children]) isScrolling || one.getBoundingClientRect().bottom <= bottom + 1 ? (shown += 1) : one.remove();
  return shown;
}

function drawUnits(moment) {
  const units = [...live.picture.units.values()].sort(inStripOrder);
  fill(element("wall-states"), unitSums(units, UNIT_ORDER).map(([state, n]) => h("li", { class: `wall-state unit-${state}` }, h("b.num", {}, numberText(n)), " ", named(UNIT_STATES, state))));
  fill(element("wall-units"), units.map((unit) => unitCard(unit, moment)));
  const shown = keepWhole(element("wall-units"));
  setText(element("wall-units-more"), units.length ? (units.length > shown ? t("dan {n} satuan lagi", { n: numberText(units.length - shown) }) : "") : t("Belum ada satuan terdaftar."));
}

function unitCard(unit, moment) {
  const on = unit.incident_ids.map((id) => live.picture.incidents.get(id)?.number).filter(Boolean).join(", ");
  return h("li", { class: `wall-unit unit-${unit.state}` }, h("b", {}, unit.call_sign), h("span", {}, named(UNIT_STATES, unit.state), " · ", h("span.num", {}, ageText(secondsBetween(unit.since, moment)))), h("span.muted", {}, on || positionWords(unit, moment)));
}

// ---- the figures of the day

const today = { told: null, askedAt: -Infinity, fault: false };
const dates = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });

async function askFigures() {
  if (!wanted.scenes.includes("figures") || performance.now() - today.askedAt < FIGURES_EVERY_MS) return;
  today.askedAt = performance.now();
  const day = dates.format(now());
  try {
    Object.assign(today, { told: await get(`/figures?from=${day}&to=${day}`), at: now(), fault: false });
  } catch {
    today.fault = true;
  }
  if (turning.scene === "figures") draw();
}

function drawFigures() {
  const { told, fault } = today;
  if (!told) return fill(element("wall-figures"), h("p.wall-empty", {}, fault ? t("Angka tidak dapat dibaca; dicoba lagi.") : t("Angka sedang dihitung…")));
  const head = [t("Waktu"), "n", "P50", "P90", t("Dalam sasaran")];
  const lines = SHOWN_FIGURES.map((code) => figureLine(code, told.total[code]));
  fill(element("wall-figures"),
    h("table.wall-table", {}, h("thead", {}, h("tr", {}, head.map((word) => h("th", { scope: "col" }, word)))), h("tbody", {}, lines)),
    h("ul.wall-classes", {}, Object.entries(told.calls.shares).map(([name, { count, of_all }]) => h("li", {}, h("b.num", {}, numberText(count)), ` ${named(CALL_CLASSES, name)} ${shareText(of_all)}`)),
      told.calls.rung && h("li", {}, h("b.num", {}, numberText(told.calls.unanswered)), " ", t("tak terjawab"))),
    h("p.wall-note", {}, t("Dihitung pukul {time} {zone}", { time: at(today.at), zone: zoneLabel }), told.exercise ? ` · ${t("LATIHAN")}` : ""));
}

function figureLine(code, { n, p50_s, p90_s, within, left_out, few }) {
  const first = within[0];
  const goal = first && first.n ? [first.types.map(typeName).join(", "), `${shareText(first.share)} ≤ ${spanText(first.within_s)}`].filter(Boolean).join(" ") : "–";
  const look = first?.met === false ? "bad" : first?.met ? "good" : "";
  return h("tr", {}, h("th", { scope: "row", title: MEANINGS[code] }, MEASURES[code]), h("td.num", {}, numberText(n), few ? "*" : "", left_out ? h("small", {}, ` (−${numberText(left_out)})`) : null), h("td.num", {}, spanText(p50_s)), h("td.num", {}, spanText(p90_s)), h("td", { class: `num ${look}` }, goal));
}

// ---- how old the picture is: always there

function sayAge() {
  const age = element("wall-age");
  if (!live.hasPicture) return setText(age, t("belum ada gambar"));
  const facts = { age: live.ageSeconds < 60 ? t("{n} dtk", { n: Math.floor(live.ageSeconds) }) : ageWords(live.ageSeconds), n: numberText(live.picture.seq), time: at(live.freshAt), zone: zoneLabel };
  setText(age, t("gambar {age} · entri {n} · {time} {zone}", facts));
  age.classList.toggle("is-old", live.isFrozen);
}

// ---- the machine behind the wall: awake while it is looked at, its tools there while a hand is near

async function stayAwake() {
  if (document.visibilityState !== "visible" || !navigator.wakeLock) return;
  try {
    await navigator.wakeLock.request("screen");
  } catch { /* refused, on an old battery or by a rule of the machine: its own settings decide */ }
}

let sleeping = 0;

function wake() {
  document.body.classList.add("is-awake");
  clearTimeout(sleeping);
  sleeping = setTimeout(() => document.body.classList.remove("is-awake"), AWAKE_MS);
}

function press(event) {
  if (event.target.closest("button, a, summary, input, dialog")) return;
  const place = wanted.scenes.indexOf(turning.scene);
  const deeds = { " ": pause, ArrowRight: () => goTo(place + 1), ArrowLeft: () => goTo(place - 1) };
  if (deeds[event.key]) event.preventDefault(), deeds[event.key]();
}

for (const name of ["pointermove", "pointerdown", "keydown"]) addEventListener(name, wake);
addEventListener("keydown", press);
addEventListener("resize", draw);
document.addEventListener("visibilitychange", stayAwake);
element("wall-pause").addEventListener("click", pause);
live.addEventListener("change", draw);
live.addEventListener("change", lookAtNews);
onTick(() => (turn(), sayAge(), askFigures(), nameVillages(), turning.scene !== "map" && draw()));
element("wall-timer").hidden = wanted.scenes.length < 2;
element("wall-pause").hidden = wanted.scenes.length < 2;
turn();
stayAwake();
