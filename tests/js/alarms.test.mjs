// The alarms of units in words and in order, and the welfare question of a telephone.
import assert from "node:assert/strict";
import test from "node:test";
import { alarmLook, alarmWords, byUnit, inAlarmOrder, inBand } from "../../static/js/alarm_words.js";
import { digitsOf } from "../../static/js/field_ready.js";
import { isAnswering, questionOf } from "../../static/js/field_safe.js";

const NOW = Date.parse("2026-11-22T03:22:30Z");
const alarm = (more) => ({ id: 1, unit_id: 7, call_sign: "TRC-1", kind: "late", status: "on_scene", why: null, since: "2026-11-22T03:00:00.000000Z", limit_s: 1200, misses: 0, asked_at: null, raised_at: "2026-11-22T03:21:00.000000Z", acknowledged_by: null, ...more });

test("an alarm says who, how long, in which status and what the limit is", () => {
  assert.equal(alarmWords(alarm(), NOW), "TRC-1: 22 menit tanpa kabar, status di lokasi, batas 20 menit");
});

test("a question says when it was put and that it was put again", () => {
  const asked = alarm({ kind: "welfare", asked_at: "2026-11-22T03:20:00.000000Z" });
  assert.match(alarmWords(asked, NOW), /ditanya aman 10\.20, 22 menit/);
  assert.match(alarmWords({ ...asked, misses: 1 }, NOW), /ditanya lagi/);
});

test("a mayday by silence says when the unit was last heard", () => {
  assert.match(alarmWords(alarm({ kind: "mayday", why: "silence" }), NOW), /DARURAT TRC-1: tidak menjawab dua kali, terakhir terdengar 10\.00/);
});

test("distress comes first, and what somebody took on last in its kind", () => {
  const all = [alarm({ id: 1 }), alarm({ id: 2, acknowledged_by: "dewi", since: "2026-11-22T02:00:00Z" }), alarm({ id: 3, kind: "welfare" }), alarm({ id: 4, kind: "welfare", misses: 1 }), alarm({ id: 5, kind: "mayday" })];
  assert.deepEqual([...all].sort(inAlarmOrder).map(({ id }) => id), [5, 4, 3, 1, 2]);
});

test("the band shows distress to everybody, the rest to who may take it on and until somebody did", () => {
  const all = [alarm({ id: 1 }), alarm({ id: 2, acknowledged_by: "dewi" }), alarm({ id: 3, kind: "mayday", acknowledged_by: "dewi" })];
  assert.deepEqual(inBand(all, false).map(({ id }) => id), [3]);
  assert.deepEqual(inBand(all, true).map(({ id }) => id), [3, 1]);
});

test("a unit's alarms stand together, the worst first", () => {
  const groups = byUnit([alarm({ id: 1 }), alarm({ id: 2, kind: "mayday" }), alarm({ id: 3, unit_id: 8 })]);
  assert.deepEqual([groups.get(7).map(({ id }) => id), groups.get(8).length], [[2, 1], 1]);
});

test("colour follows what is worse", () => {
  assert.deepEqual([alarmLook(alarm()), alarmLook(alarm({ kind: "mayday" })), alarmLook(alarm({ kind: "welfare", misses: 1 }))], ["late", "bad", "bad"]);
});

test("a telephone is asked about its own unit alone, also after its silence became a mayday", () => {
  const all = [alarm({ id: 1 }), alarm({ id: 2, unit_id: 8, kind: "welfare" })];
  assert.equal(questionOf(all, 7), null);
  assert.equal(questionOf(all, 8).id, 2);
  assert.equal(questionOf([alarm({ id: 4, kind: "mayday", why: "silence" })], 7).id, 4);
  assert.equal(questionOf([alarm({ id: 5, kind: "mayday", why: "said" })], 7), null);
});

test("an answer that waits in the outbox is known", () => {
  assert.equal(isAnswering([{ path: "/units/7/welfare" }]), true);
  assert.equal(isAnswering([{ path: "/units/7/position" }]), false);
});

test("a team without a task may say what it does not say already, out of service only mayday", () => {
  assert.deepEqual(digitsOf({ state: "standby", in_service: true }), [8, 0]);
  assert.deepEqual(digitsOf({ state: "afield", in_service: true }), [1, 0]);
  assert.deepEqual(digitsOf({ state: "mayday", in_service: true }), [1, 8]);
  assert.deepEqual(digitsOf({ state: "out_of_service", in_service: false }), [0]);
});
