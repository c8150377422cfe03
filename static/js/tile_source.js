// Where the tiles of an installed base map come from: a .pmtiles read by ranges, or an .mbtiles asked tile by tile.
// Either way one question: the bytes of a tile, or null where the file has none. What is missing is remembered and told.
const MAX_REMEMBERED = 5000;

export const keyOf = (z, x, y) => `${z}/${x}/${y}`;

/** Tells "miss" whenever a tile turns out not to be there. */
export class TileSource extends EventTarget {
  constructor(facts, read) {
    super();
    Object.assign(this, { facts, read, missing: new Set() });
  }

  /** Bytes of the tile, or null; rejects with an AbortError when it was not wanted any more or nobody answers. */
  async get(z, x, y, signal) {
    const bytes = await this.read(z, x, y, signal).catch((fault) => this.fail(fault, z, x, y));
    if (!bytes?.byteLength) this.miss(z, x, y);
    else if (this.missing.delete(keyOf(z, x, y))) this.dispatchEvent(new Event("miss"));
    return bytes?.byteLength ? bytes : null;
  }

  miss(z, x, y) {
    if (this.missing.has(keyOf(z, x, y))) return;
    if (this.missing.size >= MAX_REMEMBERED) this.missing.clear();
    this.missing.add(keyOf(z, x, y));
    this.dispatchEvent(new Event("miss"));
  }

  // A tile nobody could send is not there now; it is asked for again when it is next drawn.
  fail(fault, z, x, y) {
    if (fault?.name !== "AbortError") this.miss(z, x, y);
    throw new DOMException("no tile", "AbortError");
  }
}

/** The source of an installed map as /api/v1/basemaps lists it; the reader of archives is loaded when the first is opened. */
export async function openSource(facts) {
  return new TileSource(facts, facts.container === "pmtiles" ? await readArchive(facts.url) : readTiles(facts.url));
}

async function readArchive(url) {
  const { default: pmtiles } = await import("../vendor/pmtiles.js");
  const archive = new pmtiles.PMTiles(new URL(url, location.href).href);
  return async (z, x, y, signal) => (await archive.getZxy(z, x, y, signal))?.data ?? null;
}

const readTiles = (url) => async (z, x, y, signal) => {
  const address = url.replace("{z}", z).replace("{x}", x).replace("{y}", y);
  const response = await fetch(address, { signal });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response.status === 204 ? null : response.arrayBuffer();
};
