// How far a base map reaches: which part of a tile lies outside its bounds or was found missing. Pure.
import { keyOf } from "./tile_source.js";

const SIDE = 256;
const MAX_LAT = 85.0511287798066;

/** Longitude and latitude as pixels of the world at a zoom. */
export function worldPixel(lon, lat, z) {
  const size = SIDE * 2 ** z;
  const sin = Math.sin((Math.max(-MAX_LAT, Math.min(MAX_LAT, lat)) * Math.PI) / 180);
  return { x: ((lon + 180) / 360) * size, y: (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * size };
}

/** The tile of the file that is drawn in a tile of the screen: `step` is 1 where one of the file covers four. */
export function fileTile({ z, x, y }, { maxzoom, step }) {
  const depth = Math.max(0, Math.min(z - step, maxzoom));
  const shrink = 2 ** (z - depth);
  return { z: depth, x: Math.floor(x / shrink), y: Math.floor(y / shrink) };
}

/** The rectangles [x, y, width, height] of a 256 px tile that the map does not reach; the whole tile is one rectangle. */
export function unreached(tile, facts, missing) {
  const { z, x, y } = fileTile(tile, facts);
  if (z < facts.minzoom || missing.has(keyOf(z, x, y))) return [[0, 0, SIDE, SIDE]];
  return around(tile, facts.bounds);
}

export const isWhole = (rectangles) => rectangles.length === 1 && rectangles[0][2] === SIDE && rectangles[0][3] === SIDE;

function around({ z, x, y }, [west, south, east, north]) {
  const [from, to] = [worldPixel(west, north, z), worldPixel(east, south, z)];
  const clamp = (value) => Math.max(0, Math.min(SIDE, Math.round(value)));
  const [left, right] = [clamp(from.x - x * SIDE), clamp(to.x - x * SIDE)];
  const [top, bottom] = [clamp(from.y - y * SIDE), clamp(to.y - y * SIDE)];
  if (left >= right || top >= bottom) return [[0, 0, SIDE, SIDE]];
  const sides = [[0, 0, SIDE, top], [0, bottom, SIDE, SIDE - bottom], [0, top, left, bottom - top], [right, top, SIDE - right, bottom - top]];
  return sides.filter(([, , width, height]) => width > 0 && height > 0);
}
