// Pictures of an installed base map; a tile that is not there stays clear, and the hatch says so.
import { DomUtil, GridLayer } from "../vendor/leaflet-src.esm.js";

const MIME = { png: "image/png", jpg: "image/jpeg", webp: "image/webp" };

const RasterTiles = GridLayer.extend({
  initialize(source, options) {
    GridLayer.prototype.initialize.call(this, options);
    this.source = source;
    this.on("tileunload", ({ tile }) => tile.stop?.abort());
  },

  createTile({ x, y, z }, done) {
    const tile = DomUtil.create("img", "raster-tile");
    tile.alt = "";
    tile.stop = new AbortController();
    this.fill(tile, z, x, y).then(() => done(null, tile), (fault) => done(fault, tile));
    return tile;
  },

  async fill(tile, z, x, y) {
    const bytes = await this.source.get(z, x, y, tile.stop.signal);
    if (!bytes) return;
    const address = URL.createObjectURL(new Blob([bytes], { type: MIME[this.source.facts.type] }));
    tile.src = address;
    await tile.decode().finally(() => URL.revokeObjectURL(address));
  },
});

/** A layer of pictures in the pane of base maps. */
export function rasterLayer(source) {
  const { minzoom, maxzoom, bounds: [west, south, east, north] } = source.facts;
  return new RasterTiles(source, { pane: "base", className: "base-raster", bounds: [[south, west], [north, east]], minZoom: minzoom, maxNativeZoom: maxzoom });
}
