// The radio log's reading of a roster: sent is never received, and a device is no person.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RECEPTION_STATES, airtimeWords, isUsedUp, lookOf, missingFirst, seenCount } from "../../static/js/radio_words.js";

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

const hour = (left_s, kept_s) => ({ service: "lora_free", limit_s: 36, left_s, kept_s });

test("the airtime that is left is said in whole seconds, never too many", () => {
  assert.equal(airtimeWords(hour(31.9, 10.8)), "sisa udara jam ini 31 detik dari 36, 11 detik untuk P0");
  assert.equal(airtimeWords(hour(10.8, 10.8)), "sisa udara jam ini 10 detik dari 36, 10 detik untuk P0");
  assert.equal(airtimeWords(hour(0, 0)), "sisa udara jam ini 0 detik dari 36, 0 detik untuk P0");
});

test("where the law has no limit the service is named, and what is not known is not said", () => {
  const free = { service: "rapi", limit_s: null, left_s: null, kept_s: null };
  assert.equal(airtimeWords(free), "tanpa batas waktu udara: RAPI");
  assert.deepEqual([airtimeWords(null), isUsedUp(null), isUsedUp(free)], ["", false, false]);
});

test("the hour is used up when only the highest priority has room", () => {
  assert.deepEqual([hour(36, 10.8), hour(11, 10.8), hour(0, 0)].map(isUsedUp), [false, true, true]);
});
