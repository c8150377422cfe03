// The page "Peta & wilayah": what the map stands on, the files that bring it in, and what can be taken out.
import { get, newUid, post } from "./api.js";
import { sayAt } from "./api_form.js";
import { atFully, zone } from "./clock.js";
import { fill, h, icon, setText } from "./dom.js";
import { Imports } from "./ground_imports.js";
import { LEVELS, megabytes, sourceWords } from "./ground_words.js";
import { sparing } from "./layers.js";
import { live } from "./shell.js";
import { dateText } from "./time.js";
import { toast } from "./toast.js";
import { upload } from "./upload.js";
import { capital, numberText, t } from "./words.js";
import { facilityWord } from "./zone_words.js";

const $ = (id) => document.getElementById(id);
const OURS = ["boundary.", "population.", "landmark.", "facility.", "overlay.", "basemap."];
const SLOW_MS = 120_000; // a hazard map of 20 MB is looked through shape by shape
const imports = new Imports();

let limits = {};

// ---- what is installed

async function read() {
  const told = await get("/ground");
  setText($("ground-problem"), "");
  limits = told.limits;
  drawAreas(told);
  drawPlaces(told);
  drawPopulation(told.population);
  drawOverlays(told.overlays);
  drawTiles(told.tiles);
  drawOnline(told.online);
  imports.take(told.imports);
}

const again = () => read().catch((problem) => setText($("ground-problem"), problem.message));

const day = (moment) => (moment ? h("span", { title: atFully(moment) }, dateText(moment, zone)) : t("belum ada"));

const count = (value) => h("td.num", {}, value ? numberText(value) : "0");

function drawAreas({ areas, boundaries }) {
  const drawn = new Map(boundaries.map((one) => [String(one.level), one]));
  fill($("area-rows"), ...Object.entries(LEVELS).map(([level, word]) => areaRow(word, areas.levels[level], drawn.get(level))));
  const sources = areas.sources.map(({ name, version, count: rows }) => [name, version, `(${numberText(rows)})`].filter(Boolean).join(" "));
  setText($("area-sources"), sources.length ? t("Nama dan titik: {sources}, dimuat {date}.", { sources: sources.join(", "), date: dateText(areas.sources[0].at, zone) }) : t("Belum ada nama wilayah; jalankan script/setup."));
}

const areaRow = (word, names, one) => h("tr", {},
  h("td.strong", {}, capital(word)), count(names), count(one?.count),
  h("td", {}, one ? sourceWords(one.sources, one.more) : h("span.muted", {}, t("belum ada"))), h("td.num", {}, one ? day(one.sources[0].at) : ""));

function drawPlaces({ landmarks, facilities }) {
  const kinds = Object.entries(facilities.kinds).map(([kind, number]) => `${numberText(number)} ${facilityWord(kind)}`).join(", ");
  fill($("place-rows"), placeRow(t("Patokan"), landmarks, ""), placeRow(t("Fasilitas"), facilities, kinds));
}

function placeRow(word, { count: number, sources, more, gone }, kinds) {
  const soft = [kinds, gone > 0 ? t("{n} ditutup", { n: numberText(gone) }) : ""].filter(Boolean).join("; ");
  const named = sources.map((one) => ({ ...one, name: one.name === "manual" ? t("dicatat dengan tangan") : one.name }));
  return h("tr", {}, h("td", {}, h("strong", {}, word), soft && h("span.small.muted", {}, h("br"), soft)), count(number),
    h("td", {}, number ? sourceWords(named, more) : h("span.muted", {}, t("belum ada"))), h("td.num", {}, number ? day(sources[0].at) : ""));
}

function drawPopulation({ sources, count: areas }) {
  $("population-empty").hidden = areas > 0;
  $("population-rows").closest(".people-table").hidden = !areas;
  fill($("population-rows"), ...sources.map((one) => h("tr", {}, h("td.strong", {}, one.name), count(one.count), count(one.people), h("td.num", {}, yearsWords(one)), h("td.num", {}, day(one.at)))));
}

const yearsWords = ({ from_year: from, to_year: to }) => (from === null ? t("tidak disebut") : from === to ? String(to) : `${from}–${to}`);

const OVERLAY_KINDS = { geojson: t("berkas, tampil luring"), wms: t("WMS, perlu internet"), tiles: t("ubin, perlu internet") };

function drawOverlays(overlays) {
  $("overlays-empty").hidden = overlays.length > 0;
  $("overlay-rows").closest(".people-table").hidden = !overlays.length;
  fill($("overlay-rows"), ...overlays.map(overlayRow));
}

const overlayRow = (one) => h("tr", {},
  h("td.strong", {}, one.name), h("td", { title: one.kind === "geojson" ? "" : one.source }, OVERLAY_KINDS[one.kind] ?? one.kind), h("td", {}, one.attribution),
  h("td.num", {}, `${Math.round(one.opacity * 100)}%`), h("td.num", {}, day(one.added_at)),
  h("td.ground-deed", {}, removeButton(t("Lepas"), {
    title: t("Lepas lapisan {name}?", one), deed: t("Lepas lapisan {name}", one), path: `/overlays/${one.id}/remove`, done: t("Lapisan {name} sudah dilepas.", one),
    words: t("Lapisan ini hilang dari semua peta sekarang juga. Untuk memakainya lagi, tambahkan sekali lagi."),
  })));

function drawTiles(tiles) {
  $("tiles-empty").hidden = tiles.length > 0;
  $("tile-rows").closest(".people-table").hidden = !tiles.length;
  fill($("tile-rows"), ...tiles.map(tileRow));
}

const tileRow = (one) => h("tr", {},
  h("td", {}, h("strong", {}, one.title || one.name), one.title && h("span.small.muted", {}, h("br"), one.name)),
  one.fault ? h("td.bad", { colspan: 4 }, one.fault) : tileFacts(one),
  h("td.ground-deed", {}, removeButton(t("Keluarkan"), {
    title: t("Keluarkan peta dasar {name}?", one), deed: t("Keluarkan {name}", one), path: `/basemaps/${encodeURIComponent(one.name)}/remove`, done: t("Peta dasar {name} sudah dikeluarkan.", one),
    words: t("Berkasnya dihapus dari mesin ini; untuk memakainya lagi berkas itu harus dipasang dari awal."),
  })));

const tileFacts = (one) => [
  h("td", {}, one.type === "mvt" ? t("vektor") : t("gambar ({type})", { type: one.type })), h("td.num", {}, `${one.minzoom}–${one.maxzoom}`),
  h("td.num", {}, megabytes(one.size)), h("td", {}, one.attribution || h("span.muted", {}, t("tanpa keterangan"))),
];

function drawOnline(online) {
  fill($("online-rows"), ...online.map(onlineRow));
}

const onlineRow = (one) => h("tr", {},
  h("td.strong", {}, one.name), h("td.small.ground-address", {}, one.url), h("td", { class: one.on ? "good" : "" }, one.on ? t("menyala") : t("mati")),
  h("td.ground-deed", {}, h("button.btn.btn-small", { type: "button", "aria-pressed": String(one.on), onclick: ({ target }) => turn(one, target) }, one.on ? t("Matikan") : t("Nyalakan"))));

async function turn({ id, on }, button) {
  button.disabled = true;
  await post("/basemaps/online", { id, on: !on }).catch((problem) => toast(problem.message, { isBad: true }));
  await again();
}

// ---- taking out

let removing = null;

function removeButton(label, what) {
  return h("button.btn.btn-small", { type: "button", "aria-haspopup": "dialog", onclick: () => askRemove(what) }, icon("trash"), label);
}

function askRemove(what) {
  removing = { ...what, uid: newUid() };
  setText($("remove-title"), what.title);
  setText($("remove-words"), what.words);
  setText($("remove-do"), what.deed);
  setText($("remove-problem"), "");
  $("remove").showModal();
}

async function remove() {
  try {
    await post(removing.path, { uid: removing.uid });
    $("remove").close();
    toast(removing.done);
    await again();
  } catch (problem) {
    setText($("remove-problem"), problem.message);
  }
}

// ---- files

/** One form, one try at a time; `work(form, told)` does it and answers what to say. */
function wire(form, work) {
  let isBusy = false;
  form.addEventListener("input", ({ target }) => sayAt(form, target.name, ""));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    begin(form);
    await work(form, (percent) => showProgress(form, percent)).then((words) => finish(form, words), (problem) => sayAt(form, problem.field, problem.message, true));
    $(`${form.id}-progress`).hidden = true;
    form.querySelector('[type="submit"]').setAttribute("aria-busy", "false");
    isBusy = false;
  });
}

function begin(form) {
  for (const said of form.querySelectorAll(".field-error, .problem, .once")) setText(said, "");
  form.querySelector('[type="submit"]').setAttribute("aria-busy", "true");
}

function finish(form, words) {
  form.reset();
  form.dispatchEvent(new Event("change", { bubbles: true }));
  setText($(`${form.id}-done`), words);
}

function showProgress(form, percent) {
  const box = $(`${form.id}-progress`);
  box.hidden = false;
  box.querySelector("progress").value = percent;
  setText(box.querySelector("span"), t("{percent}% terkirim", { percent }));
}

const wrong = (field, message) => Object.assign(new Error(message), { field });

function chosen(form, field, most) {
  const file = form.elements[field].files[0];
  if (!file) throw wrong(field, t("Pilih berkasnya dahulu."));
  if (!file.size) throw wrong(field, t("Berkasnya kosong."));
  if (most && file.size > most) throw wrong(field, t("Berkasnya {size}, paling besar {most}.", { size: megabytes(file.size), most: megabytes(most) }));
  return file;
}

async function sendFile(form, what, told) {
  const file = chosen(form, "file", limits[what]);
  const query = new URLSearchParams({ uid: newUid(), what, name: file.name.slice(0, 120) });
  imports.add(await upload(`/ground/imports?${query}`, file, told));
  return t("{name} sudah diterima dan sedang diperiksa; kemajuannya ada di atas.", { name: file.name });
}

async function addOverlay(form) {
  const { name, kind, source, attribution, opacity } = Object.fromEntries(new FormData(form));
  if (!name.trim()) throw wrong("name", t("Beri nama, agar orang tahu apa yang dinyalakannya."));
  const strength = Number(opacity) / 100;
  if (!(strength >= 0.1 && strength <= 1)) throw wrong("opacity", t("Antara 10 dan 100 persen."));
  const place = kind === "geojson" ? { collection: await readJson(chosen(form, "collection", limits.overlay)) } : { source: source.trim() };
  await post("/overlays", { name: name.trim(), kind, attribution, opacity: strength, ...place }, { patience: SLOW_MS });
  await again();
  return t("Lapisan {name} ditambahkan; nyalakan di daftar lapisan pada papan.", { name: name.trim() });
}

async function readJson(file) {
  try {
    return JSON.parse(await file.text());
  } catch {
    throw wrong("collection", t("Bukan GeoJSON yang dapat dibaca, atau berkasnya terpotong."));
  }
}

async function addOnline(form) {
  const { name, url, attribution } = Object.fromEntries(new FormData(form));
  if (!name.trim()) throw wrong("name", t("Beri nama, agar orang tahu apa yang dipilihnya."));
  const id = name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 38) || "citra";
  await post("/basemaps/online", { id, on: true, name: name.trim(), url: url.trim(), attribution });
  await again();
  return t("{name} menyala; pilih di peta dasar pada papan.", { name: name.trim() });
}

// A file's name where the browser would say in its own language that there is none.
function showFile(input) {
  const [file] = input.files;
  const box = input.closest(".ground-file");
  box.classList.toggle("is-chosen", Boolean(file));
  setText(box.querySelector(".file-name"), file ? `${file.name}, ${megabytes(file.size)}` : t("belum ada yang dipilih"));
}

function showOverlayKind() {
  const isFile = $("overlay").elements.kind.value === "geojson";
  $("overlay-collection-box").hidden = !isFile;
  $("overlay-source-box").hidden = isFile;
}

// ---- begin

wire($("boundaries"), async (form, told) => sendFile(form, "boundaries", told));
wire($("population"), async (form, told) => sendFile(form, "population", told));
wire($("lists"), async (form, told) => sendFile(form, form.elements.what.value, told));
wire($("overlay"), addOverlay);
wire($("online"), addOnline);
$("overlay").addEventListener("change", showOverlayKind);
$("remove-do").addEventListener("click", remove);
for (const input of document.querySelectorAll('.ground-file input')) input.form.addEventListener("change", () => showFile(input));
imports.addEventListener("over", () => again());
const soon = sparing(again, 1500);
live.addEventListener("change", ({ detail: { entries } }) => entries.some(({ kind }) => OURS.some((begin) => kind.startsWith(begin))) && soon());
again();
