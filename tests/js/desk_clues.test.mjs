// What the desk asks about repeats: only what it knows, and nothing while there is neither a place nor a number.
import assert from "node:assert/strict";
import { test } from "node:test";
import { dangers, isMostlyPrank, isSamePlace, phoneWords, questionOf, reasonWords, rtWords } from "../../static/js/clue_words.js";

const POINT = { lon: 116.5273, lat: -8.3812, radius_m: 150, method: "place", area_code: "52.03.14.2004", name: "Sajang" };

test("without a place or a whole number nothing is asked", () => {
  assert.equal(questionOf({ point: null, type: "flood", narrative: "air naik" }), null);
  assert.equal(questionOf({ point: null, phone: "0812" }), null);
  assert.equal(questionOf({ point: null, phone: "bu sri 0812" }), null);
});

test("a number alone is worth asking, however it is written", () => {
  assert.deepEqual(questionOf({ point: null, phone: " +62 812-3456-7321 ", type: null }), { phone: "+62 812-3456-7321" });
});

test("a place is asked with its doubt, its village and what was said so far", () => {
  assert.deepEqual(questionOf({ point: POINT, type: "flood", phone: "08", narrative: " air naik " }), {
    lon: 116.5273, lat: -8.3812, radius_m: 150, area_code: "52.03.14.2004", type: "flood", narrative: "air naik",
  });
  assert.deepEqual(questionOf({ point: { lon: 116, lat: -8 } }), { lon: 116, lat: -8 });
});

test("reasons and shortfalls of the server are said in the language of the page", () => {
  for (const said of ["jenis sama", "6 menit lalu", "posisi 20 menit lalu", "awak 2 dari 4", "240 m", "sesuatu yang baru"]) assert.equal(reasonWords(said), said);
});

test("a caller's history is counted by class, and a prankster is told as one", () => {
  const phone = { masked: "0812****321", counts: { normal: 1, ghost: 0, prank: 9, info: 0 }, last: [] };
  assert.equal(phoneWords(phone), "10 panggilan: 1 nyata dan 9 prank");
  assert.ok(isMostlyPrank(phone));
  assert.ok(!isMostlyPrank({ ...phone, counts: { ...phone.counts, normal: 5 } }));
  assert.equal(phoneWords({ ...phone, counts: { normal: 0, ghost: 0, prank: 0, info: 0 } }), "belum pernah menelepon");
  assert.equal(phoneWords(null), "");
});

test("dangers stand with what they are and how far; a note carries what strikes it", () => {
  const note = { id: 7, kind: "dog", words: "Anjing galak", away_m: 0 };
  const [first, second, third] = dangers({ notes: [note], zones: [{ kind: "road_cut", words: "Jembatan", away_m: 110 }], hazards: [{ layer: "Peta bahaya", words: "tinggi" }] });
  assert.deepEqual([first.words, first.soft, first.note], ["Anjing galak", "anjing · di sini", note]);
  assert.deepEqual([second.words, second.soft], ["jalan putus: Jembatan", "110 m"]);
  assert.deepEqual([third.words, third.soft], ["tinggi", "Peta bahaya"]);
  assert.deepEqual(dangers({}), []);
});

test("an RT is said as it is written", () => {
  assert.equal(rtWords("02/01"), "RT 02/RW 01");
  assert.equal(rtWords("02/"), "RT 02");
});

test("longer words about the same place are no other place; another doubt or type is", () => {
  const one = { lon: 116, lat: -8, type: "flood", narrative: "air" };
  assert.ok(isSamePlace(one, { ...one, narrative: "air naik", phone: "081234567" }));
  for (const other of [{ ...one, lat: -8.1 }, { ...one, type: "fire" }, { ...one, radius_m: 50 }, null]) assert.ok(!isSamePlace(one, other));
});
