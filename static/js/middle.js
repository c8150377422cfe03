// Where the name of a shape can stand. Pure.

/** [lon, lat] where a shape's name can stand: a point, the middle of a line, inside a polygon as far as its box goes. */
export function middleOf({ type, coordinates, geometries }) {
  if (type === "Point") return coordinates;
  if (type === "MultiPoint") return coordinates[0];
  if (type === "GeometryCollection") return geometries?.length ? middleOf(geometries[0]) : null;
  if (type === "LineString") return coordinates[Math.floor(coordinates.length / 2)];
  if (type === "MultiLineString") return middleOf({ type: "LineString", coordinates: longest(coordinates) });
  if (type === "MultiPolygon") return ringMiddle(longest(coordinates.map(([ring]) => ring)));
  return type === "Polygon" ? ringMiddle(coordinates[0]) : null;
}

const longest = (parts) => parts.reduce((best, part) => (part.length > best.length ? part : best));

// The middle of the widest stretch inside the ring, on the line halfway up: always inside.
function ringMiddle(ring) {
  const lats = ring.map(([, lat]) => lat);
  const lat = (Math.min(...lats) + Math.max(...lats)) / 2 + 1e-9;
  const cuts = ring.slice(1).flatMap(([lon, south], place) => crossing(ring[place], [lon, south], lat)).sort((a, b) => a - b);
  const stretches = cuts.flatMap((cut, place) => (place % 2 ? [[cuts[place - 1], cut]] : []));
  if (!stretches.length) return ring[0];
  const [west, east] = stretches.reduce((best, one) => (one[1] - one[0] > best[1] - best[0] ? one : best));
  return [(west + east) / 2, lat];
}

function crossing([fromLon, fromLat], [toLon, toLat], lat) {
  if (fromLat > lat === toLat > lat) return [];
  return [fromLon + ((lat - fromLat) / (toLat - fromLat)) * (toLon - fromLon)];
}
