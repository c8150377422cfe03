// How figures are said.
import assert from "node:assert/strict";
import { test } from "node:test";
import { excludedText, shareText, spanText, targetText } from "../../static/js/figure_table.js";

test("spans read as one says them", () => {
  assert.deepEqual([0, 8.4, 59.96, 95, 3600, 5400].map(spanText), ["0 dtk", "8,4 dtk", "1 mnt", "1 mnt 35 dtk", "1 jam 0 mnt", "1 jam 30 mnt"]);
});

test("of nothing there is a dash, never a zero", () => {
  assert.deepEqual([spanText(null), spanText(undefined), shareText(null)], ["–", "–", "–"]);
});

test("a share has one digit and a decimal comma", () => {
  assert.equal(shareText(200 / 3), "66,7%");
});

test("a target says of how many, and whose rule it is", () => {
  const told = { within_s: 10, n: 14, count: 12, share: 85.714, percent: 90, source: "NFPA 1225", types: [] };
  assert.equal(targetText(told), "12 dari 14 dalam 10 dtk (85,7%), sasaran 90% (NFPA 1225)");
  assert.match(targetText({ ...told, percent: null, types: ["kebakaran"] }), /kebakaran saja, acuan NFPA 1225$/);
});

test("what was left out is said with its reasons", () => {
  assert.equal(excludedText({ paper: 3, missing: 2 }), "3 dari kertas, 2 waktu tidak ada");
  assert.equal(excludedText({}), "");
});
