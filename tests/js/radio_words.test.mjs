// The radio log's reading of a roster: sent is never received, and a device is no person.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  RECEPTION_STATES, airtimeWords, counted, inOneLog, isOldPlace, isUsedUp, lookOf, meterWords, moved, nextOf, oldCardsWords, placeAge, qualityWords, receiversOf, saidAt, saidByAddress, scoreLook, scoreWords, seenCount, stateWords,
} from "../../static/js/radio_words.js";

const station = (call_sign, state) => ({ call_sign, state });

test("only a person counts as seen", () => {
  const roster = ["queued", "keyed", "heard", "seen", "read_back", "unknown"].map((state) => station(state, state));
  assert.deepEqual(seenCount(roster), { seen: 2, all: 6 });
});

test("every state has words and a look of its own weight", () => {
  assert.deepEqual(Object.keys(RECEPTION_STATES).filter((state) => lookOf(state) === "ok"), ["seen", "read_back"]);
  assert.equal(lookOf("heard"), "warn");
  assert.equal(lookOf("something new"), "unknown");
});

const hour = (left_s, kept_s) => ({ service: "lora_free", limit_s: 36, left_s, kept_s });

test("the airtime that is left is said in whole seconds, never too many", () => {
  assert.equal(airtimeWords(hour(31.9, 10.8)), "sisa udara jam ini 31 detik dari 36, 11 detik untuk P0");
  assert.equal(airtimeWords(hour(10.8, 10.8)), "sisa udara jam ini 10 detik dari 36, 10 detik untuk P0");
  assert.equal(airtimeWords(hour(0, 0)), "sisa udara jam ini 0 detik dari 36, 0 detik untuk P0");
});

test("where the law has no limit the service is named, and what is not known is not said", () => {
  const free = { service: "rapi", limit_s: null, left_s: null, kept_s: null };
  assert.equal(airtimeWords(free), "tanpa batas waktu udara: RAPI");
  assert.deepEqual([airtimeWords(null), isUsedUp(null), isUsedUp(free)], ["", false, false]);
});

test("the hour is used up when only the highest priority has room", () => {
  assert.deepEqual([hour(36, 10.8), hour(11, 10.8), hour(0, 0)].map(isUsedUp), [false, true, true]);
});

const line = (kind, call_sign, more = {}) => ({ kind, call_sign, struck_at: null, ...more });

test("net control calls the first who neither came nor was silent nor was passed over", () => {
  const lines = [line("check_in", "TRC-1"), line("no_answer", "TRC-2"), line("check_in", "TRC-3", { struck_at: "now" }), line("order", "")];
  const expected = ["TRC-1", "TRC-2", "TRC-3", "TRC-4"];
  assert.equal(nextOf(expected, lines), "TRC-3");
  assert.equal(nextOf(expected, lines, ["TRC-3"]), "TRC-4");
  assert.equal(nextOf(expected, [...lines, line("check_in", "TRC-3"), line("traffic", "TRC-4")]), null);
  assert.deepEqual(counted([...lines, line("check_in", "TRC-2")]), { heard: ["TRC-1", "TRC-2"], silent: [] });
});

test("a time typed is the site's, and one that is still to come was yesterday's", () => {
  const now = Date.parse("2026-11-22T03:00:00Z"); // 11.00 WITA
  assert.equal(saidAt("10:45", now, "Asia/Makassar"), "2026-11-22T02:45:00.000Z");
  assert.equal(saidAt("23:50", now, "Asia/Makassar"), "2026-11-21T15:50:00.000Z");
});

test("the log says of devices and people apart, of one station its state, and nothing before it was on the air", () => {
  const stations = ["heard", "seen", "keyed"].map((state) => station("x", state));
  assert.equal(stateWords({ kind: "alert", state: "keyed", stations }), "alat 2 dari 3, dilihat 1");
  assert.equal(stateWords({ kind: "rollcall", state: "failed", stations }), "2 dari 3 hadir");
  assert.equal(stateWords({ kind: "text", state: "keyed", stations: [stations[0]] }), "diterima alat, belum dilihat orang");
  assert.equal(stateWords({ kind: "alert", state: "spooled", stations }), "menunggu giliran di udara");
});

test("what was sent and what was heard stand in one list, the newest first", () => {
  const log = { transmissions: [{ at: "2026-11-22T03:00:02Z" }, { at: "2026-11-22T03:00:00Z" }], heard: [{ at: "2026-11-22T03:00:01Z" }] };
  assert.deepEqual(inOneLog(log).map(({ at }) => at.slice(17, 19)), ["02", "01", "00"]);
  assert.equal(receiversOf({ stations: [station("TRC-1", "keyed")] }), "TRC-1");
  assert.equal(receiversOf({ stations: [1, 2].map(() => station("x", "keyed")) }), "2 stasiun");
});

test("words are measured in bytes and seconds, and what cannot be sent is not measured", () => {
  assert.equal(meterWords({ bytes: 29, seconds: 0.55, answers_s: 6.2 }), "29 bita, 0,55 detik di udara, lalu 6,2 detik untuk jawaban");
  assert.equal(meterWords({ bytes: null, problem: "Terlalu panjang." }), "");
});

test("a score is days and the usual delay; nobody is blamed who was never asked", () => {
  assert.equal(scoreWords({ days: 14, days_answered: 12, delay_s: 4.2 }), "12 dari 14 hari · jeda 4,2 dtk");
  assert.equal(scoreWords(undefined), "belum pernah ditanya");
  assert.deepEqual([14, 12, 3].map((days_answered) => scoreLook({ days: 14, days_answered })).concat(scoreLook()), ["ok", "warn", "off", "unknown"]);
});

test("a place always says its age, and after a quarter of an hour it is old", () => {
  const now = Date.parse("2026-11-22T03:00:00Z");
  const one = { located_at: "2026-11-22T02:22:00Z" };
  assert.equal(placeAge(one, now), "posisi 38 menit lalu");
  assert.deepEqual([isOldPlace(one, now), isOldPlace({ located_at: "2026-11-22T02:50:00Z" }, now)], [true, false]);
});

test("how well a station was heard is said in dBm, and nothing is said where its modem is silent", () => {
  assert.equal(qualityWords({ rssi_dbm: -97, snr_db: -6.25 }), "-97 dBm, SNR -6,3 dB");
  assert.equal(qualityWords({ rssi_dbm: -80, snr_db: null }), "-80 dBm");
  assert.equal(qualityWords(null), "");
});

test("a relay is moved one place up, the first stays", () => {
  assert.deepEqual(moved([3, 7, 1], 1), [3, 1, 7]);
  assert.deepEqual(moved([3, 7, 1], 3), [3, 7, 1]);
  assert.deepEqual(moved([3, 7, 1], 9), [3, 7, 1]);
});

test("it is said when the radio's address names the relays, and whose card is older than the list", () => {
  assert.equal(saidByAddress({ said_by: "register", order: [3] }), "");
  assert.match(saidByAddress({ said_by: "address", order: [3, 7] }), /relai 3, 7;/);
  assert.match(saidByAddress({ said_by: "address", order: [] }), /tidak ada relai;.*via=/);
  const stations = [{ number: 1, call_sign: "TRC-1", revoked_at: null }, { number: 3, call_sign: "TRC-3", revoked_at: "2026-11-22T00:00:00Z" }];
  assert.match(oldCardsWords(stations, { old_cards: [1, 3] }), /^Kartu TRC-1 belum/);
  assert.equal(oldCardsWords(stations, { old_cards: [3] }), "");
});
