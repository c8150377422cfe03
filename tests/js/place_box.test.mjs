// The place box's suggestions: full names, the caller's own words kept, and no silent picking.
import assert from "node:assert/strict";
import { test } from "node:test";
import { optionsFor, surePoint, toPick, withTyped } from "../../static/js/place_box.js";

const FULL = "Desa Sajang, Kec. Sembalun, Kab. Lombok Timur";
const SAJANG = { name: "Sajang", full: FULL, kind: "village", code: "52.03.15.2003", lon: 116.5273, lat: -8.3812, radius_m: 1800, how: "spelling", doubt: "" };

test("a place says its whole name and how it was found", () => {
  const [option] = optionsFor("sajng dkt masjid", [SAJANG]);
  assert.deepEqual([option.name, option.rest], ["Desa Sajang", "Kec. Sembalun, Kab. Lombok Timur · ejaan mirip"]);
  assert.deepEqual(option.point, { lon: 116.5273, lat: -8.3812, radius_m: 1800, method: "place", area_code: "52.03.15.2003", name: FULL, words: FULL });
});

test("a name written as it is needs no words about how it was found", () => {
  const [option] = optionsFor("sajang", [{ ...SAJANG, how: "name" }]);
  assert.equal(option.rest, "Kec. Sembalun, Kab. Lombok Timur");
});

test("a whole district says that it is one, a landmark that people know it", () => {
  const rests = ["district", "landmark"].map((kind) => optionsFor("x", [{ ...SAJANG, how: "name", kind }])[0].rest);
  assert.deepEqual(rests.map((rest) => rest.split(" · ").at(-1)), ["seluruh kecamatan", "patokan"]);
});

test("a place without a point can be chosen for its words and puts nothing on the map", () => {
  const [option] = optionsFor("sajang", [{ ...SAJANG, lon: null, lat: null }]);
  assert.equal(option.point, null);
  assert.ok(option.rest.includes("belum ada titiknya") && option.text.startsWith(FULL));
});

test("a swapped position from the server is offered as one, never as sure", () => {
  const [option] = optionsFor("9G22+22", [{ ...SAJANG, kind: "position", name: "8,38120° LS 116,52730° BT", how: "plus_code", doubt: "swapped" }]);
  assert.equal(option.point.method, "coordinates");
  assert.ok(option.doubt === "swapped" && option.rest.includes("tertukar"));
});

test("what the browser read itself is not listed a second time", () => {
  const options = optionsFor("8,3812 116,5273", [{ ...SAJANG, kind: "position", how: "coordinates", doubt: "hemisphere" }]);
  assert.equal(options.length, 1);
});

test("the caller's landmark stays behind the name", () => {
  assert.equal(withTyped(FULL, "sajang, dkt masjid rt 2"), `${FULL} (sajang, dkt masjid rt 2)`);
  assert.equal(withTyped(FULL, " sajang "), FULL);
  assert.ok(withTyped(FULL, "x".repeat(400)).length <= 200);
});

test("coordinates without a doubt need no choice, doubtful ones do", () => {
  assert.equal(surePoint("-8,3812 116,5273").method, "coordinates");
  assert.equal(surePoint("8,3812 116,5273"), null);
  assert.equal(surePoint("sajang"), null);
  assert.deepEqual(toPick("-8,3812 116,5273", []), []);
  assert.equal(toPick("8,3812 116,5273", []).length, 1);
  assert.equal(toPick("51.5074, -0.1278", []).length, 1);
});

test("the words of a coordinate leave out what was said behind it", () => {
  assert.equal(surePoint("-8.3812, 116.5273 dekat masjid").words, "-8.3812, 116.5273");
});

test("no list is endless", () => {
  assert.equal(optionsFor("sajang", Array(50).fill(SAJANG)).length, 7);
});

test("a place without a point is still listed to pick", () => {
  assert.equal(toPick("sajang", [{ ...SAJANG, lon: null, lat: null }]).length, 1);
});
