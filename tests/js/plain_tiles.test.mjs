// Vector tiles of another make: ground below, names above, water by its name.
import assert from "node:assert/strict";
import { test } from "node:test";
import { groundOf, inOrder } from "../../static/js/plain_tiles.js";

test("layers lie as a map lies, whatever order the file names them in", () => {
  const openMapTiles = ["place", "transportation", "building", "water", "landcover", "boundary"];
  assert.deepEqual(inOrder(openMapTiles), ["landcover", "water", "building", "boundary", "transportation", "place"]);
  assert.deepEqual(inOrder(["JALAN", "batas_desa", "Sungai_water"]), ["Sungai_water", "batas_desa", "JALAN"]);
  assert.deepEqual(inOrder(["x", "roads", "earth"]), ["earth", "x", "roads"]);
});

test("the list that was given is left as it was", () => {
  const given = ["place", "water"];
  inOrder(given);
  assert.deepEqual(given, ["place", "water"]);
});

test("water is known by its name, everything else is land", () => {
  assert.deepEqual(["ocean", "water_polygons", "landuse", "batas_desa", "forest"].map(groundOf), ["sea", "sea", "land", "land", "site-fill"]);
});
