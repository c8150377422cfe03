// The board: queue, map, chosen incident and unit strip held together; what is chosen and filtered stands in the URL.
import { BoardMap } from "./map.js";
import { IncidentPanel } from "./incident_panel.js";
import { Keys } from "./keys.js";
import { readFilters, writeFilters } from "./order.js";
import { Queue } from "./queue.js";
import { QueueBell } from "./queue_bell.js";
import { pickPoint } from "./pick_point.js";
import { Presence } from "./presence.js";
import { RowMarks } from "./row_marks.js";
import { bell, live } from "./shell.js";
import { toast } from "./toast.js";
import { UnitsStrip } from "./units_strip.js";
import { Views } from "./views.js";
import { t } from "./words.js";

const element = (id) => document.getElementById(id);

const queue = new Queue(live, element("queue"), readFilters(location.search));
const map = new BoardMap(live, element("map-box"));
const panel = new IncidentPanel(live, element("panel"));
const strip = new UnitsStrip(live, element("units"));
const views = new Views(live, queue, element("queue-filter"));
const queueBell = new QueueBell(bell, element("queue-bell"), (id) => open(id));

// ---- choosing

function choose(id) {
  queue.choose(id);
  map.choose(id);
  panel.choose(id);
  keepInUrl();
  bring(id);
}

// One that stands too far down the queue to be on this screen is fetched, and shown like the others.
async function bring(id) {
  if (id === null || !(await queue.rest.bring(id)) || queue.chosen !== id) return;
  map.choose(id);
  queue.addEventListener("painted", () => queue.chosen === id && queue.choose(id), { once: true }); // its row is drawn then
}

live.addEventListener("change", ({ detail: { isSnapshot } }) => isSnapshot && bring(queue.chosen)); // a new picture lacks it again

function chooseUnit(unit) {
  if (!unit) return;
  if (unit.incident_ids.length) return open(unit.incident_ids.at(-1));
  if (Number.isFinite(unit.lon)) (showTab("map"), map.map.setView([unit.lat, unit.lon], Math.max(map.map.getZoom(), 12), { animate: false }));
}

/** Choose, and on a phone turn to the details. */
function open(id) {
  choose(id);
  showTab("panel");
}

function keepInUrl() {
  const query = writeFilters({ ...queue.filters, i: queue.chosen ?? "" }, location.search);
  history.replaceState(null, "", location.pathname + query);
}

queue.addEventListener("choose", ({ detail }) => open(detail));
queue.addEventListener("filter", keepInUrl);
map.addEventListener("choose", ({ detail: { kind, id } }) => (kind === "incident" ? open(id) : chooseUnit(live.picture.units.get(id))));
strip.addEventListener("choose", ({ detail }) => chooseUnit(detail));
panel.addEventListener("close", () => (choose(null), showTab("queue")));
panel.addEventListener("pick", ({ detail }) => (showTab("map"), pickPoint(map, detail, () => showTab("panel"))));
panel.addEventListener("lead", ({ detail }) => leadOn(detail));
panel.addEventListener("show", ({ detail }) => (showTab("map"), map.showZone(detail)));

// The address of a merged incident leads to where it went.
function leadOn({ id, number, from }) {
  choose(id);
  const words = t("{from} sudah digabung ke {number}", { from, number });
  if (from && !element("toasts").textContent.includes(words)) toast(words);
}

const presence = new Presence(live, element("panel-form"));
new RowMarks(live, queue, presence);
panel.peopleAt = (id) => presence.at(id);
panel.addEventListener("chosen", ({ detail }) => presence.choose(detail));
presence.addEventListener("change", () => panel.draw());

// ---- what comes from outside, with its first news

let outside = null;

function hearOutside() {
  if (outside || (!live.picture.bulletins.size && !live.picture.proposals.size)) return;
  outside = import("./outside.js").then(({ Outside }) => new Outside(live, element("outside")), () => (outside = null)); // a lost line: with the next change
}

live.addEventListener("change", hearOutside);
hearOutside();

// ---- the phone shows one part at a time

function showTab(name) {
  if (document.body.dataset.tab === name) return;
  document.body.dataset.tab = name;
  for (const tab of document.querySelectorAll("#board-tabs [data-tab-to]")) tab.setAttribute("aria-selected", String(tab.dataset.tabTo === name));
}

element("board-tabs").addEventListener("click", ({ target }) => target.closest("[data-tab-to]") && showTab(target.closest("[data-tab-to]").dataset.tabTo));

// ---- keys

function leave() {
  if (views.leave() || panel.closeForm() || map.leave()) return true;
  if (document.activeElement === queue.search) return queue.filter({ q: (queue.search.value = "") }), queue.search.blur();
  if (queue.chosen !== null) return choose(null);
  return false;
}

const viewKeys = () => views.views.map(({ digit, name }) => [`Shift+${digit}`, t("tampilan: {name}", { name }), () => views.use(digit)]);

const register = () => [
  [["j", "ArrowDown"], t("kejadian berikut"), () => queue.move(1)],
  [["k", "ArrowUp"], t("kejadian sebelumnya"), () => queue.move(-1)],
  ["Enter", t("ke rincian kejadian"), ({ target }) => (target.closest("button, a, summary") ? false : (showTab("panel"), element("panel").focus()))],
  ["u", t("kirim satuan"), () => panel.open("send")],
  ["s", t("tulis siaran"), () => panel.open("alert")],
  ["b", t("catat kendala"), () => panel.open("obstruct")],
  ["x", t("selesai: tutup kejadian"), () => panel.open("close")],
  ["f", t("muat semua di peta"), () => map.fit()],
  ["l", t("lapisan peta"), () => (showTab("map"), map.panel.toggle())],
  ["g", t("gambar di peta"), () => (showTab("map"), map.drawing.toggle())],
  ["m", t("ukur jarak dan luas"), () => (showTab("map"), map.measuring.toggle())],
  ["p", t("cetak peta"), () => map.printing.print()],
  ["/", t("cari dalam antrean"), () => queue.search.focus()],
  ["h", t("P1 baru sudah didengar, untuk seluruh ruang"), () => queueBell.hear()],
  ["Home", t("ke atas antrean; yang baru masuk"), () => queue.showNews()],
  ["q", t("saringan dan tampilan"), () => (showTab("queue"), views.open())],
  ...viewKeys(),
  ...panel.keys,
  ["Escape", t("tutup, kembali"), () => leave()],
  ["?", t("daftar tombol ini"), () => keys.list()],
];
const keys = new Keys(register(), element("keys-dialog"));
views.addEventListener("change", () => keys.set(register()));
element("keys-open")?.addEventListener("click", () => keys.list());

// ---- from the URL, once there is a picture

const asked = Number(new URLSearchParams(location.search).get("i"));
if (asked) live.addEventListener("change", () => choose(asked), { once: true });
else panel.draw();

// A place that was searched for: the map goes there.
function goToAsked() {
  const [lon, lat] = (/^#at=(-?[\d.]+),(-?[\d.]+)$/.exec(location.hash) ?? []).slice(1).map(Number);
  if (Number.isFinite(lon) && Math.abs(lat) <= 90) (showTab("map"), map.map.setView([lat, lon], 15, { animate: false }));
}

addEventListener("hashchange", goToAsked);
live.addEventListener("change", goToAsked, { once: true });

// A test asks the map where a place lies on the screen.
export { keys, map };
