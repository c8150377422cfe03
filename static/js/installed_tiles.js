// The layers of an installed base map: its tiles, painted or as pictures, and the hatch where they end.
import { Hatch } from "./hatch.js";
import { isVector } from "./base_words.js";
import { rasterLayer } from "./raster_tiles.js";
import { openSource } from "./tile_source.js";

/** From below to above; a painter of vector tiles is loaded only for those. */
export async function installedLayers(map) {
  const facts = { ...map, step: Number(isVector(map)) };
  const [source, vector] = await Promise.all([openSource(facts), isVector(map) ? import("./vector_tiles.js") : null]);
  return [vector ? vector.vectorLayer(source) : rasterLayer(source), new Hatch(facts, source)];
}
