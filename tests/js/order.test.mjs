// What stands first in the queue, why, and what the pointer holds still.
import assert from "node:assert/strict";
import { test } from "node:test";
import { byIncident, hold, inQueueOrder, inStripOrder, isMine, narrowed, passes, readFilters, standing, unheard, writeFilters } from "../../static/js/order.js";

const NOW = Date.parse("2026-01-01T01:00:00Z");
const ago = (minutes) => new Date(NOW - minutes * 60_000).toISOString();
const incident = (more = {}) => ({ id: 1, number: "LT-0001", priority: "P1", state: "responding", type: "flood", place: "Sajang", opened_at: ago(1), ...more });
const unit = (state, more = {}) => ({ state, call_sign: "TRC-1", assigned_at: ago(1), ...more });

const stand = (one, units = [], more = {}, targets = undefined) => {
  const { isBreach, isWaiting, words } = standing(one, units, NOW, targets, more);
  return { isBreach, isWaiting, words };
};

test("no unit: waiting at first with the time that is left, then late, for how long and against which limit", () => {
  assert.deepEqual(stand(incident({ priority: "P2", opened_at: ago(1) })), { isWaiting: true, isBreach: false, words: "menunggu satuan, batas 2 mnt lagi" });
  assert.deepEqual(stand(incident({ priority: "P2", opened_at: ago(4) })), { isWaiting: true, isBreach: true, words: "tanpa satuan 4 mnt, batas 3 mnt" });
});

test("a unit that does not answer is named by its silence, one that prepares by the time it has left", () => {
  const silent = [unit("assigned", { assigned_at: ago(3) })];
  assert.equal(stand(incident({ priority: "P3", opened_at: ago(6) }), silent).words, "satuan belum menjawab 3 mnt, batas 2 mnt");
  assert.equal(stand(incident({ opened_at: ago(6) }), silent).words, "belum ada satuan berangkat 6 mnt, batas 1 mnt");
  assert.equal(stand(incident({ priority: "P3", opened_at: ago(6) }), [unit("acknowledged")]).words, "satuan bersiap, batas 9 mnt lagi");
});

test("a unit on its way is well until the target on scene is over", () => {
  assert.deepEqual(stand(incident({ opened_at: ago(14) }), [unit("en_route")]), { isWaiting: false, isBreach: false, words: "satuan di jalan, batas 1 mnt lagi" });
  const late = stand(incident({ opened_at: ago(21) }), [unit("en_route")]);
  assert.deepEqual([late.isBreach, late.words], [true, "belum ada satuan di lokasi 21 mnt, batas 15 mnt"]);
  assert.deepEqual(stand(incident({ opened_at: ago(21) }), [unit("on_scene")]), { isWaiting: false, isBreach: false, words: "" });
});

test("the page's own targets count", () => {
  assert.equal(stand(incident({ opened_at: ago(5) }), [], {}, { P1: [600, 900] }).isBreach, false);
});

test("an obstacle says its words; what is under control waits for nobody; a mayday is above all", () => {
  assert.equal(stand(incident({ state: "obstructed", obstacle: "jalan putus" })).words, "ada kendala: jalan putus");
  assert.deepEqual(stand(incident({ state: "controlled", opened_at: ago(90) })), { isBreach: false, isWaiting: false, words: "" });
  const mayday = standing(incident({ state: "controlled" }), [unit("mayday")], NOW);
  assert.deepEqual([mayday.isMayday, mayday.words], [true, "DARURAT dari TRC-1"]);
});

test("the word promised to the reporter breaks too, also behind an obstacle and under control", () => {
  const tasks = [{ kind: "next_word", due_at: ago(5) }];
  assert.equal(stand(incident({ state: "obstructed", obstacle: "jalan putus" }), [], { tasks }).words, "ada kendala: jalan putus; kabar ke pelapor lewat 5 mnt");
  const row = (state) => standing(incident({ state, obstacle: "jalan putus" }), [], NOW, undefined, { tasks }).rowWords;
  assert.deepEqual([row("obstructed"), row("controlled")], ["ada kendala: jalan putus", ""], "the row's own mark says the rest");
  assert.deepEqual(stand(incident({ state: "controlled" }), [], { tasks }), { isBreach: true, isWaiting: false, words: "kabar ke pelapor lewat 5 mnt" });
  assert.equal(stand(incident(), [unit("on_scene")], { tasks: [{ kind: "task", due_at: ago(-7) }, { kind: "task", due_at: null }] }).words, "tugas, batas 7 mnt lagi");
});

test("a welfare question breaks when nobody answers it, at once when it was missed; its mayday stands above all", () => {
  const on = [unit("on_scene")];
  const alarm = (more) => ({ alarms: [{ kind: "welfare", call_sign: "TRC-1", since: ago(21), asked_at: ago(1), misses: 0, ...more }] });
  assert.deepEqual(stand(incident(), on, alarm()), { isBreach: false, isWaiting: false, words: "TRC-1 ditanya apakah aman, batas 1 mnt lagi" });
  assert.equal(stand(incident(), on, alarm({ misses: 1 })).isBreach, true);
  assert.equal(stand(incident(), on, { alarms: [{ kind: "late", call_sign: "TRC-1", since: ago(21), limit_s: 1200 }] }).words, "TRC-1 tanpa kabar 21 mnt, batas 20 mnt");
  assert.equal(standing(incident({ state: "controlled" }), on, NOW, undefined, alarm({ kind: "mayday" })).isMayday, true);
});

// ---- whatever the queue holds

let seed = 20260101;
const random = (n) => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % n;
const one = (list) => list[random(list.length)];
const some = (most, make) => Array.from({ length: random(most + 1) }, make);
const STATES = ["new", "verified", "responding", "obstructed", "controlled"];

function anyLine(_, id) {
  const card = incident({ id, priority: `P${1 + random(4)}`, state: one(STATES), opened_at: ago(random(200)) });
  const units = some(2, () => unit(one(["assigned", "acknowledged", "en_route", "on_scene", ...(random(9) ? [] : ["mayday"])]), { assigned_at: ago(random(30)) }));
  const tasks = some(2, () => ({ kind: one(["task", "next_word"]), due_at: one([null, ago(random(60) - 30)]) }));
  const alarms = some(1, () => ({ kind: one(["welfare", "late", "mayday"]), call_sign: "TRC-1", since: ago(random(60)), asked_at: ago(random(3)), limit_s: 1200, misses: random(2) }));
  return { incident: card, standing: standing(card, units, NOW, undefined, { alarms, tasks }), facts: { units, tasks, alarms } };
}

const rank = ({ incident: { priority, state }, standing: { isMayday, isBreach, dueMs } }) => [isMayday ? 0 : 1, Number(priority[1]), Number(state === "controlled"), Number(!isBreach), dueMs];

function isNotAfter(a, b) {
  const [left, right] = [rank(a), rank(b)];
  const place = left.findIndex((value, index) => value !== right[index]);
  return place < 0 || left[place] < right[place];
}

test("in two hundred queues made by chance the order is one order, whatever order they come in", () => {
  for (let turn = 0; turn < 200; turn += 1) {
    const lines = Array.from({ length: 2 + random(30) }, anyLine);
    const sorted = [...lines].sort(inQueueOrder);
    const shuffled = [...lines].sort(() => random(3) - 1).sort(inQueueOrder);
    assert.deepEqual(shuffled.map((line) => line.incident.id), sorted.map((line) => line.incident.id));
    for (let place = 1; place < sorted.length; place += 1) assert.ok(isNotAfter(sorted[place - 1], sorted[place]));
  }
});

test("whatever breaks says why, a mayday never stands below anything else, and what is broken stays broken", () => {
  for (let turn = 0; turn < 500; turn += 1) {
    const { incident: card, standing: stands, facts } = anyLine(null, turn);
    if (stands.isBreach) assert.notEqual(stands.words, "");
    if (stands.isMayday) assert.ok(inQueueOrder({ incident: { ...card, priority: "P4" }, standing: stands }, line(-1, {}, { isBreach: true, dueMs: 0 })) < 0);
    const later = standing(card, facts.units, NOW + 600_000, undefined, facts);
    assert.ok(!stands.isBreach || later.isBreach);
    assert.equal(later.dueMs, stands.dueMs);
  }
});

const line = (id, more, stand = {}) => ({ incident: incident({ id, ...more }), standing: { isBreach: false, ...stand } });

test("mayday, then priority, then late, then the longest wait; under control last of its priority", () => {
  const lines = [
    line(1, { priority: "P2", opened_at: ago(50) }),
    line(2, { priority: "P1", opened_at: ago(2) }),
    line(3, { priority: "P1", opened_at: ago(9) }),
    line(4, { priority: "P1", opened_at: ago(3) }, { isBreach: true }),
    line(5, { priority: "P1", opened_at: ago(99), state: "controlled" }),
    line(6, { priority: "P4" }, { isMayday: true, isBreach: true }),
  ];
  assert.deepEqual(lines.sort(inQueueOrder).map((one) => one.incident.id), [6, 4, 3, 2, 5, 1]);
});

test("under the pointer nothing moves: what is new is counted, what is gone is named", () => {
  const held = hold([1, 2, 3], [9, 3, 1]);
  assert.deepEqual(held.ids, [1, 2, 3]);
  assert.deepEqual(held.fresh, [9]);
  assert.deepEqual([...held.gone], [2]);
});

test("what was asked for by scrolling follows at the end, and is no news", () => {
  const held = hold([1, 2], [9, 1, 7, 2, 8], new Set([7, 8]));
  assert.deepEqual([held.ids, held.fresh], [[1, 2, 7, 8], [9]]);
});

test("filters live in the URL and leave the rest of it alone", () => {
  const none = { priority: "", state: "", type: "", agency: "", area: "" };
  assert.deepEqual(readFilters("?show=late&q=sajang&priority=P1&i=4"), { ...none, show: "late", q: "sajang", priority: "P1" });
  assert.deepEqual(readFilters("?show=<script>&priority=P9&state=closed&area=52.3&type=A B"), { ...none, show: "open", q: "" });
  const all = { show: "mine", q: "a b", priority: "P2", state: "responding", type: "flood", agency: "BPBD", area: "52.03.01" };
  assert.deepEqual(readFilters(writeFilters(all)), all);
  assert.equal(narrowed(all), 5);
  assert.equal(writeFilters({ show: "open", q: "", priority: "" }, "?i=4&q=x"), "?i=4");
  assert.equal(writeFilters({ show: "late", q: "a b" }, ""), "?show=late&q=a+b");
});

test("a search looks in number, place and the type's name, every word of it", () => {
  const one = line(1, {});
  const filters = (q, show = "open") => ({ show, q, priority: "" });
  const named = () => "Banjir";
  assert.equal(passes(one, filters("banjir SAJANG"), named), true);
  assert.equal(passes(one, filters("banjir selong"), named), false);
  assert.equal(passes(one, filters("0001"), named), true);
  assert.equal(passes(one, filters("", "late"), named), false);
});

test("priority, state, type, agency and area narrow together; an area holds its villages and no neighbour", () => {
  const one = { incident: incident({ state: "responding", agencies: ["BPBD"], area_code: "52.03.01.2001" }), standing: {} };
  const is = (filters) => passes(one, { show: "open", q: "", ...filters });
  assert.equal(is({ priority: "P1", state: "responding", type: "flood", agency: "BPBD", area: "52.03.01" }), true);
  for (const other of [{ priority: "P2" }, { state: "new" }, { type: "fire" }, { agency: "PMI" }, { area: "52.03.0" }, { area: "52.03.02" }]) assert.equal(is(other), false);
  assert.equal(passes({ ...one, incident: incident({ area_code: null }) }, { show: "open", q: "", area: "52" }), false);
});

test("mine is what I heard first, what I have a task in, and where my unit or my agency is at work", () => {
  const me = { name: "dewi", unit_id: 4, agency_code: "BPBD" };
  assert.equal(isMine(incident(), [], me), false);
  assert.equal(isMine(incident({ heard_by: "dewi" }), [], me), true);
  assert.equal(isMine(incident(), [{ owner_kind: "person", owner: "dewi" }], me), true);
  assert.equal(isMine(incident(), [{ owner_kind: "agency", owner: "dewi" }], me), false);
  assert.equal(isMine(incident({ unit_ids: [4] }), [], me), true);
  assert.equal(isMine(incident({ agencies: ["BPBD"] }), [], me), true);
  assert.equal(isMine(incident(), [], {}), false);
});

test("a P1 nobody heard and nobody works on is unheard, the oldest first", () => {
  const fresh = [incident({ id: 2, state: "new" }), incident({ id: 1, state: "verified", opened_at: ago(9) })];
  const others = [{ state: "new", heard_by: "dewi" }, { state: "new", unit_ids: [1] }, { state: "new", priority: "P2" }, { state: "controlled" }, { state: "new", gone: true }];
  assert.deepEqual(unheard([...fresh, ...others.map((more) => incident(more))]).map(({ id }) => id), [1, 2]);
});

test("assignments are grouped, units in trouble stand first", () => {
  assert.deepEqual([...byIncident([{ id: 1, incident_id: 7 }, { id: 2, incident_id: 7 }]).get(7)].map((one) => one.id), [1, 2]);
  const units = ["standby", "on_scene", "mayday", "obstructed"].map((state) => ({ state, call_sign: state }));
  assert.deepEqual(units.sort(inStripOrder).map((one) => one.state), ["mayday", "obstructed", "on_scene", "standby"]);
});

test("two thousand incidents are judged and sorted within a frame or two", () => {
  const many = Array.from({ length: 2000 }, (_, id) => incident({ id, priority: `P${1 + (id % 4)}`, opened_at: ago(id % 300) }));
  const before = process.cpuUsage(); // not the clock: the machine may be busy with other things
  many.map((one) => ({ incident: one, standing: standing(one, [], NOW) })).sort(inQueueOrder);
  const { user, system } = process.cpuUsage(before);
  assert.ok((user + system) / 1000 < 250);
});
