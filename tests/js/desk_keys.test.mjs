// The keys of the call desk.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TYPE_KEYS, actionOf } from "../../static/js/desk_keys.js";

const key = (code, facts = {}) => ({ code, key: code.replace(/^(Key|Digit)/, "").toLowerCase(), ...facts });

test("classes by one letter outside a text box, by Alt anywhere", () => {
  assert.deepEqual(actionOf(key("KeyG")), { do: "class", what: "ghost" });
  assert.equal(actionOf(key("KeyG"), { inText: true }), null);
  assert.deepEqual(actionOf(key("KeyP", { altKey: true }), { inText: true }), { do: "class", what: "prank" });
});

test("saving works everywhere, on both Enter keys", () => {
  assert.deepEqual(actionOf(key("Enter", { key: "Enter", ctrlKey: true }), { inText: true }), { do: "save" });
  assert.deepEqual(actionOf(key("NumpadEnter", { ctrlKey: true })), { do: "save" });
  assert.equal(actionOf(key("Enter", { key: "Enter" })), null);
});

test("types by digit and letter, priorities with Shift", () => {
  assert.deepEqual(actionOf(key("Digit1")), { do: "type", what: 0 });
  assert.deepEqual(actionOf(key("Digit0")), { do: "type", what: 9 });
  assert.deepEqual(actionOf(key("KeyQ")), { do: "type", what: 10 });
  assert.deepEqual(actionOf(key("Digit2", { shiftKey: true, key: "@" })), { do: "priority", what: "P2" });
  assert.equal(actionOf(key("KeyQ", { shiftKey: true })), null);
});

test("no type key is another key", () => {
  for (const sign of "NGPILCTH") assert.ok(!TYPE_KEYS.includes(sign), sign);
  assert.equal(new Set(TYPE_KEYS).size, TYPE_KEYS.length);
});

test("letters can be switched off; Alt, F2 and Ctrl Enter stay", () => {
  assert.equal(actionOf(key("KeyN"), { letters: false }), null);
  assert.equal(actionOf(key("Slash", { key: "?", shiftKey: true }), { letters: false }), null);
  assert.deepEqual(actionOf(key("KeyN", { altKey: true }), { letters: false }), { do: "class", what: "normal" });
  assert.deepEqual(actionOf(key("F2"), { letters: false }), { do: "answer" });
});

test("the browser keeps its own keys", () => {
  for (const stroke of [key("KeyC", { ctrlKey: true }), key("KeyL", { metaKey: true }), key("Digit1", { altKey: true }), key("Tab"), key("KeyH", { isComposing: true })]) {
    assert.equal(actionOf(stroke), null);
  }
});
