// Paper forms: clock times as people write them, around midnight too, in the zone of the site.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromLocal, toLocal } from "../../static/js/local_time.js";
import { clockOf, momentsOf, oddPair, unreadable } from "../../static/js/paper_times.js";

const WITA = "Asia/Makassar";
const at = (words) => Date.parse(words);

test("a time of day is read as people write it", () => {
  for (const [words, read] of [["2.34", "02:34:00"], ["02:34:18", "02:34:18"], ["0234", "02:34:00"], [" 23.59 ", "23:59:00"], ["02,34", "02:34:00"]]) assert.equal(clockOf(words), read, words);
  for (const words of ["", "24.00", "2.60", "besok", "2", "02.34.99", null, undefined]) assert.equal(clockOf(words), null, String(words));
});

test("local times are those of the site, and come back the same", () => {
  assert.equal(fromLocal("2026-11-22T02:34:18", WITA), at("2026-11-21T18:34:18Z"));
  assert.equal(toLocal(at("2026-11-21T18:34:18Z"), WITA), "2026-11-22T02:34:18");
  for (const zone of ["Asia/Jakarta", "Asia/Jayapura", "UTC", "Europe/Berlin"]) {
    for (const words of ["2026-01-01T00:00:00", "2026-07-15T23:59:59"]) assert.equal(toLocal(fromLocal(words, zone), zone), words);
  }
  assert.equal(fromLocal("kemarin", WITA), null);
  assert.equal(toLocal(NaN, WITA), "");
});

test("a call around midnight keeps its order", () => {
  const paper = { date: "2026-11-22", words: { t0: "23.59.50", t1: "00.00.05", t4: "00.03" } };
  const { t0, t1, t2, t4 } = momentsOf(paper, WITA);
  assert.equal(t1, at("2026-11-21T16:00:05Z"));
  assert.equal(t1 - t0, 15_000);
  assert.equal(t4 - t1, 175_000);
  assert.equal(t2, null);
});

test("without the answer nothing is moved to another day", () => {
  assert.equal(momentsOf({ date: "2026-11-22", words: { t0: "23.59" } }, WITA).t0, at("2026-11-22T15:59:00Z"));
  assert.deepEqual(Object.values(momentsOf({ date: "", words: { t1: "02.00" } }, WITA)), [null, null, null, null, null]);
});

test("what stands the wrong way round is found, what cannot be read is named", () => {
  assert.deepEqual(oddPair({ t0: 5, t1: 3 }), ["t0", "t1"]);
  assert.equal(oddPair({ t0: 1, t1: 3, t4: 9 }), null);
  assert.equal(oddPair(null), null);
  assert.deepEqual(unreadable({ words: { t1: "pagi", t2: " ", t3: "02.34" } }), ["t1"]);
});
