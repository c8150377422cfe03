// Where a base map ends is computed, not guessed: by its bounds, its zooms, and what was found missing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NONE, choiceOf, isVector, titleOf } from "../../static/js/base_words.js";
import { fileTile, isWhole, unreached, worldPixel } from "../../static/js/reach.js";
import { TileSource } from "../../static/js/tile_source.js";

const WORLD = [-180, -85.05, 180, 85.05];
const LOMBOK = { bounds: [116, -9, 117, -8], minzoom: 0, maxzoom: 12, step: 0 };
const NOTHING = new Set();

test("the world is one tile, and its middle is where the equator meets Greenwich", () => {
  assert.deepEqual(worldPixel(0, 0, 0), { x: 128, y: 128 });
  assert.deepEqual(worldPixel(-180, 89, 1).x, 0);
});

test("a tile inside the bounds is reached, one outside is hatched whole", () => {
  assert.deepEqual(unreached({ z: 10, x: 842, y: 535 }, LOMBOK, NOTHING), []);
  const outside = unreached({ z: 10, x: 800, y: 535 }, LOMBOK, NOTHING);
  assert.ok(isWhole(outside));
});

test("a tile across the edge is hatched on the far side alone", () => {
  const rectangles = unreached({ z: 6, x: 52, y: 33 }, LOMBOK, NOTHING);
  assert.ok(rectangles.length >= 2 && !isWhole(rectangles));
  const covered = rectangles.reduce((sum, [, , width, height]) => sum + width * height, 0);
  const [from, to] = [worldPixel(116, -8, 6), worldPixel(117, -9, 6)];
  const reached = Math.round(to.x - from.x) * Math.round(to.y - from.y);
  assert.ok(Math.abs(256 * 256 - covered - reached) < 256, `${covered} and ${reached}`);
});

test("below the first zoom nothing is reached; beyond the last the deepest tile is drawn larger", () => {
  const facts = { bounds: WORLD, minzoom: 8, maxzoom: 10, step: 0 };
  assert.ok(isWhole(unreached({ z: 7, x: 1, y: 1 }, facts, NOTHING)));
  assert.deepEqual(unreached({ z: 12, x: 400, y: 800 }, facts, NOTHING), []);
  assert.deepEqual(fileTile({ z: 12, x: 401, y: 803 }, facts), { z: 10, x: 100, y: 200 });
});

test("one vector tile of the file covers four of the screen", () => {
  assert.deepEqual(fileTile({ z: 5, x: 7, y: 9 }, { maxzoom: 14, step: 1 }), { z: 4, x: 3, y: 4 });
  assert.deepEqual(fileTile({ z: 0, x: 0, y: 0 }, { maxzoom: 14, step: 1 }), { z: 0, x: 0, y: 0 });
});

test("a tile found missing is hatched wherever it would be drawn", () => {
  const facts = { bounds: WORLD, minzoom: 0, maxzoom: 10, step: 1 };
  const missing = new Set(["4/3/4"]);
  for (const tile of [{ z: 5, x: 6, y: 8 }, { z: 5, x: 7, y: 9 }]) assert.ok(isWhole(unreached(tile, facts, missing)));
  assert.deepEqual(unreached({ z: 5, x: 8, y: 9 }, facts, missing), []);
});

test("a source tells of a missing tile once, and again when it came after all", async () => {
  const answers = [null, null, new ArrayBuffer(3), new ArrayBuffer(0)];
  const source = new TileSource({}, async () => answers.shift());
  let told = 0;
  source.addEventListener("miss", () => { told += 1; });
  assert.equal(await source.get(1, 0, 0), null);
  assert.equal(await source.get(1, 0, 0), null);
  assert.equal(told, 1);
  assert.equal((await source.get(1, 0, 0)).byteLength, 3);
  assert.deepEqual([told, source.missing.size], [2, 0]);
  assert.equal(await source.get(1, 0, 0), null);
});

test("a tile nobody sends is missing for now; one given up is not", async () => {
  const broken = new TileSource({}, async () => { throw new TypeError("Failed to fetch"); });
  await assert.rejects(broken.get(1, 0, 0), { name: "AbortError" });
  assert.ok(broken.missing.has("1/0/0"));
  const gone = new TileSource({}, async () => { throw new DOMException("", "AbortError"); });
  await assert.rejects(gone.get(1, 0, 0), { name: "AbortError" });
  assert.equal(gone.missing.size, 0);
});

test("a map is called by its title, else by its file, and chosen by its own name", () => {
  assert.equal(titleOf({ title: "", name: "lombok-timur.pmtiles" }), "lombok-timur");
  assert.equal(titleOf({ title: "Citra 2026", name: "x.mbtiles" }), "Citra 2026");
  assert.deepEqual([choiceOf(null), choiceOf({ container: "pmtiles", name: "a.pmtiles" }), choiceOf({ id: "osm" })], [NONE, "a.pmtiles", "online:osm"]);
  assert.ok(isVector({ type: "mvt" }) && !isVector({ type: "png" }));
});
