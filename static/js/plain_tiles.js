// How vector tiles of any other make are drawn: each layer by the shape of its features and a word in its name.
const COLOURS = { water: "sea", river: "sea", ocean: "sea", lake: "sea", wood: "site-fill", forest: "site-fill", park: "site-fill" };
const ORDER = [/land|earth|cover|park|wood|forest/, /water|ocean|lake|river|sea/, /build|gedung/, /bound|batas|admin|desa/, /road|street|transport|rail|jalan/, /place|poi|label|name/];
const NAMES = ["name:id", "name", "nama", "NAMOBJ", "WADMKD", "desa"];

const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** The token of the ground of a layer: water by its name, everything else land. */
export const groundOf = (layer) => COLOURS[Object.keys(COLOURS).find((word) => layer.toLowerCase().includes(word))] ?? "land";

/** The layers from below to above: ground, water, buildings, boundaries, roads, places; one of another name with the boundaries. */
export function inOrder(layers) {
  const level = (layer) => { const at = ORDER.findIndex((words) => words.test(layer.toLowerCase())); return at < 0 ? 3 : at; };
  return [...layers].sort((a, b) => level(a) - level(b));
}

const is = (kind) => (zoom, feature) => feature.geomType === kind;

export function plainPaint({ PolygonSymbolizer, LineSymbolizer, CircleSymbolizer, GeomType }, layers) {
  const [edge, line, dot] = [ink("coast"), ink("grey"), ink("soft")];
  return inOrder(layers).flatMap((dataLayer) => [
    { dataLayer, filter: is(GeomType.Polygon), symbolizer: new PolygonSymbolizer({ fill: ink(groundOf(dataLayer)), stroke: edge, width: 1 }) },
    { dataLayer, filter: is(GeomType.Line), symbolizer: new LineSymbolizer({ color: groundOf(dataLayer) === "sea" ? edge : line, width: 1.2 }) },
    { dataLayer, filter: is(GeomType.Point), minzoom: 12, symbolizer: new CircleSymbolizer({ fill: dot, radius: 2 }) },
  ]);
}

export function plainLabels({ CenteredTextSymbolizer }, layers) {
  const words = { labelProps: NAMES, fill: ink("soft"), stroke: ink("halo"), width: 2, font: "400 12px sans-serif" };
  return inOrder(layers).reverse().map((dataLayer) => ({ dataLayer, minzoom: 9, symbolizer: new CenteredTextSymbolizer(words) }));
}
