// Tasks in words, what a correction sends, and the lines that may be struck: the same on both sides.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { changed } from "../../static/js/panel/correct_words.js";
import { STRIKABLE } from "../../static/js/panel/strike_words.js";
import { dueWords, inDueOrder, isLate, lateTasks, taskWords } from "../../static/js/panel/task_words.js";

const NOON = Date.parse("2026-11-22T12:00:00Z");
const task = (more) => ({ id: 1, kind: "task", words: "Hubungi PLN", due_at: null, ...more });

test("a task is late from its very moment on, and one that ended or has no end never is", () => {
  assert.equal(isLate(task({ due_at: "2026-11-22T12:00:00Z" }), NOON), true);
  assert.equal(isLate(task({ due_at: "2026-11-22T12:00:01Z" }), NOON), false);
  assert.equal(isLate(task({}), NOON), false);
  assert.equal(isLate(task({ due_at: "2026-11-22T11:00:00Z", gone: true }), NOON), false);
});

test("what is due is said in words both ways", () => {
  assert.equal(dueWords(task({ due_at: "2026-11-22T11:55:00Z" }), NOON), "lewat 5 menit");
  assert.equal(dueWords(task({ due_at: "2026-11-22T12:12:00Z" }), NOON), "12 menit lagi");
  assert.equal(dueWords(task({}), NOON), "");
});

test("the word to the reporter is said in the page's language, any other task as it was written", () => {
  assert.equal(taskWords(task({ kind: "next_word", words: "x" })), "Kabari pelapor");
  assert.equal(taskWords(task({})), "Hubungi PLN");
});

test("the latest is named and all late ones are counted", () => {
  const late = lateTasks([task({ id: 1, due_at: "2026-11-22T11:50:00Z" }), task({ id: 2, words: "Cek", due_at: "2026-11-22T11:40:00Z" }), task({ id: 3 })], NOON);
  assert.deepEqual(late, { count: 2, words: "Cek: lewat 20 menit" });
  assert.deepEqual(lateTasks([task({})], NOON), { count: 0, words: "" });
});

test("tasks stand by their time, those without one last", () => {
  const order = [task({ id: 1 }), task({ id: 2, due_at: "2026-11-22T13:00:00Z" }), task({ id: 3, due_at: "2026-11-22T12:00:00Z" })].sort(inDueOrder);
  assert.deepEqual(order.map(({ id }) => id), [3, 2, 1]);
});

const incident = { type: "banjir", priority: "P2", place: "Pringgabaya", lon: 116.6, lat: -8.5, radius_m: 50, method: "map", area_code: "52.03.01.2001" };

test("a correction sends only what differs", () => {
  assert.deepEqual(changed(incident, { type: "banjir", priority: "P2", place: "Pringgabaya " }, null), {});
  assert.deepEqual(changed(incident, { type: "banjir", priority: "P1", place: "Pringgabaya" }, null), { priority: "P1" });
});

test("new words for a place leave its point where it is; a new point brings its own", () => {
  const renamed = changed(incident, { type: "banjir", priority: "P2", place: "Labuhan" }, null);
  assert.deepEqual(renamed, { place: { method: "map", lon: 116.6, lat: -8.5, text: "Labuhan", radius_m: 50, area_code: "52.03.01.2001" } });
  const moved = changed(incident, { type: "banjir", priority: "P2", place: "Pringgabaya" }, { lon: 116.7, lat: -8.6 });
  assert.deepEqual(moved, { place: { method: "map", radius_m: 50, lon: 116.7, lat: -8.6, text: "Pringgabaya" } });
  assert.deepEqual(changed({ ...incident, lon: null, lat: null, method: null }, { type: "banjir", priority: "P2", place: "X" }, null).place, { method: "text", text: "X", radius_m: 50, area_code: "52.03.01.2001" });
});

test("the screen offers to strike what the server lets be struck", () => {
  const table = readFileSync(new URL("../../incident/casework/rules.py", import.meta.url), "utf8").match(/STRIKABLE = frozenset\(([\s\S]*?)\n\)/)[1];
  const words = [...table.matchAll(/"([a-z]+)",/g)].map(([, word]) => `incident.${word}`);
  assert.ok(words.length > 5);
  assert.deepEqual([...STRIKABLE].sort(), words.sort());
});
