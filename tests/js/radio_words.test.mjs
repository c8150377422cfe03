// The radio log's reading of a roster: sent is never received, and a device is no person.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RECEPTION_STATES, lookOf, missingFirst, seenCount } from "../../static/js/radio_words.js";

const station = (call_sign, state) => ({ call_sign, state });

test("only a person counts as seen", () => {
  const roster = ["queued", "keyed", "heard", "seen", "read_back", "unknown"].map((state) => station(state, state));
  assert.deepEqual(seenCount(roster), { seen: 2, all: 6 });
});

test("those who lack it stand first, in spoken order", () => {
  const roster = [station("TRC-1", "seen"), station("TRC-10", "keyed"), station("TRC-2", "heard")];
  assert.deepEqual(missingFirst(roster).map((one) => one.call_sign), ["TRC-2", "TRC-10", "TRC-1"]);
});

test("every state has words and a look of its own weight", () => {
  assert.deepEqual(Object.keys(RECEPTION_STATES).filter((state) => lookOf(state) === "ok"), ["seen", "read_back"]);
  assert.equal(lookOf("heard"), "warn");
  assert.equal(lookOf("something new"), "unknown");
});
