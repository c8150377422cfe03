// Which layers lie on the map, and how that stands in the URL.
import assert from "node:assert/strict";
import { test } from "node:test";
import { boxText, changed, holds, isStale, moved, placed, readLayers, sparing, stackOf, usual, widened, writeLayers } from "../../static/js/layers.js";

const TOLD = [
  { name: "boundaries", default: true }, { name: "heat", default: false }, { name: "zones", default: true },
  { name: "units", default: true }, { name: "incidents", default: true },
];
const names = (stack) => stack.map(({ name }) => name);

test("what is usual says nothing in the URL, and keeps what else stood there", () => {
  assert.equal(writeLayers(usual(TOLD), TOLD, "?i=7&show=late"), "?i=7&show=late");
  assert.equal(readLayers("?i=7"), null);
  assert.deepEqual(stackOf(TOLD, null), usual(TOLD));
});

test("toggle, order and strength come back from the URL as they were", () => {
  let stack = changed(usual(TOLD), "heat", { isOn: true, opacity: 0.35 });
  stack = changed(stack, "units", { isOn: false });
  stack = moved(stack, "zones", 2);
  const query = writeLayers(stack, TOLD, "?i=7");
  assert.equal(query, "?i=7&layers=boundaries,heat~35,-units,incidents,zones");
  const again = stackOf(TOLD, readLayers(query));
  assert.deepEqual(again, stack);
  assert.equal(writeLayers(again, TOLD, "?i=7"), query);
});

test("what is off is named only where its place or strength would be lost", () => {
  const off = changed(usual(TOLD), "zones", { isOn: false });
  assert.equal(writeLayers(off, TOLD), "?layers=boundaries,units,incidents");
  const below = moved(usual(TOLD), "heat", -1);
  assert.equal(writeLayers(below, TOLD), "?layers=-heat,boundaries,zones,units,incidents");
  const faint = changed(usual(TOLD), "heat", { opacity: 0.4 });
  assert.equal(writeLayers(faint, TOLD), "?layers=boundaries,-heat~40,zones,units,incidents");
  for (const stack of [off, below, faint]) assert.deepEqual(stackOf(TOLD, readLayers(writeLayers(stack, TOLD))), stack);
});

test("an address from before a layer came leaves the newcomer off and where it usually is", () => {
  const stack = stackOf([...TOLD, { name: "tracks", default: true }], readLayers("?layers=-heat,boundaries,zones,units,incidents"));
  assert.deepEqual(stack.at(-1), { name: "tracks", isOn: false, opacity: 1 });
});

test("nothing shown is a choice too", () => {
  const none = usual(TOLD).map((one) => ({ ...one, isOn: false }));
  const query = writeLayers(none, TOLD);
  assert.equal(query, "?layers=");
  assert.ok(stackOf(TOLD, readLayers(query)).every(({ isOn }) => !isOn));
});

test("layers nobody knows, twice the same and odd strengths do no harm", () => {
  const stack = stackOf(TOLD, readLayers("?layers=awan,zones~abc,zones~20,units~999,incidents~0"));
  assert.deepEqual(names(stack).sort(), names(TOLD).sort());
  const shown = stack.filter(({ isOn }) => isOn);
  assert.deepEqual(shown, [{ name: "zones", opacity: 1, isOn: true }, { name: "units", opacity: 1, isOn: true }, { name: "incidents", opacity: 0.1, isOn: true }]);
});

test("a layer moves one up, one down, to a place, and not beyond the ends", () => {
  const stack = usual(TOLD);
  assert.deepEqual(names(moved(stack, "heat", 1)), ["boundaries", "zones", "heat", "units", "incidents"]);
  assert.deepEqual(names(moved(stack, "heat", -1)), ["heat", "boundaries", "zones", "units", "incidents"]);
  assert.deepEqual(names(moved(stack, "incidents", 1)), names(stack));
  assert.deepEqual(names(moved(stack, "boundaries", -1)), names(stack));
  assert.deepEqual(names(placed(stack, "incidents", 0)), ["incidents", "boundaries", "heat", "zones", "units"]);
  assert.deepEqual(placed(stack, "awan", 0), stack);
});

test("an entry makes those layers old that tell of its kind", () => {
  assert.ok(isStale(["incident", "call"], [{ kind: "unit.moved" }, { kind: "call.recorded" }]));
  assert.ok(!isStale(["incident"], [{ kind: "unit.moved" }]));
  assert.ok(!isStale(["unit"], []));
});

test("a small pan stays within what was asked for", () => {
  const asked = widened([116, -9, 117, -8]);
  assert.ok(holds(asked, [116.3, -8.8, 117.3, -7.8]));
  assert.ok(!holds(asked, [116.5, -8.8, 117.5, -7.8]));
  assert.ok(!holds(null, [116, -9, 117, -8]));
  assert.deepEqual(widened([-179, -89, 179, 89]), [-180, -90, 180, 90]);
  assert.equal(boxText([116.1234567, -8.5, 117, -8]), "116.12346,-8.5,117,-8");
});

test("a hundred wishes in a second are two deeds", () => {
  const [waiting, deeds] = [[], []];
  let clock = 0;
  const wish = sparing(() => deeds.push(clock), 1000, { later: (work, ms) => waiting.push([clock + ms, work]), now: () => clock });
  for (clock = 0; clock < 1000; clock += 10) {
    wish();
    while (waiting.length && waiting[0][0] <= clock) waiting.shift()[1]();
  }
  clock = 1000;
  while (waiting.length && waiting[0][0] <= clock) waiting.shift()[1]();
  assert.deepEqual(deeds, [0, 1000]);
});
