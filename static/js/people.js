// People, units and stations: the lists, the two forms, and the one serious deed, taking someone's access away.
import { get, newUid, post } from "./api.js";
import { sayAt, wireForm } from "./api_form.js";
import { atFully, now, onTick } from "./clock.js";
import { readCoordinates } from "./coordinates.js";
import { fill, h, icon, setText } from "./dom.js";
import { UNIT_STATES, capabilityName, kindName, named } from "./names.js";
import { page } from "./page.js";
import { live } from "./shell.js";
import { ageWords, secondsBetween } from "./time.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const $ = (id) => document.getElementById(id);
const roleWords = new Map([...$("person-role").options].map((option) => [option.value, option.text]));
const said = (facts) => Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== "" && value !== null && value !== undefined));

let people = [];
let stations = [];

// ---- people

async function readPeople() {
  people = (await get("/people")).people;
  drawPeople();
}

function drawPeople() {
  const inOrder = [...people].sort((a, b) => Number(Boolean(a.revoked_at)) - Number(Boolean(b.revoked_at)) || a.name.localeCompare(b.name));
  fill($("people-rows"), ...inOrder.map(personRow));
}

function personRow(one) {
  return h("tr", { class: one.revoked_at ? "is-revoked" : "" },
    h("td.strong", {}, one.name),
    h("td", {}, roleWords.get(one.role) ?? one.role),
    h("td", {}, live.picture.units.get(one.unit_id)?.call_sign ?? ""),
    h("td.num", {}, [one.agency_code, one.area_code].filter(Boolean).join(" · ")),
    h("td", {}, revokeCell(one)));
}

function revokeCell(one) {
  if (one.revoked_at) return h("span", { title: atFully(one.revoked_at) }, t("dicabut"));
  if (one.id === page.person?.id) return h("span.muted", {}, t("Anda"));
  return h("button.btn.btn-small", { type: "button", "aria-haspopup": "dialog", onclick: () => askRevoke(one) }, icon("user-off"), t("Cabut akses"));
}

function readPerson(fields) {
  const isField = fields.role === "field";
  if (isField && !fields.unit_id) return { problem: ["unit_id", t("Orang lapangan perlu satuan.")] };
  return said({ ...fields, name: fields.name.trim(), unit_id: isField ? Number(fields.unit_id) : null });
}

function personAdded(entry, fields) {
  setText($("person-done"), t("{name} dapat masuk sekarang dengan kata sandi yang baru Anda ketik.", { name: fields.name.trim() }));
  showUnitBox();
  readPeople();
}

function showUnitBox() {
  $("person-unit-box").hidden = $("person-role").value !== "field";
}

// ---- taking access away

let revoked = null;

function askRevoke(one) {
  revoked = { ...one, uid: newUid() };
  setText($("revoke-title"), t("Cabut akses {name}?", one));
  setText($("revoke-do"), t("Cabut akses {name}", one));
  setText($("revoke-problem"), "");
  $("revoke").showModal();
}

async function revoke() {
  try {
    await post(`/people/${revoked.id}/revoke`, { uid: revoked.uid });
    $("revoke").close();
    toast(t("Akses {name} sudah dicabut.", revoked));
    readPeople();
  } catch (problem) {
    setText($("revoke-problem"), problem.message);
  }
}

// ---- units and stations

function readUnit(fields) {
  const { spot, station, capabilities, ...others } = fields;
  const place = spot.trim() ? readCoordinates(spot) : null;
  if (spot.trim() && !place) return { problem: ["spot", t("Koordinat tidak terbaca; contoh: -8,6500 116,5300.")] };
  const skills = capabilities.split(",").map((word) => word.trim()).filter(Boolean);
  return said({ ...others, capabilities: skills, lon: place?.lon, lat: place?.lat, station: station ? Number(station) : null });
}

function unitAdded(entry, fields) {
  setText($("unit-done"), t("{name} ditambahkan.", { name: fields.call_sign.trim() }));
  readStations();
}

function drawUnits() {
  const units = [...live.picture.units.values()].sort((a, b) => a.call_sign.localeCompare(b.call_sign, undefined, { numeric: true }));
  fill($("unit-rows"), ...units.map(unitRow));
  drawUnitChoices(units);
  drawPeople();
}

const unitRow = (unit) => h("tr", {},
  h("td.strong", {}, unit.call_sign), h("td", {}, kindName(unit.kind)), h("td.may-wrap", {}, unit.capabilities.map(capabilityName).join(", ")),
  h("td", {}, unit.base), h("td", {}, named(UNIT_STATES, unit.state)));

function drawUnitChoices(units) {
  const chosen = $("person-unit_id").value;
  fill($("person-unit_id"), h("option", { value: "" }, t("pilih satuan")), ...units.map((unit) => h("option", { value: String(unit.id) }, unit.call_sign)));
  $("person-unit_id").value = chosen;
}

async function readStations() {
  stations = (await get("/radio/log?limit=1")).stations ?? [];
  drawStations();
}

function drawStations() {
  $("stations-empty").hidden = stations.length > 0;
  fill($("station-rows"), ...stations.map(stationRow));
}

const stationRow = (one) => h("tr", { class: one.revoked_at ? "is-revoked" : "" },
  h("td.num", {}, String(one.number)), h("td.strong", {}, one.call_sign), h("td", { title: one.last_heard_at ? atFully(one.last_heard_at) : "" }, heardWords(one)));

function heardWords({ last_heard_at }) {
  return last_heard_at ? t("{age} lalu", { age: ageWords(secondsBetween(last_heard_at, now())) }) : t("belum pernah");
}

// ---- begin

const sorry = (problem) => toast(problem.message, { isBad: true });

wireForm($("person"), { path: "/people", read: readPerson, done: personAdded });
wireForm($("unit"), { path: "/units", read: readUnit, done: unitAdded });
$("person-role").addEventListener("change", () => (showUnitBox(), sayAt($("person"), "unit_id", "")));
$("revoke-do").addEventListener("click", revoke);
live.addEventListener("change", ({ detail }) => detail.changed.units.size && drawUnits());
if (live.hasPicture) drawUnits();
readPeople().catch(sorry);
readStations().catch(sorry);
let ticks = 0;
onTick(() => ++ticks % 30 || drawStations());
