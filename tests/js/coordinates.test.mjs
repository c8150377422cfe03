// What people paste and dictate as a place, and what Posko makes of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { distanceM, readCoordinates, sayCoordinates } from "../../static/js/coordinates.js";

const SAJANG = { lat: -8.3812, lon: 116.5273 };

const near = (text, { lat, lon }, within = 1e-3) => {
  const found = readCoordinates(text);
  assert.ok(found, `nothing read in: ${text}`);
  assert.ok(Math.abs(found.lat - lat) < within && Math.abs(found.lon - lon) < within, `${text} -> ${found.lat}, ${found.lon}`);
  return found;
};

for (const text of [
  "-8.3812, 116.5273",
  "-8.3812,116.5273",
  "−8.3812 116.5273",
  "  -8,3812 116,5273 ",
  "-8,3812, 116,5273",
  "-8,3812,116,5273",
  "-8,3812; 116,5273",
  "-8.3812° 116.5273°",
  "116.5273, -8.3812",
  "8.3812 S 116.5273 E",
  "S 8.3812 E 116.5273",
  "s8.3812 e116.5273",
  "116.5273 E, 8.3812 S",
  "8,3812 LS, 116,5273 BT",
  "8,3812 ls 116,5273 bt",
  "LS 8,3812 BT 116,5273",
  `8°22'52.3"S 116°31'38.3"E`,
  `8°22'52.3"S116°31'38.3"E`,
  "8°22′52,3″ LS, 116°31′38,3″ BT",
  "8° 22’ 52” LS 116° 31’ 38” BT",
  "8 22 52 S 116 31 38 E",
  "8°22'52''S 116°31'38''E",
  `S8°22'52.3" E116°31'38.3"`,
  "8°22.872'S 116°31.638'E",
  "https://maps.google.com/?q=-8.3812,116.5273",
  "https://www.google.com/maps/@-8.3812,116.5273,17z",
  "https://maps.google.com/maps?q=-8.3812%2C116.5273&z=17&hl=id",
  "geo:-8.3812,116.5273?z=16",
]) {
  test(`reads ${text}`, () => assert.equal(near(text, SAJANG).doubt, null));
}

for (const text of [
  "",
  "sajang, dkt masjid nurul huda rt 2",
  "RT 02/RW 01",
  "12 13 jalan raya",
  "2.5 juta",
  "1,5 2,5 liter",
  "jl. pahlawan 8",
  "-8.3812",
  "8°75'00\"S 116°31'38\"E",
  "8.3812 S 116.5273 S",
  "-98.3812, 216.5273",
]) {
  test(`leaves ${text || "nothing"} to the words`, () => assert.equal(readCoordinates(text), null));
}

test("a forgotten minus is mended and said to be doubtful", () => {
  assert.equal(near("8.3812, 116.5273", SAJANG).doubt, "hemisphere");
});

test("north of the equator is a place in Indonesia too", () => {
  assert.equal(near("5.5483, 95.3238", { lat: 5.5483, lon: 95.3238 }).doubt, null);
});

test("a place abroad is read and said to be abroad", () => {
  assert.equal(near("51.5074, -0.1278", { lat: 51.5074, lon: -0.1278 }).doubt, "abroad");
});

test("words after the numbers stay words", () => {
  assert.equal(readCoordinates("-8.3812, 116.5273 dekat masjid").rest, "dekat masjid");
});

test("fewer digits mean more doubt, and never less than a phone has", () => {
  assert.equal(readCoordinates("-8.381234, 116.527312").radius_m, 20);
  assert.equal(readCoordinates("-8.38, 116.52").radius_m, 1112);
  assert.equal(readCoordinates("8°22' LS 116°31' BT").radius_m, 1854);
  assert.equal(readCoordinates(`8°22'52"S 116°31'38"E`).radius_m, 31);
});

test("reads the Plus Codes of the specification's own table", () => {
  near("8FVC9G8F+6X", { lat: 47.365562, lon: 8.524938 }, 1e-4);
  near("7FG49QCJ+2V", { lat: 20.3700625, lon: 2.7821875 }, 1e-9);
  near("7FG49QCJ+2VX", { lat: 20.3701125, lon: 2.782234375 }, 1e-9);
  near("7fg49qcj+2vxgj", { lat: 20.3701135, lon: 2.78223535 }, 1e-8);
});

test("says coordinates as they are read aloud", () => {
  assert.equal(sayCoordinates(SAJANG), "8,38120° LS 116,52730° BT");
  assert.equal(sayCoordinates({ lat: 5.5, lon: 95.25 }, "en"), "5.50000° N 95.25000° E");
});

test("what is said can be read again", () => {
  for (const language of ["id", "en"]) assert.equal(near(sayCoordinates(SAJANG, language), SAJANG, 1e-5).doubt, null);
});

test("measures as the server does", () => {
  assert.ok(Math.abs(distanceM({ lat: 0, lon: 116 }, { lat: 0, lon: 117 }) - 111195) < 1);
  assert.equal(distanceM(SAJANG, SAJANG), 0);
});

test("noise never throws", () => {
  const letters = "0123456789.,;°'\"NSEWLBTU -+@qr?=";
  let seed = 7;
  const next = (n) => (seed = (seed * 48271) % 2147483647) % n;
  for (let i = 0; i < 20000; i++) {
    const found = readCoordinates(Array.from({ length: next(24) }, () => letters[next(letters.length)]).join(""));
    assert.ok(found === null || (Math.abs(found.lat) <= 90 && Math.abs(found.lon) <= 180 && found.radius_m >= 20));
  }
});
