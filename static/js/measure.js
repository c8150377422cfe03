// Distances and areas on the map in metres, and the words for them. Pure.
import { t } from "./words.js";

const EARTH_RADIUS_M = 6_371_008.8; // mean radius, IUGG, as gis/coordinates.py has it
const radians = (degrees) => (degrees * Math.PI) / 180;

/** Great-circle metres between two [lon, lat]. */
export function metresBetween([fromLon, fromLat], [toLon, toLat]) {
  const [dLat, dLon] = [radians(toLat - fromLat), radians(toLon - fromLon)];
  const chord = Math.sin(dLat / 2) ** 2 + Math.cos(radians(fromLat)) * Math.cos(radians(toLat)) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/** Metres along a line of [lon, lat]. */
export const lengthM = (spots) => spots.slice(1).reduce((sum, spot, place) => sum + metresBetween(spots[place], spot), 0);

/** Square metres inside a ring of [lon, lat] (Chamberlain and Duquette 2007, JPL 07-03); 0 for fewer than three. */
export function areaM2(spots) {
  if (spots.length < 3) return 0;
  const sum = spots.reduce((total, [lon, lat], place) => {
    const [nextLon, nextLat] = spots[(place + 1) % spots.length];
    return total + radians(nextLon - lon) * (2 + Math.sin(radians(lat)) + Math.sin(radians(nextLat)));
  }, 0);
  return Math.abs((sum * EARTH_RADIUS_M ** 2) / 2);
}

const LANGUAGE = globalThis.document?.documentElement.lang || "id";
const written = (value, digits) => new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);

/** 84 -> "84 m"; 3140 -> "3,14 km"; 12800 -> "12,8 km". */
export function lengthText(metres) {
  if (metres < 999.5) return `${written(metres, 0)} m`;
  return `${written(metres / 1000, metres < 10_000 ? 2 : 1)} km`;
}

/** 850 -> "850 m²"; 32000 -> "3,20 ha"; 4200000 -> "4,20 km²". */
export function areaText(m2) {
  if (m2 < 9_999.5) return `${written(m2, 0)} m²`;
  return m2 < 999_500 ? `${written(m2 / 10_000, 2)} ha` : `${written(m2 / 1_000_000, m2 < 99_500_000 ? 2 : 0)} km²`;
}

/** What the points tell: {length, area} in words; area only once there are three. */
export function measured(spots) {
  return { length: lengthText(lengthM(spots)), area: spots.length > 2 ? areaText(areaM2(spots)) : "" };
}

/** A round length that fits into so many metres, for the bar of a scale: 1, 2 or 5 times a power of ten. */
export function roundLength(metres) {
  const power = 10 ** Math.floor(Math.log10(metres));
  const step = [5, 2, 1].find((one) => one * power <= metres) ?? 1;
  return step * power;
}

/** {metres, pixels, words} of a scale bar at most so many pixels long. */
export function scaleBar(metresPerPixel, mostPixels = 160) {
  const metres = roundLength(metresPerPixel * mostPixels);
  return { metres, pixels: Math.round(metres / metresPerPixel), words: metres < 1000 ? `${written(metres, 0)} m` : `${written(metres / 1000, 0)} km` };
}

/** "1 : 250.000", for paper where so many metres stand on a millimetre. */
export function ratioText(metresPerMm) {
  const ratio = metresPerMm * 1000;
  const digits = 10 ** Math.max(0, Math.floor(Math.log10(ratio)) - 1);
  return t("sekitar 1 : {n}", { n: written(Math.round(ratio / digits) * digits, 0) });
}
