// What rings stands in order: who waits longest first, whose it is, and what the top bar says of a declared status.
import assert from "node:assert/strict";
import { test } from "node:test";
import { dayOf, lateness, lostWords, mine, newlyRinging, nextFree, pillOf, sorted } from "../../static/js/rings.js";

const ring = (id, more = {}) => ({ id, state: "ringing", rang_at: `2026-11-22T10:00:${String(10 + id)}Z`, claimed_by: null, held: false, has_number: true, times_rung: 1, tries: 0, last_try: null, ...more });
const ids = (rings) => rings.map(({ id }) => id);

test("whoever waits longest stands at the top, each kind in its own list", () => {
  const cards = [ring(5), ring(2, { state: "missed" }), ring(1), ring(4, { state: "answered" }), ring(3, { state: "dropped" }), ring(6, { held: true })];
  const { ringing, talking, callBacks, held } = sorted(cards, "sari");
  assert.deepEqual([ids(ringing), ids(talking), ids(callBacks), ids(held)], [[1, 5], [4], [2, 3], [6]]);
});

test("a held call that I took stands among those that ring", () => {
  const cards = [ring(1, { held: true, claimed_by: "sari" })];
  assert.deepEqual(ids(sorted(cards, "sari").ringing), [1]);
  assert.deepEqual(ids(sorted(cards, "dewi").held), [1]);
});

test("the next is the one that waits longest and that nobody holds; one without a number comes last", () => {
  assert.equal(nextFree([ring(1, { claimed_by: "dewi" }), ring(2, { has_number: false }), ring(3)]).id, 3);
  assert.equal(nextFree([ring(2, { has_number: false })]).id, 2);
  assert.equal(nextFree([ring(1, { claimed_by: "dewi" })]), null);
  assert.equal(mine([ring(1, { claimed_by: "dewi" }), ring(2, { claimed_by: "sari" })], "sari").id, 2);
  assert.equal(mine([ring(1)], "sari"), null);
});

test("after ten seconds it is late, after fifteen too late", () => {
  assert.deepEqual([9, 10, 14, 15].map(lateness), ["", "late", "late", "too-late"]);
});

test("a lost call says how it was lost, how often it rang and what was tried", () => {
  assert.equal(lostWords(ring(1, { state: "dropped" })), "ditutup penelepon");
  const often = ring(1, { state: "missed", times_rung: 3, tries: 2, last_try: { result: "busy" } });
  assert.equal(lostWords(often), "tidak terjawab · berdering 3 kali · 2 kali dicoba, terakhir sibuk");
});

test("only what is new, free and not held back is heard", () => {
  const cards = [ring(1), ring(2), ring(3, { held: true }), ring(4, { claimed_by: "sari" }), ring(5, { state: "missed" })];
  assert.deepEqual(ids(newlyRinging(new Set([1]), cards)), [2]);
});

test("the pill counts the days of the decree, from one, and says when they are over", () => {
  const status = { kind: "tanggap_darurat", starts_on: "2026-11-20", days: 14 };
  assert.deepEqual(pillOf(null, "2026-11-22"), { text: "NORMAL", look: "normal" });
  assert.deepEqual(pillOf(status, "2026-11-22"), { text: "TANGGAP DARURAT hari ke-3 dari 14", look: "declared" });
  assert.deepEqual(pillOf(status, "2026-12-03"), { text: "TANGGAP DARURAT hari ke-14 dari 14", look: "declared" });
  assert.deepEqual(pillOf(status, "2026-12-05"), { text: "TANGGAP DARURAT lewat 2 hari", look: "over" });
  assert.equal(pillOf(status, "2026-11-19").text, "TANGGAP DARURAT mulai 20 November 2026");
  assert.equal(dayOf("2026-12-31", "2027-01-01"), 2);
});
