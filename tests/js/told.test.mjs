// Sentences a machine wrote down for everybody, in the language of the page.
import assert from "node:assert/strict";
import { test } from "node:test";

const SAID = {
  "M{size}, {place}": "M{size}, {place}", "{km} km barat laut {place}": "{km} km north-west of {place}", "{host}: {why}": "{host}: {why}",
  "nyatakan status darurat? siarkan ke {n} kepala desa?": "declare a state of emergency? alert {n} heads of village?",
  "Magnitudo {size}, aturan mulai {limit}.": "Magnitude {size}, the rule begins at {limit}.", "{n} butir tidak terbaca: {why}": "Items that could not be read: {n}: {why}",
  "butir ke-{n}: {why}": "item {n}: {why}", "{what} bukan angka": "{what} is no number", magnitudo: "magnitude", "Kartu SIM rusak atau longgar.": "The SIM card is broken or loose.",
};
globalThis.document = { getElementById: (id) => (id === "words" ? { textContent: JSON.stringify(SAID) } : null), documentElement: { lang: "en" } };
const { told } = await import("../../static/js/told.js");

test("the title of a proposal is said whole: size, place and what is asked", () => {
  const title = "M6,8, 12 km barat laut Desa Sembalun Lawang, Kec. Sembalun: nyatakan status darurat? siarkan ke 43 kepala desa?";
  assert.equal(told(title), "M6.8, 12 km north-west of Desa Sembalun Lawang, Kec. Sembalun: declare a state of emergency? alert 43 heads of village?");
});

test("numbers are written as the language writes them", () => {
  assert.equal(told("Magnitudo 6,8, aturan mulai 5,0."), "Magnitude 6.8, the rule begins at 5.0.");
});

test("a reason within a reason is said too", () => {
  assert.equal(told("3 butir tidak terbaca: butir ke-2: magnitudo bukan angka"), "Items that could not be read: 3: item 2: magnitude is no number");
});

test("a lamp says a sentence without capital and point", () => {
  assert.equal(told("kartu SIM rusak atau longgar"), "the SIM card is broken or loose");
});

test("what nobody listed, what is empty, and what is far too long, are left as they are", () => {
  assert.equal(told("kata orang di menara"), "kata orang di menara");
  assert.equal(told(null), "");
  const long = `M6,8, ${"a".repeat(700)}`;
  assert.equal(told(long), long);
});

test("a page in Bahasa Indonesia says what was written, letter by letter", async () => {
  globalThis.document = { getElementById: () => null, documentElement: { lang: "id" } };
  const own = await import("../../static/js/told.js?own");
  assert.equal(own.told("M6,8, 12 km barat laut Desa X"), "M6,8, 12 km barat laut Desa X");
});
