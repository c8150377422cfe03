// Cuts the coast and the land borders round Indonesia out of the world atlas, as GeoJSON.
// Usage: node script/coastline.mjs OUTPUT. The map stands on it when there is no other layer.
import { readFileSync, writeFileSync } from "node:fs";
import { feature, mesh } from "topojson-client";

const BOX = { west: 94, south: -12, east: 142, north: 7 };
const DECIMALS = 3; // about 100 m: finer than the atlas itself

const read = (path) => JSON.parse(readFileSync(path, "utf8"));
const round = ([lon, lat]) => [Number(lon.toFixed(DECIMALS)), Number(lat.toFixed(DECIMALS))];
const inBox = ([lon, lat]) => lon >= BOX.west && lon <= BOX.east && lat >= BOX.south && lat <= BOX.north;
const same = (a, b) => a[0] === b[0] && a[1] === b[1];

// The four sides of the box, each as: is a point inside, and where does a segment cross.
const atLon = (lon) => (a, b) => [lon, a[1] + ((b[1] - a[1]) * (lon - a[0])) / (b[0] - a[0])];
const atLat = (lat) => (a, b) => [a[0] + ((b[0] - a[0]) * (lat - a[1])) / (b[1] - a[1]), lat];
const SIDES = [
  { inside: (p) => p[0] >= BOX.west, cross: atLon(BOX.west) },
  { inside: (p) => p[0] <= BOX.east, cross: atLon(BOX.east) },
  { inside: (p) => p[1] >= BOX.south, cross: atLat(BOX.south) },
  { inside: (p) => p[1] <= BOX.north, cross: atLat(BOX.north) },
];

// Sutherland and Hodgman's way: cut a ring by one side after the other.
function cut(ring, side) {
  return ring.flatMap((point, i) => {
    const before = ring.at(i - 1);
    const crossing = side.inside(point) === side.inside(before) ? [] : [side.cross(before, point)];
    return side.inside(point) ? [...crossing, point] : crossing;
  });
}

function clipRing(ring) {
  const open = SIDES.reduce(cut, ring.slice(0, -1)).map(round);
  const points = open.filter((point, i) => !same(point, open.at(i - 1)));
  return points.length < 3 ? null : [...points, points[0]];
}

function clipPolygon(rings) {
  const outer = clipRing(rings[0]);
  return outer ? [[outer, ...rings.slice(1).map(clipRing).filter(Boolean)]] : [];
}

// A border is a line: keep its runs inside the box.
function clipLine(line) {
  const runs = [[]];
  for (const point of line) inBox(point) ? runs.at(-1).push(round(point)) : runs.push([]);
  return runs.filter((run) => run.length > 1);
}

const polygonsOf = ({ geometry }) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates);

function land() {
  const atlas = read("node_modules/world-atlas/land-10m.json");
  const found = feature(atlas, atlas.objects.land);
  const coordinates = (found.features ?? [found]).flatMap(polygonsOf).flatMap(clipPolygon);
  return { type: "Feature", properties: { kind: "land" }, geometry: { type: "MultiPolygon", coordinates } };
}

function borders() {
  const atlas = read("node_modules/world-atlas/countries-10m.json");
  const between = mesh(atlas, atlas.objects.countries, (one, other) => one !== other);
  const coordinates = between.coordinates.flatMap(clipLine);
  return { type: "Feature", properties: { kind: "border" }, geometry: { type: "MultiLineString", coordinates } };
}

const map = { type: "FeatureCollection", attribution: "Natural Earth", features: [land(), borders()] };
writeFileSync(process.argv[2], JSON.stringify(map));
