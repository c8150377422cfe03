// When a picture is fresh, and when the red band must say that it is not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Pulse } from "../../static/js/pulse.js";

const beat = (head, boot = "a") => ({ head, at: `2026-01-01T00:00:${String(head).padStart(2, "0")}Z`, boot });

function started() {
  const pulse = new Pulse();
  pulse.start(0);
  return pulse;
}

test("no heartbeat for more than 10 s freezes the picture, also when none ever came", () => {
  const pulse = started();
  assert.equal(pulse.isFrozen(10_000), false);
  assert.equal(pulse.isFrozen(10_001), true);
  pulse.beat(beat(5), 5, 11_000);
  assert.equal(pulse.isFrozen(21_000), false);
  assert.equal(pulse.isFrozen(21_001), true);
});

test("a heart that beats while the picture stays behind does not keep it fresh", () => {
  const pulse = started();
  pulse.beat(beat(5), 5, 1000);
  for (let ms = 3000; ms <= 13_000; ms += 2000) assert.equal(pulse.beat(beat(6), 5, ms), "catch up");
  assert.equal(pulse.isFrozen(13_000), true);
  assert.equal(pulse.freshAt, beat(5).at);
});

test("catching up to the last head makes it whole again, but not long after the heart stopped", () => {
  const pulse = started();
  pulse.beat(beat(6), 5, 1000);
  pulse.reached(6, 1200);
  assert.equal(pulse.freshAt, beat(6).at);
  pulse.reached(6, 20_000);
  assert.equal(pulse.isFrozen(20_000), true);
});

test("a head behind the picture means another database: take a snapshot", () => {
  assert.equal(started().beat(beat(3), 5, 1000), "snapshot");
});

test("a server that started anew asks for a catch-up once", () => {
  const pulse = started();
  assert.equal(pulse.beat(beat(5, "a"), 5, 1000), "");
  assert.equal(pulse.beat(beat(5, "b"), 5, 3000), "catch up");
  assert.equal(pulse.beat(beat(5, "b"), 5, 5000), "");
});
