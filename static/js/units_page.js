// The page of the units: who is free, on what, since when, who is silent; a unit chosen and told by keys; shifts; kinds.
import { byUnit } from "./alarm_words.js";
import { get, post } from "./api.js";
import { onTick } from "./clock.js";
import { oncePerFrame, setText } from "./dom.js";
import { Keys } from "./keys.js";
import { FREE_STATES } from "./names.js";
import { inStripOrder } from "./order.js";
import { may } from "./page.js";
import { live } from "./shell.js";
import { toast } from "./toast.js";
import { UnitDetail, sayDigit } from "./units_page_detail.js";
import { KindsPart } from "./units_page_kinds.js";
import { UnitRows } from "./units_page_rows.js";
import { ShiftsPart } from "./units_page_shifts.js";
import { t } from "./words.js";

const $ = (id) => document.getElementById(id);
const SHOWS = ["all", "free", "busy", "alarm", "out"];
const DUTY_AFTER_MS = 400;
const DUTY_EVERY_S = 20;
const LOOK_AGAIN_S = 5;
const ABOUT_DUTY = /^(crew|duty|unit_kind|capability|unit|welfare|assignment|alarm|radio)\./;
const asked = new URLSearchParams(location.search);

const state = {
  show: SHOWS.includes(asked.get("show")) ? asked.get("show") : "all",
  q: asked.get("q") ?? "", chosen: Number(asked.get("u")) || null, tab: "units", duty: null, dutyMs: 0,
};
const rows = new UnitRows(live, $("unit-list"));
const detail = new UnitDetail(live, $("unit-detail"), { duty: () => state.duty, done: () => refresh() });
const shifts = new ShiftsPart($("part-shifts"), { units: () => [...live.picture.units.values()], changed: () => refresh() });
const kinds = may("unit.manage") ? new KindsPart($("part-kinds")) : null;

// ---- which units

const isShown = {
  all: () => true,
  free: (unit) => FREE_STATES.includes(unit.state),
  busy: (unit) => !FREE_STATES.includes(unit.state) && unit.state !== "out_of_service",
  alarm: (unit, alarms) => alarms.has(unit.id),
  out: (unit) => unit.state === "out_of_service",
};

function found(alarms) {
  const words = state.q.trim().toLowerCase();
  const matches = (unit) => !words || [unit.call_sign, rows.kindOf(unit), unit.agency_code, unit.base].join(" ").toLowerCase().includes(words);
  const rank = (unit) => Number(!alarms.has(unit.id));
  return [...live.picture.units.values()].filter((unit) => isShown[state.show](unit, alarms) && matches(unit)).sort((a, b) => rank(a) - rank(b) || inStripOrder(a, b));
}

function draw() {
  const alarms = byUnit(live.picture.alarms.values());
  const units = found(alarms);
  rows.draw(units, { alarms, duty: state.duty, chosen: state.chosen });
  detail.draw(live.picture.units.get(state.chosen) ?? null, alarms.get(state.chosen) ?? []);
  const all = [...live.picture.units.values()];
  for (const name of SHOWS) setText($(`count-${name}`), String(all.filter((unit) => isShown[name](unit, alarms)).length));
  $("units-none").hidden = units.length > 0 || !live.hasPicture;
  setText($("units-none-words"), all.length ? t("Tidak ada satuan yang cocok dengan saringan ini.") : t("Belum ada satuan terdaftar."));
}

const drawSoon = oncePerFrame(draw);

function choose(id) {
  state.chosen = id;
  document.body.classList.toggle("has-unit", id !== null);
  keepInUrl();
  draw();
  rows.bring(id);
}

function keepInUrl() {
  const query = new URLSearchParams(Object.entries({ show: state.show === "all" ? "" : state.show, q: state.q, u: state.chosen ?? "" }).filter(([, value]) => value));
  history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}`);
}

function show(name) {
  state.show = name;
  for (const button of $("unit-shows").querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.dataset.show === name));
  keepInUrl();
  draw();
}

function move(step) {
  const ids = rows.ids;
  if (!ids.length) return;
  const place = ids.indexOf(state.chosen);
  choose(ids[Math.max(0, Math.min(ids.length - 1, place < 0 ? 0 : place + step))]);
}

// ---- crews, shifts and last words are not in the picture

async function readDuty() {
  state.dutyMs = performance.now();
  try {
    state.duty = await get("/duty");
    drawSoon();
  } catch { /* the rows say what is known; it is asked again */ }
}

let soon = null;
function refresh() {
  clearTimeout(soon);
  soon = setTimeout(() => (readDuty(), shifts.read(), kinds?.read()), DUTY_AFTER_MS);
}

function look({ detail: { entries, isSnapshot } }) {
  drawSoon();
  if (isSnapshot || entries.some(({ kind }) => ABOUT_DUTY.test(kind) && kind !== "unit.moved")) refresh();
}

// ---- tabs

function turnTo(name) {
  state.tab = name;
  for (const tab of $("units-tabs").querySelectorAll("[role=tab]")) {
    tab.setAttribute("aria-selected", String(tab.dataset.part === name));
    $(`part-${tab.dataset.part}`).hidden = tab.dataset.part !== name;
  }
}

// ---- keys

const chosen = () => live.picture.units.get(state.chosen) ?? null;
let sure = { key: "", ms: -Infinity };

async function digit(number) {
  const unit = chosen();
  if (!unit || !may("assignment.verb") || state.tab !== "units") return false;
  const key = `${unit.id}-${number}`;
  if ((number === 0 || number === 7) && (sure.key !== key || performance.now() - sure.ms > 4000)) {
    sure = { key, ms: performance.now() };
    return toast(t("Tekan {n} sekali lagi untuk {unit}", { n: number, unit: unit.call_sign }));
  }
  sure = { key: "", ms: -Infinity };
  await sayDigit(unit, number, refresh);
}

async function acknowledge() {
  const alarm = [...live.picture.alarms.values()].find((one) => one.unit_id === state.chosen && !one.acknowledged_by);
  if (!alarm || !may("alarm.acknowledge")) return;
  await post(`/alarms/${alarm.id}/acknowledge`).catch((problem) => toast(problem.message, { isBad: true }));
}

async function voice() {
  const unit = chosen();
  if (!unit || !may("alarm.acknowledge")) return;
  await post(`/units/${unit.id}/welfare`, { how: "voice" }).then(() => toast(t("{unit}: dijawab lewat suara, dicatat", { unit: unit.call_sign })), (problem) => toast(problem.message, { isBad: true }));
}

const keys = new Keys(
  [
    [["j", "ArrowDown"], t("satuan berikut"), () => move(1)],
    [["k", "ArrowUp"], t("satuan sebelumnya"), () => move(-1)],
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 0].map((number) => [String(number), t("status {n} dari satuan terpilih", { n: number }), () => (digit(number), true)]),
    ["t", t("tangani peringatan satuan terpilih"), () => acknowledge()],
    ["v", t("satuan terpilih menjawab lewat suara"), () => voice()],
    ["f", t("saringan berikut"), () => show(SHOWS[(SHOWS.indexOf(state.show) + 1) % SHOWS.length])],
    ["/", t("cari satuan"), () => $("unit-search").focus()],
    ["Escape", t("tutup, kembali"), () => (document.activeElement === $("unit-search") ? $("unit-search").blur() : choose(null))],
    ["?", t("daftar tombol ini"), () => keys.list()],
  ],
  $("keys-dialog"),
);

$("keys-open").addEventListener("click", () => keys.list());
$("unit-shows").addEventListener("click", ({ target }) => target.closest("[data-show]") && show(target.closest("[data-show]").dataset.show));
$("unit-search").addEventListener("input", ({ target }) => ((state.q = target.value), keepInUrl(), drawSoon()));
$("units-tabs").addEventListener("click", ({ target }) => target.closest("[role=tab]") && turnTo(target.closest("[role=tab]").dataset.part));
rows.addEventListener("choose", ({ detail: id }) => choose(id));
detail.addEventListener("close", () => choose(null));
live.addEventListener("change", look);
onTick((moment) => {
  if (Math.floor(moment / 1000) % LOOK_AGAIN_S === 0) drawSoon();
  if (performance.now() - state.dutyMs > DUTY_EVERY_S * 1000 && document.visibilityState === "visible") readDuty();
});
$("unit-search").value = state.q;
show(state.show);
turnTo("units");
if (state.chosen) document.body.classList.add("has-unit");
