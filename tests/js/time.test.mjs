// Times as the house writes them, in the room's zone whatever the machine's is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { momentOfTime } from "../../static/js/next_word.js";
import { ageText, ageWords, clockText, dateText, fullText, minuteText, secondsBetween } from "../../static/js/time.js";

const MOMENT = "2023-02-02T18:32:07Z";

test("clock and date in the zone", () => {
  assert.equal(clockText(MOMENT, "Asia/Makassar"), "02.32.07");
  assert.equal(clockText(MOMENT, "Asia/Jakarta"), "01.32.07");
  assert.equal(minuteText(MOMENT, "Asia/Jayapura"), "03.32");
  assert.equal(dateText(MOMENT, "Asia/Makassar"), "03 Februari 2023");
  assert.equal(fullText(MOMENT, "Asia/Makassar", "WITA"), "03 Februari 2023 02.32.07 WITA");
  assert.equal(clockText("2023-02-02T16:00:00Z", "Asia/Makassar"), "00.00.00");
});

test("ages tick as 00.09, 21.04, 1.12.00 and count days after that", () => {
  assert.deepEqual([9, 1264, 4320, 86400 * 2 + 5].map(ageText), ["00.09", "21.04", "1.12.00", "2 hari"]);
  assert.equal(ageText(-3), "00.00");
});

test("rough ages in words", () => {
  assert.deepEqual([20, 240, 7200, 86400 * 3].map(ageWords), ["kurang dari 1 menit", "4 menit", "2 jam", "3 hari"]);
});

test("a moment from the future is no negative age", () => {
  assert.equal(secondsBetween("2023-01-01T00:00:10Z", Date.parse("2023-01-01T00:00:00Z")), 0);
});

test("a time of day is the next moment the room's clock shows it", () => {
  const moment = Date.parse(MOMENT); // 02.32.07 in Makassar
  assert.equal(momentOfTime("03:00", moment, "Asia/Makassar"), "2023-02-02T19:00:00.000Z");
  assert.equal(momentOfTime("02:00", moment, "Asia/Makassar"), "2023-02-03T18:00:00.000Z");
});
