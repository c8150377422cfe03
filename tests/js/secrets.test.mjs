// The two secrets of the set-up page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { wrongWith } from "../../static/js/secrets.js";

test("a secret is long enough and typed the same twice", () => {
  assert.equal(wrongWith("pendek!", "pendek!"), "too short");
  assert.equal(wrongWith("delapan!", "delapan!"), null);
  assert.equal(wrongWith("empat kata biasa", "empat kata  biasa"), "not the same");
  assert.equal(wrongWith("empat kata biasa", "empat kata biasa"), null);
});
