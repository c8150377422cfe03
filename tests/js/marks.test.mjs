// The geometry of the map's marks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { boxRound, corners, degreesText, gather, graticule, placeNames, under } from "../../static/js/marks.js";

test("every priority has a shape of its own", () => {
  const shapes = ["P1", "P2", "P4"].map((shape) => corners(shape, 0, 0, 10).length);
  assert.deepEqual(shapes, [3, 4, 4]);
  assert.equal(corners("P3", 0, 0, 10), null);
  assert.notDeepEqual(corners("P2", 0, 0, 10), corners("P4", 0, 0, 10));
});

test("near points gather under the worst of them, and nobody is lost", () => {
  const points = [{ id: "a", x: 1, y: 1, rank: 3 }, { id: "b", x: 2, y: 2, rank: 1 }, { id: "c", x: 99, y: 99, rank: 2 }];
  const marks = gather(points, 26);
  assert.equal(marks.length, 2);
  assert.equal(marks[0].top.id, "b");
  assert.deepEqual(marks.flatMap((mark) => mark.ids).sort(), ["a", "b", "c"]);
  assert.equal(gather(points, 0).length, 3);
});

test("what lies under the pointer is the nearest within reach", () => {
  const marks = [{ x: 0, y: 0 }, { x: 10, y: 0 }];
  assert.equal(under(marks, 8, 0, 14), marks[1]);
  assert.equal(under(marks, 50, 0, 14), null);
});

test("the graticule falls on whole minutes inside the bounds", () => {
  const { lons, lats } = graticule([116.3, -8.6, 116.9, -8.2], 6);
  assert.ok(lons.length >= 2 && lons.length <= 7);
  for (const lon of lons) assert.ok(lon >= 116.3 && lon <= 116.9 && Math.abs(lon * 60 - Math.round(lon * 60)) < 1e-5);
  assert.ok(lats.every((lat) => lat >= -8.6 && lat <= -8.2));
});

test("degrees as people write them here", () => {
  assert.equal(degreesText(-8.3333333, ["LU", "LS"]), "8°20′ LS");
  assert.equal(degreesText(116.5, ["BT", "BB"]), "116°30′ BT");
  assert.equal(degreesText(116, ["BT", "BB"]), "116° BT");
});

test("the box round known positions; none is no box", () => {
  assert.deepEqual(boxRound([{ lon: 1, lat: 2 }, { lon: 3, lat: 4 }, { lon: null, lat: null }], 0), [1, 2, 3, 4]);
  assert.equal(boxRound([{ lon: null, lat: null }]), null);
});

test("names cover neither marks nor each other", () => {
  const marks = [{ x: 0, y: 0, radius: 10, label: "satu" }, { x: 0, y: 22, radius: 10, label: "dua" }, { x: 6, y: 6, radius: 10, label: "tiga" }];
  const names = placeNames(marks, () => 60);
  const boxes = [...names.map(({ x, y }) => [x - 30, y - 7.5, x + 30, y + 7.5])];
  for (const [place, a] of boxes.entries()) {
    for (const b of boxes.slice(place + 1)) assert.ok(a[0] >= b[2] || b[0] >= a[2] || a[1] >= b[3] || b[1] >= a[3]);
    for (const mark of marks) assert.ok(a[0] >= mark.x + 10 || a[2] <= mark.x - 10 || a[1] >= mark.y + 10 || a[3] <= mark.y - 10);
  }
});
