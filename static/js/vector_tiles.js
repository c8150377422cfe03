// Vector tiles painted in the browser by protomaps-leaflet: loaded with the first such map, with letters of the system.
import protomaps from "../vendor/protomaps-leaflet.js";
import { FLAVOURS } from "./flavours.js";
import { plainLabels, plainPaint } from "./plain_tiles.js";

const SCHEMA = new Set(["earth", "roads"]); // layers that only a Protomaps basemap calls so

const isBasemap = ({ layers }) => layers.length === 0 || layers.some((name) => SCHEMA.has(name));

const theme = () => (document.documentElement.dataset.theme === "light" ? "light" : "dark");

/** A layer in the pane of base maps; `restyle()` gives it the colours of the theme without asking for a tile again. */
export function vectorLayer(source) {
  const { minzoom, maxzoom, step, bounds: [west, south, east, north] } = source.facts;
  const url = { getZxy: async (z, x, y, signal) => wrapped(await source.get(z, x, y, signal)) };
  const layer = protomaps.leafletLayer({ url, pane: "base", className: "base-vector", attribution: "", bounds: [[south, west], [north, east]], minZoom: minzoom && minzoom + step, lang: document.documentElement.lang });
  for (const view of layer.views.values()) view.maxDataLevel = maxzoom;
  layer.restyle = () => dress(layer, source.facts);
  dress(layer, source.facts);
  return layer;
}

const wrapped = (data) => (data ? { data } : undefined);

function dress(layer, facts) {
  const { paintRules, labelRules, backgroundColor } = isBasemap(facts) ? flavoured(layer) : plain(facts);
  Object.assign(layer, { paintRules, labelRules, backgroundColor });
  layer.clearLayout();
  if (layer._map) layer.rerenderTiles();
}

function flavoured({ options }) {
  const flavour = FLAVOURS[theme()];
  return { paintRules: protomaps.paintRules(flavour), labelRules: protomaps.labelRules(flavour, options.lang), backgroundColor: flavour.background };
}

const plain = ({ layers }) => ({ paintRules: plainPaint(protomaps, layers), labelRules: plainLabels(protomaps, layers), backgroundColor: FLAVOURS[theme()].background });
