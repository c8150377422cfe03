// A patokan to remember: the name is what the caller said, without the coordinates.
import assert from "node:assert/strict";
import { test } from "node:test";
import { landmarkOf, nameFor } from "../../static/js/remember_place.js";

test("the first idea of a name is what the caller said", () => {
  assert.equal(nameFor({ text: "masjid nurul huda" }), "masjid nurul huda");
  assert.equal(nameFor({ text: "Desa Sajang, Kec. Sembalun, Kab. Lombok Timur (dkt masjid nurul huda)" }), "masjid nurul huda");
  assert.equal(nameFor({ text: "-8,3812 116,5273 pos ronda" }), "pos ronda");
  assert.equal(nameFor({ text: "-8,3812 116,5273" }), "");
});

test("a name is never longer than the server keeps", () => {
  assert.equal(nameFor({ text: "x".repeat(200) }).length, 120);
});

test("a landmark carries the point of the call and its village where one is known", () => {
  const point = { lon: 116.5, lat: -8.4, radius_m: 40, method: "map", name: "x" };
  assert.deepEqual(landmarkOf(point, " Pos ronda "), { name: "Pos ronda", kind: "landmark", lon: 116.5, lat: -8.4, radius_m: 40 });
  assert.equal(landmarkOf({ ...point, area_code: "52.03.15.2003" }, "x").area_code, "52.03.15.2003");
});
