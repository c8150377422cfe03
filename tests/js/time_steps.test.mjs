// The line of times: each step with what it took, word from the field beside the way, a backward step seen as one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { stepsOf } from "../../static/js/time_steps.js";

const at = (seconds) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
const steps = (...times) => stepsOf(times.map(([which, seconds]) => ({ which, at: at(seconds) }))).map(({ step }) => step);

test("a step is the time since the one before it that is known", () => {
  assert.deepEqual(steps(["t0", 0], ["t1", 6], ["t4", 66]), ["", "+00.06", "+01.00"]);
});

test("what may come at any time is no step, and the next step leaps over it", () => {
  assert.deepEqual(steps(["t1", 0], ["t3", 30], ["t4", 60], ["t12", 500], ["t14", 660]), ["", "", "+01.00", "", "+10.00"]);
});

test("a step backward is shown as one", () => {
  assert.deepEqual(steps(["t1", 10], ["t2", 4]), ["", "−00.06"]);
});
