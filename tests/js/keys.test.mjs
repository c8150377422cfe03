// The register of keys: how a key is named, what is listed, and what stands there twice.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clashesOf, keyOf, listOf } from "../../static/js/keys.js";

test("a digit with Shift is named by its key, whatever the keyboard writes there", () => {
  assert.equal(keyOf({ key: "!", code: "Digit1", shiftKey: true }), "Shift+1");
  assert.equal(keyOf({ key: '"', code: "Digit2", shiftKey: true }), "Shift+2");
  assert.equal(keyOf({ key: "1", code: "Digit1", shiftKey: false }), "1");
  assert.equal(keyOf({ key: "?", code: "Slash", shiftKey: true }), "?");
  assert.equal(keyOf({ key: "Home", code: "Home", shiftKey: false }), "Home");
});

const REGISTER = [[["j", "ArrowDown"], "next", () => {}], ["Home", "top", () => {}]];

test("every key of the register is listed, not only the first", () => {
  assert.deepEqual(listOf(REGISTER), [[["j", "ArrowDown"], "next"], [["Home"], "top"]]);
});

test("a key that stands there twice is found, a register without one is clean", () => {
  assert.deepEqual(clashesOf(REGISTER), []);
  assert.deepEqual(clashesOf([...REGISTER, [["x", "ArrowDown"], "other", () => {}]]), ["ArrowDown"]);
});
