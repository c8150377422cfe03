// The view the server counts: when it is asked, and what becomes of its answer. A fake server and a fake map.
import assert from "node:assert/strict";
import { test } from "node:test";
import { View } from "../../static/js/view.js";

const ANSWER = { clusters: [{ layer: "incidents", lon: 116.5, lat: -8.5, count: 1240, worst: "P1", bbox: [116, -9, 117, -8] }], points: [{ layer: "incidents", id: 7, lon: 116.4, lat: -8.4, priority: "P3" }], total: 1241 };
const settled = () => new Promise((done) => setTimeout(done, 20));

function stage(count, answer = async () => ANSWER) {
  const map = Object.assign(new EventTarget(), {
    bounds: [116, -9, 117, -8], zoom: 9,
    on(name, work) { this.addEventListener(name, work); },
    getZoom() { return this.zoom; },
    getBounds() { const [w, s, e, n] = this.bounds; return { getWest: () => w, getSouth: () => s, getEast: () => e, getNorth: () => n }; },
    move(bounds, zoom = this.zoom) { Object.assign(this, { bounds, zoom }); this.dispatchEvent(new Event("moveend")); },
  });
  const live = Object.assign(new EventTarget(), {
    picture: { incidents: new Map(Array.from({ length: count }, (_, id) => [id, { id }])), queue: { open: count, until: null } },
    say(isSnapshot, ids = []) { this.dispatchEvent(new CustomEvent("change", { detail: { isSnapshot, changed: { incidents: new Set(ids) } } })); },
  });
  const asked = [];
  const view = new View(map, live, (path, options) => (asked.push(path), answer(path, options)));
  return { map, live, asked, view };
}

test("a usual day asks the server for nothing", async () => {
  const { map, live, asked } = stage(1500);
  live.say(true);
  map.move([116.5, -9, 117.5, -8]);
  await settled();
  assert.deepEqual(asked, []);
});

test("too many for a screen: the view is asked for, wider than it is, with open incidents alone", async () => {
  const { live, asked, view } = stage(1501);
  live.say(true);
  await settled();
  assert.deepEqual(asked, ["/view?bbox=115.5,-9.5,117.5,-7.5&zoom=9&layers=incidents&state=open"]);
  assert.deepEqual([view.isOn, view.clusters[0].count, view.clusters[0].isCluster, view.incidents[0].id, view.total], [true, 1240, true, 7, 1241]);
});

test("a small pan asks nobody, a wide one or another zoom asks", async () => {
  const { map, live, asked } = stage(2000);
  live.say(true);
  await settled();
  map.move([116.3, -8.8, 117.3, -7.8]);
  await settled();
  assert.equal(asked.length, 1);
  map.move([117, -9, 118, -8]);
  await settled();
  map.move([117, -9, 118, -8], 10);
  await settled();
  assert.equal(asked.length, 3);
});

test("a map that finds its place in three steps while its board opens is one question", async () => {
  const { map, live, asked } = stage(2000);
  live.say(true);
  map.move([116.1, -8.9, 116.9, -8.1], 10);
  map.move([116.15, -8.9, 116.85, -8.1], 10);
  await settled();
  map.move([116.15, -8.85, 116.85, -8.15], 10);
  await settled();
  assert.equal(asked.length, 1);
  assert.match(asked[0], /zoom=10/);
});

test("more of a long queue changes nothing of what the server sees", async () => {
  const { live, asked } = stage(2000);
  live.say(true);
  await settled();
  live.dispatchEvent(new CustomEvent("change", { detail: { isMore: true, changed: { incidents: new Set([9]) } } }));
  await new Promise((done) => setTimeout(done, 1100));
  assert.equal(asked.length, 1);
});

test("a hundred new incidents at once are one question", async () => {
  const { live, asked } = stage(2000);
  for (let n = 0; n < 100; n += 1) live.say(false, [n]);
  await settled();
  assert.equal(asked.length, 1);
});

test("an answer to where one has left is not shown", async () => {
  const held = [];
  const { map, live, view } = stage(2000, (path, { signal }) => new Promise((done) => held.push({ path, done, signal })));
  live.say(true);
  await settled();
  map.move([118, -9, 119, -8]);
  held[1].done({ ...ANSWER, total: 2 });
  held[0].done({ ...ANSWER, total: 1 });
  await settled();
  assert.ok(held[0].signal.aborted);
  assert.equal(view.total, 2);
});

test("a server that does not answer leaves the old marks and is asked again by the next move", async () => {
  let fails = false;
  const { map, live, asked, view } = stage(2000, async () => { if (fails) throw new Error("down"); return ANSWER; });
  live.say(true);
  await settled();
  fails = true;
  map.move([118, -9, 119, -8]);
  await settled();
  assert.equal(view.clusters.length, 1);
  fails = false;
  map.move([118, -9, 119, -8]);
  await settled();
  assert.equal(asked.length, 3);
});
