// A question card in the browser: what an answer does, which key means which, and what is read out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { adviceOf, answerOfKey, judge, keptAnswers, nextOpen } from "../../static/js/question_card.js";

const answer = (code, key, facts = {}) => ({ code, key, text: code, raise: null, set: null, because: null, ...facts });
const CARD = {
  type: "banjir",
  questions: [
    { code: "trapped", text: "?", answers: [answer("yes", "y", { raise: "P1", because: "terjebak" }), answer("no", "t")] },
    { code: "depth", text: "?", answers: [answer("ankle", "1", { set: "P3", because: "dangkal" }), answer("roof", "4", { raise: "P1", because: "atap" })] },
  ],
  say: [{ text: "Naik.", when: {} }, { text: "Di atap: tetap.", when: { depth: ["roof"], trapped: ["yes", "no"] } }],
};

test("nothing answered leaves the usual priority without a reason", () => {
  assert.deepEqual(judge(CARD, {}, "P2"), { priority: "P2", because: [] });
  assert.deepEqual(judge(null, {}, "P2"), { priority: "P2", because: [] });
  assert.deepEqual(judge(null, {}, null), { priority: null, because: [] });
});

test("the most urgent answer wins, whatever else was said", () => {
  assert.deepEqual(judge(CARD, { depth: "ankle" }, "P2"), { priority: "P3", because: ["dangkal"] });
  assert.deepEqual(judge(CARD, { depth: "ankle", trapped: "yes" }, "P2"), { priority: "P1", because: ["terjebak"] });
  assert.deepEqual(judge(CARD, { depth: "roof", trapped: "yes" }, "P2").because, ["terjebak", "atap"]);
});

test("advice for an answer waits until all of it was said", () => {
  assert.deepEqual(adviceOf(CARD, {}), ["Naik."]);
  assert.deepEqual(adviceOf(CARD, { depth: "roof" }), ["Naik."]);
  assert.deepEqual(adviceOf(CARD, { depth: "roof", trapped: "no" }), ["Naik.", "Di atap: tetap."]);
  assert.deepEqual(adviceOf(null, {}), []);
});

test("a key means the answer that carries it; a place in the row where no digit is taken", () => {
  const [trapped, depth] = CARD.questions;
  assert.equal(answerOfKey(trapped, "y").code, "yes");
  assert.equal(answerOfKey(trapped, "2").code, "no");
  assert.equal(answerOfKey(trapped, "n"), null);
  assert.equal(answerOfKey(depth, "4").code, "roof");
  assert.equal(answerOfKey(depth, "2"), null);
});

test("the next question is the first without an answer", () => {
  assert.equal(nextOpen(CARD, {}).code, "trapped");
  assert.equal(nextOpen(CARD, { trapped: "no" }).code, "depth");
  assert.equal(nextOpen(CARD, { trapped: "no", depth: "roof" }), null);
});

test("answers of another card stay behind", () => {
  assert.deepEqual(keptAnswers(CARD, { trapped: "yes", wet: "yes", depth: "ocean" }), { trapped: "yes" });
  assert.deepEqual(keptAnswers(null, { trapped: "yes" }), {});
});
