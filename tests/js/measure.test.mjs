// Metres on the map and the words for them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { areaM2, areaText, lengthM, lengthText, measured, metresBetween, ratioText, roundLength, scaleBar } from "../../static/js/measure.js";

const near = (is, should, share) => assert.ok(Math.abs(is - should) <= should * share, `${is} is not ${should}`);

test("a degree of a meridian is 111 kilometres, of the equator as much", () => {
  near(metresBetween([116.5, -8], [116.5, -9]), 111_195, 0.001);
  near(metresBetween([116, 0], [117, 0]), 111_195, 0.001);
});

test("from Mataram to Selong it is some 47 kilometres", () => {
  near(metresBetween([116.1165, -8.5833], [116.5361, -8.6501]), 46_740, 0.01);
});

test("a line is as long as its parts", () => {
  const spots = [[116.5, -8.5], [116.6, -8.5], [116.6, -8.6]];
  near(lengthM(spots), metresBetween(spots[0], spots[1]) + metresBetween(spots[1], spots[2]), 1e-9);
  assert.equal(lengthM([]), 0);
  assert.equal(lengthM([[116, -8]]), 0);
});

test("a square of a kilometre is a hundred hectares, whichever way one walks round it", () => {
  const [d, k] = [1000 / 111_195, 1000 / (111_195 * Math.cos((8.5 * Math.PI) / 180))];
  const ring = [[116.5, -8.5], [116.5 + k, -8.5], [116.5 + k, -8.5 + d], [116.5, -8.5 + d]];
  near(areaM2(ring), 1_000_000, 0.002);
  near(areaM2([...ring].reverse()), 1_000_000, 0.002);
  assert.equal(areaM2(ring.slice(0, 2)), 0);
});

test("figures have a decimal comma and the unit one can picture", () => {
  assert.equal(lengthText(84.4), "84 m");
  assert.equal(lengthText(3140), "3,14 km");
  assert.equal(lengthText(12_800), "12,8 km");
  assert.equal(lengthText(999.7), "1,00 km");
  assert.equal(areaText(850), "850 m²");
  assert.equal(areaText(32_000), "3,20 ha");
  assert.equal(areaText(4_200_000), "4,20 km²");
  assert.equal(areaText(1_605_000_000), "1.605 km²");
});

test("an area is told once there are three points", () => {
  assert.equal(measured([[116, -8], [116, -9]]).area, "");
  assert.match(measured([[116, -8], [116, -9], [117, -9]]).area, /km²$/);
});

test("the bar of the scale has a round length that fits", () => {
  assert.equal(roundLength(1000), 1000);
  assert.equal(roundLength(4999), 2000);
  assert.equal(roundLength(7300), 5000);
  const { metres, pixels, words } = scaleBar(38.2, 160);
  assert.deepEqual([metres, words], [5000, "5 km"]);
  near(pixels * 38.2, 5000, 0.01);
  assert.equal(scaleBar(1.2, 160).words, "100 m");
});

test("the scale of paper is told in two figures", () => {
  assert.equal(ratioText(251.7), "sekitar 1 : 250.000");
  assert.equal(ratioText(9.96), "sekitar 1 : 10.000");
});
