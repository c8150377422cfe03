// The round on the air: whose turn it is follows the clock, and no tile says more than is known.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RECEPTION_STATES } from "../../static/js/radio_words.js";
import { TILE_WORDS, answeredAfter, inCallOrder, shownAsk, tally, tileOf, turnOf } from "../../static/js/radio_round.js";

const BEGINS = Date.parse("2026-11-22T03:00:00Z");
const at = (s) => BEGINS + 1000 * s;
const round = { uid: "a", round: 1, asked: [3, 7, 9], slot_ms: 500, begins_at: "2026-11-22T03:00:00Z", ends_at: "2026-11-22T03:00:01.580Z" };

test("before the first slot the message itself is on the air, after the last nobody's turn is on", () => {
  assert.equal(turnOf(round, at(-0.4)).phase, "keying");
  assert.deepEqual([0, 0.49, 0.5, 1.2].map((s) => turnOf(round, at(s)).station), [3, 3, 7, 9]);
  assert.equal(turnOf(round, at(1.55)).station, 9);
  assert.deepEqual([turnOf(round, at(1.6)), turnOf(null, at(0))], [{ phase: "" }, { phase: "" }]);
});

test("a turn is named on the tile until the station answered, and a device is never called a person", () => {
  const turn = turnOf(round, at(0.6));
  assert.deepEqual(tileOf({ station: 7, state: "keyed" }, "alert", turn), { look: "keyed", isTurn: true, words: "giliran menjawab" });
  assert.deepEqual(tileOf({ station: 7, state: "heard" }, "alert", turn), { look: "heard", isTurn: false, words: "diterima alat" });
  assert.equal(tileOf({ station: 9, state: "keyed" }, "alert", turn).words, "mengudara, belum dijawab");
  assert.equal(tileOf({ station: 7, state: "heard" }, "rollcall", turn).words, "hadir");
  assert.equal(tileOf({ station: 7, state: "heard" }, "rollcall", turn).look, "present");
  assert.equal(tileOf({ station: 9, state: "something new" }, "alert", turn).look, "unknown");
});

test("where persons are asked for, a device that answered is asked once more and a person is not", () => {
  const turn = turnOf({ ...round, calling: true }, at(0.6));
  assert.equal(tileOf({ station: 7, state: "heard" }, "alert", turn).words, "ditanya: sudah dilihat?");
  assert.deepEqual(tileOf({ station: 7, state: "seen" }, "alert", turn), { look: "seen", isTurn: false, words: "dilihat orang" });
});

test("every state a row may have has its words on a tile", () => {
  assert.deepEqual(Object.keys(TILE_WORDS).sort(), Object.keys(RECEPTION_STATES).sort());
  assert.equal(new Set(Object.values(TILE_WORDS)).size, Object.keys(TILE_WORDS).length);
});

test("what was chosen is shown, else what is on the air, else what is open, else the newest; words to one never", () => {
  const log = { round, transmissions: [{ uid: "t", kind: "text", state: "keyed" }, { uid: "c", kind: "notice", state: "done" }, { uid: "b", kind: "alert", state: "keyed" }, { uid: "a", kind: "alert", state: "done" }] };
  assert.equal(shownAsk(log, "c").uid, "c");
  assert.equal(shownAsk(log).uid, "a");
  assert.equal(shownAsk({ ...log, round: null }).uid, "b");
  assert.equal(shownAsk({ round: null, transmissions: log.transmissions.filter(({ state }) => state === "done") }).uid, "c");
  assert.equal(shownAsk({ round: null, transmissions: [log.transmissions[0]] }), null);
});

test("devices and people are counted apart, and the silent are named", () => {
  const stations = ["queued", "keyed", "heard", "seen", "read_back", "unknown", "failed", "expired"].map((state) => ({ state }));
  assert.deepEqual(tally(stations), { heard: 3, seen: 2, silent: 3, all: 8 });
});

test("a delay is counted from the first time on the air, and only for who answered", () => {
  const one = { state: "heard", at: "2026-11-22T03:00:04.500Z" };
  assert.equal(answeredAfter(one, "2026-11-22T03:00:00Z"), 4.5);
  assert.deepEqual([answeredAfter({ ...one, state: "keyed" }, "2026-11-22T03:00:00Z"), answeredAfter(one, null)], [null, null]);
});

test("tiles stand by number, as the slots do", () => {
  assert.deepEqual(inCallOrder([{ station: 12 }, { station: 2 }]).map(({ station }) => station), [2, 12]);
});
