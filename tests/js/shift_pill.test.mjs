import assert from "node:assert/strict";
import { test } from "node:test";
import { redOf } from "../../static/js/shift_pill.js";

const RED = Date.parse("2026-11-22T07:15:00Z");
const left = { state: "left", name: "Siang", left_by: "dewi", led_by: "dewi", red_at: "2026-11-22T07:15:00Z" };

test("a shift nobody signed for is red from its moment on, and not a second before", () => {
  assert.equal(redOf(left, RED - 1000), null);
  assert.match(redOf(left, RED).text, /BELUM DITANDATANGANI/);
  assert.match(redOf(left, RED).title, /dewi/);
});

test("a shift that should have ended says that it was not handed over", () => {
  assert.match(redOf({ ...left, state: "running" }, RED + 1).text, /BELUM DISERAHKAN/);
});

test("where no shift stands nothing is red", () => assert.equal(redOf(undefined, RED), null));
