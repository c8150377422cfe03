// What stands first in the queue, why, and what the pointer holds still.
import assert from "node:assert/strict";
import { test } from "node:test";
import { byIncident, hold, inQueueOrder, inStripOrder, passes, readFilters, standing, writeFilters } from "../../static/js/order.js";

const NOW = Date.parse("2026-01-01T01:00:00Z");
const ago = (minutes) => new Date(NOW - minutes * 60_000).toISOString();
const incident = (more = {}) => ({ id: 1, number: "LT-0001", priority: "P1", state: "responding", type: "flood", place: "Sajang", opened_at: ago(1), ...more });
const unit = (state, more = {}) => ({ state, call_sign: "TRC-1", assigned_at: ago(1), ...more });

test("no unit: waiting at first, then late and by how much", () => {
  assert.deepEqual(standing(incident({ priority: "P2", opened_at: ago(2) }), [], NOW), { isWaiting: true, isBreach: false, words: "menunggu satuan" });
  const late = standing(incident({ opened_at: ago(5) }), [], NOW);
  assert.equal(late.isBreach, true);
  assert.equal(late.words, "belum ada satuan, lewat 4 menit dari target");
});

test("a unit that does not answer is named by its silence", () => {
  const late = standing(incident({ opened_at: ago(6) }), [unit("assigned", { assigned_at: ago(3) })], NOW);
  assert.deepEqual([late.isBreach, late.words], [true, "satuan belum menjawab 3 menit"]);
});

test("a unit on its way is well until the target on scene is over", () => {
  assert.equal(standing(incident({ opened_at: ago(14) }), [unit("en_route")], NOW).isBreach, false);
  const late = standing(incident({ opened_at: ago(21) }), [unit("en_route")], NOW);
  assert.equal(late.words, "belum ada satuan di lokasi, lewat 6 menit dari target");
  assert.equal(standing(incident({ opened_at: ago(21) }), [unit("on_scene")], NOW).isBreach, false);
});

test("the page's own targets count", () => {
  assert.equal(standing(incident({ opened_at: ago(5) }), [], NOW, { P1: [600, 900] }).isBreach, false);
});

test("an obstacle says its words; what is under control waits for nobody; a mayday is above all", () => {
  assert.equal(standing(incident({ state: "obstructed", obstacle: "jalan putus" }), [], NOW).words, "ada kendala: jalan putus");
  assert.deepEqual(standing(incident({ state: "controlled", opened_at: ago(90) }), [], NOW), { isBreach: false, isWaiting: false, words: "" });
  const mayday = standing(incident({ state: "controlled" }), [unit("mayday")], NOW);
  assert.deepEqual([mayday.isMayday, mayday.words], [true, "DARURAT dari TRC-1"]);
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
  assert.deepEqual(readFilters("?show=late&q=sajang&priority=P1&i=4"), { show: "late", q: "sajang", priority: "P1" });
  assert.deepEqual(readFilters("?show=<script>"), { show: "open", q: "", priority: "" });
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

test("assignments are grouped, units in trouble stand first", () => {
  assert.deepEqual([...byIncident([{ id: 1, incident_id: 7 }, { id: 2, incident_id: 7 }]).get(7)].map((one) => one.id), [1, 2]);
  const units = ["standby", "on_scene", "mayday", "obstructed"].map((state) => ({ state, call_sign: state }));
  assert.deepEqual(units.sort(inStripOrder).map((one) => one.state), ["mayday", "obstructed", "on_scene", "standby"]);
});

test("two thousand incidents are judged and sorted within a frame or two", () => {
  const many = Array.from({ length: 2000 }, (_, id) => incident({ id, priority: `P${1 + (id % 4)}`, opened_at: ago(id % 300) }));
  const start = performance.now();
  many.map((one) => ({ incident: one, standing: standing(one, [], NOW) })).sort(inQueueOrder);
  assert.ok(performance.now() - start < 250);
});
