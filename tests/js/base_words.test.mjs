// The chosen ground in the URL.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NONE, readBase, writeBase } from "../../static/js/base_words.js";

test("the chosen map stands in the URL beside what was there, to the letter", () => {
  const query = writeBase("lombok timur.pmtiles", NONE, "?i=7&layers=boundaries~60,-heat");
  assert.equal(query, "?i=7&layers=boundaries~60,-heat&base=lombok%20timur.pmtiles");
  assert.equal(readBase(query), "lombok timur.pmtiles");
  assert.equal(writeBase("online:osm", NONE, query), "?i=7&layers=boundaries~60,-heat&base=online%3Aosm");
  assert.equal(readBase("?base=online%3Aosm"), "online:osm");
});

test("what a stranger would see here anyway is not said", () => {
  assert.equal(writeBase("a.pmtiles", "a.pmtiles", "?base=b.pmtiles&i=7"), "?i=7");
  assert.equal(writeBase(NONE, NONE, "?base=x"), "");
  assert.equal(writeBase(NONE, "a.pmtiles", ""), "?base=none", "to want nothing is a choice too");
  assert.equal(readBase("?i=7"), null);
});
