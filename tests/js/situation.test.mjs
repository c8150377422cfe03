// The picture of the situation map: what was open when, how far it was, and how marks are gathered.
import assert from "node:assert/strict";
import { test } from "node:test";
import { middleOf } from "../../static/js/middle.js";
import { own } from "../../static/js/situation/kinds.js";
import { curve, gathered, incidentsOf, isOpenAt, radiusOf, stageAt, tally, worst } from "../../static/js/situation/picture.js";
import { clockText, dateText, numberText, setLanguage, shortText, t } from "../../static/js/situation/words.js";

const STATES = ["new", "verified", "responding", "obstructed", "controlled", "closed"];
const MADE = { at: "2026-11-22T16:30:00Z", offset_min: 480, zone_label: "WITA" };

const one = (more = {}) => ({ lon: 116.5, lat: -8.5, rank: 2, type: 0, state: "responding", opened: -3600, assigned: null, controlled: null, closed: null, ...more });

test("a row becomes an incident with names, and a missing end is none", () => {
  const [first] = incidentsOf([[116.5, -8.5, 1, 3, 2, -60, -30, null, null, "LT-0001", "Selong", 2, 50]], STATES);
  assert.deepEqual([first.lon, first.rank, first.state, first.opened, first.closed, first.place, first.doubt], [116.5, 1, "responding", -60, null, "Selong", 50]);
  assert.equal(incidentsOf([[null, null, 1, 0, 0, -60]], STATES)[0].lon, null);
});

test("an incident is open from its opening until its close", () => {
  const closed = one({ opened: -100, closed: -50 });
  assert.deepEqual([-101, -100, -51, -50, 0].map((moment) => isOpenAt(closed, moment)), [false, true, true, false, false]);
});

test("how far an incident was follows its times; now its state says it", () => {
  const done = one({ state: "closed", assigned: -3000, controlled: -2000, closed: -1000 });
  assert.deepEqual([-3600, -3000, -2000, -1000, 0].map((moment) => stageAt(done, moment)), ["waiting", "handled", "controlled", "closed", "closed"]);
  assert.equal(stageAt(one({ state: "obstructed", assigned: -3000 }), 0), "obstructed");
  assert.equal(stageAt(one({ state: "verified" }), 0), "waiting");
});

test("the counts of a moment hold what was open then and nothing of later", () => {
  const incidents = [one({ rank: 1 }), one({ rank: 1, type: 4, opened: -10 }), one({ rank: 3, closed: -60, state: "closed" })];
  const now = tally(incidents, 0);
  assert.deepEqual([now.open, now.priorities, now.stages.closed, now.types], [2, [2, 0, 0, 0], 1, [[0, 1], [4, 1]]]);
  assert.deepEqual(tally(incidents, -120).priorities, [1, 0, 1, 0]);
  assert.equal(tally([], 0).open, 0);
});

test("the curve ends with what is open now and counts the urgent apart", () => {
  const incidents = [one({ rank: 1, opened: -86400 * 3 }), one({ opened: -1 }), one({ opened: -80000, closed: -40000 })];
  const points = curve(incidents, -86400, 144);
  assert.equal(points.length, 145);
  assert.deepEqual([points[0], points[20].open, points.at(-1)], [{ open: 1, urgent: 1 }, 2, { open: 2, urgent: 1 }]);
  assert.ok(points.every(({ open, urgent }) => open >= urgent && urgent >= 0));
});

test("the worst come first, the longest waiting among equals, and none that is under control", () => {
  const found = worst([one({ rank: 2 }), one({ rank: 1, opened: -10 }), one({ rank: 1, opened: -20 }), one({ rank: 1, state: "controlled" })], 0, 3);
  assert.deepEqual(found.map(({ rank, opened }) => [rank, opened]), [[1, -20], [1, -10], [2, -3600]]);
});

test("marks gather by a grid that lies still, lose nobody, and never lie on each other", () => {
  const points = Array.from({ length: 3000 }, (_, n) => ({ x: (n * 7919) % 400, y: (n * 104729) % 300, rank: (n % 4) + 1 }));
  const marks = gathered(points, 58);
  assert.equal(marks.reduce((sum, { many }) => sum + many.length, 0), 3000);
  for (const [place, mark] of marks.entries()) {
    for (const other of marks.slice(place + 1)) {
      assert.ok(Math.hypot(mark.x - other.x, mark.y - other.y) >= radiusOf(mark.many.length) + radiusOf(other.many.length));
    }
  }
});

test("the clock is that of the place, whatever this computer says", () => {
  setLanguage("id", {});
  assert.equal(clockText(MADE, 0), "00.30 WITA");
  assert.equal(dateText(MADE, 0), "Senin, 23 November 2026");
  assert.equal(shortText(MADE, -3600), "22 Nov 23.30 WITA");
});

test("the language changes words and numbers, and a word that is no key stays as it is", () => {
  setLanguage("en", { Senin: "Monday" });
  assert.deepEqual([t("Senin"), t("constructor"), numberText(12345)], ["Monday", "constructor", "12,345"]);
  setLanguage("id", {});
  assert.equal(numberText(1234567), "1.234.567");
  assert.equal(t("{n} jam", { n: "{n}" }), "{n} jam");
});

test("a word of a file is looked up among the table's own alone", () => {
  assert.deepEqual(["a", "constructor", "__proto__", "toString"].map((word) => own({ a: 1 }, word)), [1, null, null, null]);
});

test("the sign of an area stands in its middle, of a line on it", () => {
  const [lon, lat] = middleOf({ type: "Polygon", coordinates: [[[0, 0], [2, 0], [2, 4], [0, 0]]] });
  assert.ok(Math.abs(lon - 1.5) < 1e-6 && Math.abs(lat - 2) < 1e-6);
  assert.deepEqual(middleOf({ type: "LineString", coordinates: [[0, 0], [1, 1], [5, 5]] }), [1, 1]);
  assert.deepEqual(middleOf({ type: "Point", coordinates: [3, 4] }), [3, 4]);
  const [middle] = middleOf({ type: "MultiPolygon", coordinates: [[[[0, 0], [2, 0], [2, 2], [0, 0]]]] });
  assert.ok(middle > 1 && middle < 2, "inside, not in the middle of its box");
});
