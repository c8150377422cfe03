// What is typed into a figure: a number, nihil, being counted; never a zero by accident.
import assert from "node:assert/strict";
import { test } from "node:test";
import { figureTyped, figuresTyped } from "../../static/js/assess_typed.js";

test("a number, with or without the dots of thousands", () => {
  assert.deepEqual(figureTyped("12"), { state: "number", value: 12 });
  assert.deepEqual(figureTyped(" 1.250 "), { state: "number", value: 1250 });
});

test("n is nihil, d is being counted, nothing says nothing", () => {
  for (const typed of ["n", "N", "nihil", "nil"]) assert.deepEqual(figureTyped(typed), { state: "nihil" });
  for (const typed of ["d", "?", "didata", "c"]) assert.deepEqual(figureTyped(typed), { state: "counting" });
  assert.equal(figureTyped("  "), null);
});

test("a zero, a minus, a word and too much are none of them", () => {
  for (const typed of ["0", "00", "-3", "tiga", "3x", "99999999999", "ni"]) assert.equal(figureTyped(typed), undefined);
});

test("only what was typed is told, and the first field at fault is named", () => {
  const whats = ["dead", "missing", "tents"];
  assert.deepEqual(figuresTyped({ dead: "n", missing: "", tents: "40" }, whats), { figures: [{ what: "dead", state: "nihil" }, { what: "tents", state: "number", value: 40 }], wrong: null });
  assert.equal(figuresTyped({ missing: "banyak", tents: "0" }, whats).wrong, "missing");
});
