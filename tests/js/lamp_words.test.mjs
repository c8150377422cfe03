// What the lamps say, and how English counts.
import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = { getElementById: (id) => (id === "words" ? { textContent: JSON.stringify({ "port hilang {time}": "port lost {time}", "kunci masa {epoch} belum diumumkan": "keys of epoch {epoch} not announced", "{n} satuan": "{n} unit(s)", "{n} satuan lagi": "{n} more unit(s)" }) } : null), documentElement: { lang: "en" } };
const { lampSaid } = await import("../../static/js/lamp_words.js");
const { t } = await import("../../static/js/words.js");

test("a lamp speaks the language of the screen", () => {
  assert.equal(lampSaid("port hilang 21.33"), "port lost 21.33");
  assert.equal(lampSaid("kunci masa 2 belum diumumkan"), "keys of epoch 2 not announced");
});

test("what a person wrote into a lamp is left as it is, also the name of a property", () => {
  assert.equal(lampSaid("DARURAT POL-4, TRC-1"), "POL-4, TRC-1"); // the lamp is named mayday
  assert.equal(lampSaid("menara Sambelia padam"), "menara Sambelia padam");
  assert.equal(lampSaid("constructor"), "constructor");
});

test("one unit, two units", () => {
  assert.equal(t("{n} satuan", { n: 1 }), "1 unit");
  assert.equal(t("{n} satuan", { n: 2 }), "2 units");
  assert.equal(t("{n} satuan lagi", { n: "0" }), "0 more units");
});
