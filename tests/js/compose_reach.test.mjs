// What an alert costs as an SMS, in words, before it is sent.
import assert from "node:assert/strict";
import { test } from "node:test";
import { peopleWords, smsWords } from "../../static/js/compose_reach.js";

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

const LIVING = { people: 12400, people_of: { counted: 7, unknown: 0, years: [2025], sources: ["dukcapil.xlsx"] } };

test("how many people live there is an estimate with its source and its year", () => {
  assert.equal(peopleWords(LIVING), "Kira-kira 12.400 jiwa di 7 desa (dukcapil.xlsx, 2025).");
});

test("villages that nobody counted are said, and years that differ too", () => {
  const some = { ...LIVING, people_of: { ...LIVING.people_of, unknown: 2, years: [2023, 2025] } };
  assert.equal(peopleWords(some), "Kira-kira 12.400 jiwa di 7 desa (dukcapil.xlsx, 2023–2025); 2 desa lain tanpa angka.");
});

test("unknown is said to be unknown and never nought", () => {
  assert.match(peopleWords({ people: null, people_of: { counted: 0, unknown: 3, years: [], sources: [] } }), /belum diketahui/);
});
