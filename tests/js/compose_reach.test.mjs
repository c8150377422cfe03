// What an alert costs as an SMS, in words, before it is sent.
import assert from "node:assert/strict";
import { test } from "node:test";
import { smsWords } from "../../static/js/compose_reach.js";

const SMS = { characters: 42, parts: 1, alphabet: "gsm", fits: true };

test("an SMS is told in characters and parts", () => {
  assert.equal(smsWords(SMS), "SMS: 42 huruf, 1 bagian");
});

test("a special letter that makes it long is said", () => {
  assert.equal(smsWords({ ...SMS, parts: 2, alphabet: "ucs2" }), "SMS: 42 huruf, 2 bagian (huruf khusus membuatnya panjang)");
});

test("one that is too long is never said to be sendable", () => {
  assert.equal(smsWords({ ...SMS, characters: 1400, parts: 10, fits: false }), "Terlalu panjang untuk SMS: 10 bagian");
});
