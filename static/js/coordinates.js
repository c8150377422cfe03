// Reads the coordinates people paste and dictate: decimal, degrees-minutes-seconds, map links, Plus Codes. Pure.

export const INDONESIA = { west: 94, south: -12, east: 142, north: 7 };
const METRES_PER_DEGREE = 111195;
const LEAST_DOUBT_M = 20; // no telephone knows its place better
const COARSEST_M = 50000;

const NUMBER = String.raw`\d{1,3}(?:[.,]\d+)?`;
const ANGLE = String.raw`(${NUMBER})\s*[°º]?(?:\s*(${NUMBER})\s*['′’]?)?(?:\s*(${NUMBER})\s*(?:["″”]|''|′′|’’)?)?`;
const SIGNED = String.raw`[-−+]?\d{1,3}[.,]\d{2,}`;
const HEMISPHERE = "(LS|LU|BT|BB|[NSEWUTB])"; // lintang selatan, lintang utara, bujur timur, bujur barat
const GAP = String.raw`[\s,;/]*`;

const LINK = new RegExp(String.raw`(?:geo:|@|[?&](?:q|query|ll|center|destination)=(?:loc:)?)(${SIGNED})(?:,|%2C)\s*(${SIGNED})\S*`, "i");
const AFTER = new RegExp(`^${ANGLE}\\s*${HEMISPHERE}${GAP}${ANGLE}\\s*${HEMISPHERE}(?![a-z])`, "i");
const BEFORE = new RegExp(`^${HEMISPHERE}\\s*${ANGLE}${GAP}${HEMISPHERE}\\s*${ANGLE}(?![\\d.,]*\\d)`, "i");
const DECIMAL = new RegExp(`^(${SIGNED})°?[\\s,;/]+(${SIGNED})°?(?!\\d)`);

const SOUTH_OR_WEST = new Set(["LS", "S", "BB", "W"]);
const IS_LATITUDE = new Set(["LS", "LU", "S", "N", "U"]);

// -> {lat, lon, radius_m, rest, doubt} or null; doubt is null, "hemisphere" (a minus seems forgotten) or "abroad".
export function readCoordinates(text) {
  const said = text.trim();
  const found = readLink(said) ?? readAfter(said) ?? readBefore(said) ?? readDecimal(said) ?? readPlusCode(said);
  return found && inOrder(found) && isOnGlobe(inOrder(found)) ? withDoubt(inOrder(found)) : null;
}

const inside = ({ lat, lon }) =>
  lon >= INDONESIA.west && lon <= INDONESIA.east && lat >= INDONESIA.south && lat <= INDONESIA.north;

const isOnGlobe = ({ lat, lon }) => Math.abs(lat) <= 90 && Math.abs(lon) <= 180;

function readLink(said) {
  const hit = LINK.exec(said);
  return hit && pair(hit[1], hit[2], said.replace(hit[0], "").replace(/\S*:\/\/\S*/, ""));
}

function readDecimal(said) {
  const hit = DECIMAL.exec(said);
  return hit && pair(hit[1], hit[2], said.slice(hit[0].length));
}

function pair(first, second, rest) {
  const radius_m = Math.max(decimalDoubt(first), decimalDoubt(second));
  return { first: number(first), second: number(second), radius_m, rest: tidy(rest) };
}

function readAfter(said) {
  const hit = AFTER.exec(said);
  return hit && named(hit.slice(1, 4), hit[4], hit.slice(5, 8), hit[8], said.slice(hit[0].length));
}

function readBefore(said) {
  const hit = BEFORE.exec(said);
  return hit && named(hit.slice(2, 5), hit[1], hit.slice(6, 9), hit[5], said.slice(hit[0].length));
}

// Two angles with their hemispheres: which is the latitude is said, not guessed.
function named(one, oneSide, two, twoSide, rest) {
  const [a, b] = [angle(one, oneSide), angle(two, twoSide)];
  if (a === null || b === null || isLatitude(oneSide) === isLatitude(twoSide)) return null;
  const [lat, lon] = isLatitude(oneSide) ? [a, b] : [b, a];
  return { lat, lon, radius_m: Math.max(angleDoubt(one), angleDoubt(two)), rest: tidy(rest) };
}

// A lone B or T is barat or timur; a lone S or U is selatan or utara.
const isLatitude = (side) => IS_LATITUDE.has(side.toUpperCase());

function angle([degrees, minutes = "0", seconds = "0"], side) {
  const [d, m, s] = [number(degrees), number(minutes), number(seconds)];
  if (m >= 60 || s >= 60) return null;
  const size = d + m / 60 + s / 3600;
  const upper = side.toUpperCase();
  return SOUTH_OR_WEST.has(upper) || upper === "B" ? -size : size;
}

const number = (words) => Number(words.replace("−", "-").replace(",", "."));

const tidy = (words) => words.replace(/^[\s,;.)]+/, "").trim();

const decimals = (words) => (/[.,](\d+)/.exec(words)?.[1] ?? "").length;

const clampDoubt = (metres) => Math.min(COARSEST_M, Math.max(LEAST_DOUBT_M, Math.ceil(metres)));

const decimalDoubt = (words) => clampDoubt(METRES_PER_DEGREE / 10 ** decimals(words));

function angleDoubt([degrees, minutes, seconds]) {
  const parts = seconds !== undefined ? [seconds, 3600] : minutes !== undefined ? [minutes, 60] : [degrees, 1];
  return clampDoubt(METRES_PER_DEGREE / parts[1] / 10 ** decimals(parts[0]));
}

// Map programs disagree about the order; only one order can be in Indonesia.
function inOrder(found) {
  if ("lat" in found) return found;
  const { first, second, ...others } = found;
  const straight = { lat: first, lon: second, ...others };
  const turned = { lat: second, lon: first, ...others };
  return !isOnGlobe(straight) || (inside(turned) && !inside(straight)) ? turned : straight;
}

function withDoubt(place) {
  if (inside(place)) return { ...place, doubt: null };
  const south = { ...place, lat: -place.lat };
  return inside(south) ? { ...south, doubt: "hemisphere" } : { ...place, doubt: "abroad" };
}

// Open Location Code, full codes only: pairs of base 20, then a 4 x 5 grid (plus.codes, specification).
const PLUS_DIGITS = "23456789CFGHJMPQRVWX";
const PLUS_CODE = new RegExp(`^([${PLUS_DIGITS}]{8})\\+([${PLUS_DIGITS}]{2,7})(?![a-z0-9])`, "i");

function readPlusCode(said) {
  const hit = PLUS_CODE.exec(said);
  return hit && { ...plusCentre((hit[1] + hit[2]).toUpperCase()), rest: tidy(said.slice(hit[0].length)) };
}

function plusCentre(code) {
  const cell = [...code.slice(10)].reduce(intoGrid, pairCell(code.slice(0, 10)));
  const [lat, lon] = [cell.south + cell.high / 2, cell.west + cell.wide / 2];
  return { lat, lon, radius_m: clampDoubt((cell.high * METRES_PER_DEGREE) / 2) };
}

function pairCell(digits) {
  const cell = { south: -90, west: -180, high: 400, wide: 400 };
  for (let i = 0; i < digits.length; i += 2) {
    cell.high /= 20;
    cell.wide /= 20;
    cell.south += PLUS_DIGITS.indexOf(digits[i]) * cell.high;
    cell.west += PLUS_DIGITS.indexOf(digits[i + 1]) * cell.wide;
  }
  return cell;
}

function intoGrid(cell, digit) {
  const at = PLUS_DIGITS.indexOf(digit);
  const [high, wide] = [cell.high / 5, cell.wide / 4];
  return { south: cell.south + Math.floor(at / 4) * high, west: cell.west + (at % 4) * wide, high, wide };
}

const SIDES = { id: { sign: ",", south: "LS", north: "LU", west: "BB", east: "BT" }, en: { sign: ".", south: "S", north: "N", west: "W", east: "E" } };

// 8,38120° LS 116,52730° BT, as one reads it aloud in the language.
export function sayCoordinates({ lat, lon }, language = "id") {
  const { sign, south, north, west, east } = SIDES[language] ?? SIDES.id;
  const size = (degrees) => Math.abs(degrees).toFixed(5).replace(".", sign);
  return `${size(lat)}° ${lat < 0 ? south : north} ${size(lon)}° ${lon < 0 ? west : east}`;
}

// Great-circle distance in metres, the same rule as the server's.
export function distanceM(a, b) {
  const rad = (degrees) => (degrees * Math.PI) / 180;
  const [dLat, dLon] = [rad(b.lat - a.lat), rad(b.lon - a.lon)];
  const chord = Math.sin(dLat / 2) ** 2 + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(dLon / 2) ** 2;
  return 2 * 6371008.8 * Math.asin(Math.min(1, Math.sqrt(chord)));
}
