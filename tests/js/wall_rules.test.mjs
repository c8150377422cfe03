// What the wall may say and when it turns.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SCENES, linesOf, placeOf, readWall, sumsOf, turnAt, unitSums, whyOf } from "../../static/js/wall_rules.js";

const NOW = Date.parse("2026-11-20T03:10:00Z");
const incident = (id, more = {}) => ({ id, priority: "P2", state: "new", type: "banjir", opened_at: "2026-11-20T03:00:00Z", ...more });

test("the address says which views, in which order, how long", () => {
  assert.deepEqual(readWall("?scenes=map,queue&seconds=15"), { scenes: ["map", "queue"], seconds: 15 });
});

test("an address that says nothing, or nonsense, shows all of them for twenty seconds", () => {
  for (const search of ["", "?scenes=&seconds=", "?scenes=cats&seconds=soon"]) assert.deepEqual(readWall(search), { scenes: SCENES, seconds: 20 });
});

test("seconds keep within what a person can read and a clock can turn", () => {
  assert.equal(readWall("?seconds=0.001").seconds, 5);
  assert.equal(readWall("?seconds=1e9").seconds, 600);
  assert.equal(readWall("?seconds=-3").seconds, 5);
});

test("a view the role may not see is not shown, asked for or not", () => {
  assert.deepEqual(readWall("?scenes=figures", ["queue", "map"]).scenes, ["queue", "map"]);
  assert.deepEqual(readWall("?scenes=map,map").scenes, ["map"]);
});

test("views follow each other and begin again", () => {
  const wanted = { scenes: ["queue", "map"], seconds: 10 };
  assert.deepEqual(turnAt(0, wanted), { scene: "queue", part: 0, left: 10 });
  assert.equal(turnAt(9_999, wanted).scene, "queue");
  assert.deepEqual(turnAt(15_000, wanted), { scene: "map", part: 0.5, left: 5 });
  assert.equal(turnAt(20_000, wanted).scene, "queue");
});

test("one view alone stands still", () => {
  assert.deepEqual(turnAt(99_000, { scenes: ["map"], seconds: 5 }), { scene: "map", part: 0, left: null });
});

test("the worst stands first, and what waits is counted", () => {
  const incidents = new Map([[1, incident(1)], [2, incident(2, { priority: "P1" })], [3, incident(3, { state: "controlled" })]]);
  const lines = linesOf({ incidents, assignments: new Map() }, NOW);
  assert.deepEqual(lines.map((line) => line.incident.id), [2, 1, 3]);
  assert.deepEqual(sumsOf(lines, 7), { open: 7, waiting: 2, late: 2, mayday: 0 });
});

test("the words of an obstacle never reach the wall", () => {
  const [line] = linesOf({ incidents: new Map([[1, incident(1, { state: "obstructed", obstacle: "Pak Amir 0812345678 menutup jalan" })]]), assignments: new Map() }, NOW);
  assert.equal(whyOf(line, "ada kendala"), "ada kendala");
});

test("a place is the official name of its village, never what was typed", () => {
  const typed = incident(1, { place: "rumah Pak Amir 0812345678" });
  assert.equal(placeOf({ ...typed, area_code: "52.03.01.2001" }, { "52.03.01.2001": "Desa X, Kec. Y" }), "Desa X, Kec. Y");
  assert.equal(placeOf({ ...typed, area_code: "52.03.01.2009" }, { "52.03.01": "Kec. Y" }), "Kec. Y");
  assert.equal(placeOf({ ...typed, lon: 116 }, {}, new Map([[1, "Desa Z, Kec. Y"]])), "Desa Z, Kec. Y");
  assert.equal(placeOf({ ...typed, lon: 116 }, {}), "ada di peta");
  assert.equal(placeOf(typed, {}), "tempat belum jelas");
});

test("units are counted by state, trouble first", () => {
  const units = ["standby", "mayday", "standby", "new_state"].map((state) => ({ state }));
  assert.deepEqual(unitSums(units, ["mayday", "standby"]), [["mayday", 1], ["standby", 2], ["new_state", 1]]);
});
