// An online map: asked for only while the site allows it and this person chose it; silent or broken, it is given up.
import { TileLayer } from "../vendor/leaflet-src.esm.js";

const PATIENCE_MS = 8000;
const MAX_FAILED = 6; // in a row, without one that came

/** The layer; `onLost` is called once when nothing comes. Its owners ask to be told whose page it is: the origin, no more. */
export function onlineLayer({ url, maxzoom }, onLost) {
  const layer = new TileLayer(url, { pane: "base", className: "base-raster", maxNativeZoom: maxzoom, referrerPolicy: "origin", attribution: "" });
  let failed = 0;
  let hasCome = false;
  let timer = null;
  const lose = () => (stop(), onLost());
  const stop = () => (clearTimeout(timer), layer.off({ tileload: came, tileerror: broke }));
  const came = () => { hasCome = true; failed = 0; };
  const broke = () => ++failed >= MAX_FAILED && lose();
  layer.on({ tileload: came, tileerror: broke, remove: stop, add: () => { timer = setTimeout(() => hasCome || lose(), PATIENCE_MS); } });
  return layer;
}
