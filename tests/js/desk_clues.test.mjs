// What the desk asks about repeats: only what it knows, and nothing while there is neither a place nor a number.
import assert from "node:assert/strict";
import { test } from "node:test";
import { questionOf } from "../../static/js/clue_words.js";

const POINT = { lon: 116.5273, lat: -8.3812, radius_m: 150, method: "place", area_code: "52.03.14.2004", name: "Sajang" };

test("without a place or a whole number nothing is asked", () => {
  assert.equal(questionOf({ point: null, type: "flood", narrative: "air naik" }), null);
  assert.equal(questionOf({ point: null, phone: "0812" }), null);
  assert.equal(questionOf({ point: null, phone: "bu sri 0812" }), null);
});

test("a number alone is worth asking, however it is written", () => {
  assert.deepEqual(questionOf({ point: null, phone: " +62 812-3456-7321 ", type: null }), { phone: "+62 812-3456-7321" });
});

test("a place is asked with its doubt, its village and what was said so far", () => {
  assert.deepEqual(questionOf({ point: POINT, type: "flood", phone: "08", narrative: " air naik " }), {
    lon: 116.5273, lat: -8.3812, radius_m: 150, area_code: "52.03.14.2004", type: "flood", narrative: "air naik",
  });
  assert.deepEqual(questionOf({ point: { lon: 116, lat: -8 } }), { lon: 116, lat: -8 });
});
