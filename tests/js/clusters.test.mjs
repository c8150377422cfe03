// Clusters the server counted, and when they are asked for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OWN_CARDS, clusterMark, needsView, shortCount, sorted } from "../../static/js/clusters.js";

const pictureOf = (count, open = count, until = null) => ({ incidents: new Map(Array.from({ length: count }, (_, id) => [id, { id }])), queue: { open, until } });

test("a regency's usual day is drawn from its own cards, a disaster's month is not", () => {
  assert.ok(!needsView(pictureOf(OWN_CARDS)));
  assert.ok(needsView(pictureOf(OWN_CARDS + 1)));
});

test("a picture that lacks some of a long queue does not draw the map alone, however few it holds", () => {
  assert.ok(needsView(pictureOf(300, 301, "P2~0~2026-11-22T03:00:00.000000Z~7")));
  assert.ok(!needsView(pictureOf(300, 300, "P2~0~2026-11-22T03:00:00.000000Z~7")), "all of it has been fetched by and by");
});

test("a cluster has the shape, the letter and the colour of its worst, and tells its count", () => {
  const mark = clusterMark({ lon: 116.5, lat: -8.5, count: 1240, worst: "P1", bbox: [116, -9, 117, -8] }, 3);
  assert.deepEqual([mark.shape, mark.letter, mark.colour, mark.rank, mark.count], ["P1", "1", "p1", 1, 1240]);
  assert.match(mark.label, /1240.*P1/);
  assert.equal(clusterMark({ lon: 1, lat: 1, count: 2, worst: null }, 0).shape, "P4");
});

test("counts stay short enough for a mark", () => {
  assert.deepEqual([7, 999, 1000, 1240, 9960, 14_400, 999_600, 1_240_000].map(shortCount), ["7", "999", "1,0 rb", "1,2 rb", "10 rb", "14 rb", "1,0 jt", "1,2 jt"]);
});

test("single cards of a view go to the layer they belong to", () => {
  const { clusters, cards } = sorted({ clusters: [{ count: 3 }], points: [{ id: 1, priority: "P2" }, { id: 1, call_sign: "TRC-1" }, { id: 4, capacity: 20 }] });
  assert.equal(clusters.length, 1);
  assert.deepEqual([cards.incidents.length, cards.units.length, cards.facilities.length], [1, 1, 1]);
  assert.deepEqual(sorted({}).clusters, []);
});
