// When a position is worth telling: not every second, not when nothing moved, and never off duty.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isOnDuty, isWorthTelling, metresBetween } from "../../static/js/position_rules.js";

const HERE = { lon: 116.55, lat: -8.55, accuracy_m: 8, at_ms: 0 };
const later = (seconds, more = {}) => ({ ...HERE, at_ms: seconds * 1000, ...more });

test("a degree of latitude is some 111.2 km, one of longitude less", () => {
  assert.ok(Math.abs(metresBetween({ lon: 116, lat: -8 }, { lon: 116, lat: -9 }) - 111195) < 1);
  assert.ok(Math.abs(metresBetween({ lon: 116, lat: -8.5 }, { lon: 117, lat: -8.5 }) - 109974) < 5);
});

test("the first position is always told", () => assert.equal(isWorthTelling(null, HERE), true));

test("a unit that stands still is told of every two minutes", () => {
  assert.equal(isWorthTelling(HERE, later(60)), false);
  assert.equal(isWorthTelling(HERE, later(120)), true);
});

test("a unit that moves is told of every 20 seconds at most", () => {
  const moved = { lon: 116.552 };
  assert.equal(isWorthTelling(HERE, later(10, moved)), false);
  assert.equal(isWorthTelling(HERE, later(20, moved)), true);
});

test("a jump smaller than the doubt of the fix is no movement", () => {
  assert.equal(isWorthTelling(HERE, later(30, { lon: 116.552, accuracy_m: 400 })), false);
  assert.equal(isWorthTelling(HERE, later(30, { lon: 116.57, accuracy_m: 900 })), false);
});

test("off duty and without a task nothing is watched; with a task it is", () => {
  assert.equal(isOnDuty({ in_service: false, incident_ids: [] }), false);
  assert.equal(isOnDuty({ in_service: false, incident_ids: [1] }), true);
  assert.equal(isOnDuty({ in_service: true, incident_ids: [] }), true);
  assert.equal(isOnDuty(undefined), false);
});
