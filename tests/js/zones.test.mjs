// The words of what is drawn by hand, and where its name can stand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { middleOf } from "../../static/js/middle.js";
import { FACILITY_KINDS, ZONE_KINDS, endsAt, fullness, stands, zoneLabel } from "../../static/js/zone_words.js";
import { facilityLook, zoneLook } from "../../static/js/situation/kinds.js";

test("every kind has a word, a shape to draw and an icon; no two areas share a word", () => {
  const words = Object.values(ZONE_KINDS).map(({ word }) => word);
  assert.equal(new Set(words).size, 6);
  for (const { draws, icon } of Object.values(ZONE_KINDS)) assert.ok(["Polygon", "Line", "Marker"].includes(draws) && icon);
  assert.equal(Object.keys(FACILITY_KINDS).length, 9);
});

test("an area is called by its kind, and by its words where it has some", () => {
  assert.equal(zoneLabel({ kind: "isolated", words: "Dusun Lekok" }), "TERISOLIR · Dusun Lekok");
  assert.equal(zoneLabel({ kind: "road_cut", words: "" }), "JALAN PUTUS");
  assert.equal(zoneLabel({ kind: "new_kind", words: "x" }), "NEW_KIND · x");
});

test("what nobody counted is not called zero", () => {
  assert.equal(fullness({ capacity: 200, occupied: 0 }), "0 dari 200 orang");
  assert.equal(fullness({ capacity: 200, occupied: null }), "muat 200 orang");
  assert.equal(fullness({ capacity: null, occupied: 30 }), "30 orang di dalam");
  assert.equal(fullness({ capacity: null, occupied: null }), "");
});

test("an area ends when its time is over, one without an end stands", () => {
  const moment = Date.parse("2026-11-22T08:00:00Z");
  assert.equal(endsAt("3600", moment), "2026-11-22T09:00:00.000Z");
  assert.equal(endsAt("", moment), undefined);
  assert.ok(stands({ expires_at: null }, moment));
  assert.ok(stands({ expires_at: "2026-11-22T08:00:01Z" }, moment));
  assert.ok(!stands({ expires_at: "2026-11-22T08:00:00Z" }, moment));
});

test("a name stands inside its area, also in a horseshoe", () => {
  const horseshoe = [[0, 0], [10, 0], [10, 10], [7, 10], [7, 3], [3, 3], [3, 10], [0, 10], [0, 0]];
  const [lon, lat] = middleOf({ type: "Polygon", coordinates: [horseshoe] });
  assert.ok((lon < 3 || lon > 7) && lat > 3 && lat < 10, `${lon}, ${lat}`);
});

test("lines and points have a middle, many parts that of the longest", () => {
  assert.deepEqual(middleOf({ type: "Point", coordinates: [1, 2] }), [1, 2]);
  assert.deepEqual(middleOf({ type: "LineString", coordinates: [[0, 0], [1, 1], [2, 2]] }), [1, 1]);
  assert.deepEqual(middleOf({ type: "MultiLineString", coordinates: [[[9, 9]], [[0, 0], [1, 1], [2, 2]]] }), [1, 1]);
  assert.equal(middleOf({ type: "GeometryCollection" }), null);
});

test("a collection is named where its first shape is, several points at the first; an empty one nowhere", () => {
  assert.deepEqual(middleOf({ type: "GeometryCollection", geometries: [{ type: "Point", coordinates: [1, 2] }] }), [1, 2]);
  assert.equal(middleOf({ type: "GeometryCollection", geometries: [] }), null);
  assert.deepEqual(middleOf({ type: "MultiPoint", coordinates: [[3, 4], [5, 6]] }), [3, 4]);
});

test("the board and the situation map call a thing by the same word", () => {
  for (const [kind, { word }] of Object.entries(ZONE_KINDS)) assert.equal(zoneLook(kind).word.toLowerCase(), word);
  for (const [kind, { word }] of Object.entries(FACILITY_KINDS)) assert.equal(facilityLook(kind).word.toLowerCase(), word);
  assert.equal(facilityLook("__proto__").word, facilityLook("other").word);
  assert.equal(zoneLook("constructor").word, "Wilayah lain");
});
