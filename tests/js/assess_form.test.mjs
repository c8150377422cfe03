// The rapid-assessment form: three states, and silence that is never a zero.
import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyAssessment, isSaid, toAssessment, withNumber, withState, wrongFigures } from "../../static/js/assess_form.js";
import { FIGURES, figureSaid } from "../../static/js/figure_words.js";

const empty = () => emptyAssessment("u1");

test("what nobody touched is not told at all", () => {
  const form = withNumber(withState(empty(), "dead", "nihil"), "missing", "3");
  assert.deepEqual(toAssessment(form, 0).figures, [{ what: "dead", state: "nihil" }, { what: "missing", state: "number", value: 3 }]);
});

test("an emptied box and a state pressed twice say nothing again", () => {
  assert.equal(isSaid(withNumber(withNumber(empty(), "dead", "3"), "dead", "")), false);
  assert.equal(isSaid(withState(withState(empty(), "dead", "counting"), "dead", "counting")), false);
});

test("one figure has one state: the last one pressed or typed", () => {
  const form = withState(withNumber(empty(), "dead", "3"), "dead", "counting");
  assert.deepEqual(toAssessment(form, 0).figures, [{ what: "dead", state: "counting" }]);
  assert.deepEqual(toAssessment(withNumber(form, "dead", "4"), 0).figures, [{ what: "dead", state: "number", value: 4 }]);
});

test("a typed zero is asked about: none is said on purpose", () => {
  assert.deepEqual(wrongFigures(withNumber(empty(), "dead", "00")), { dead: "zero" });
});

test("letters, signs and absurd numbers are no figures; dots between thousands are", () => {
  for (const text of ["tiga", "-3", "3,5", "99999999"]) assert.deepEqual(wrongFigures(withNumber(empty(), "dead", text)), { dead: "no number" }, text);
  assert.equal(toAssessment(withNumber(empty(), "displaced", "1.200"), 0).figures[0].value, 1200);
});

test("the time is the one said, else now; an empty word about the source stays away", () => {
  assert.equal(toAssessment(empty(), 0).at, "1970-01-01T00:00:00.000Z");
  assert.equal(toAssessment({ ...empty(), counted_at: 60_000 }, 0).at, "1970-01-01T00:01:00.000Z");
  assert.equal("source_words" in toAssessment(empty(), 0), false);
});

test("every figure of the form has its words, with and without a number", () => {
  for (const what of Object.keys(FIGURES)) {
    assert.ok(figureSaid({ what, state: "number", value: 2 }).startsWith("2 "));
    assert.ok(figureSaid({ what, state: "nihil" }).endsWith("NIHIL"));
  }
});
