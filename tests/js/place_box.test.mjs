// The place box's suggestions: full names, the caller's own words kept, and no silent picking.
import assert from "node:assert/strict";
import { test } from "node:test";
import { optionsFor, surePoint, toPick, withTyped } from "../../static/js/place_box.js";

const SAJANG = { name: "Sajang, Kec. Sembalun, Kab. Lombok Timur", kind: "desa", code: "52.03.14.2004", lon: 116.5273, lat: -8.3812, radius_m: 1800, how: "pusat desa" };

test("a place says its whole name and where its point comes from", () => {
  const [option] = optionsFor("sajang dkt masjid", [SAJANG]);
  assert.deepEqual([option.name, option.rest], ["Sajang", "Kec. Sembalun, Kab. Lombok Timur · pusat desa"]);
  assert.deepEqual(option.point, { lon: 116.5273, lat: -8.3812, radius_m: 1800, method: "place", area_code: "52.03.14.2004", name: SAJANG.name, words: SAJANG.name });
});

test("the caller's landmark stays behind the name", () => {
  assert.equal(withTyped(SAJANG.name, "sajang, dkt masjid rt 2"), `${SAJANG.name} (sajang, dkt masjid rt 2)`);
  assert.equal(withTyped(SAJANG.name, " sajang "), SAJANG.name);
  assert.ok(withTyped(SAJANG.name, "x".repeat(400)).length <= 200);
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
