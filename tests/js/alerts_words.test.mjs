// What an alert's audience knows is counted so that sent can never be read as seen.
import assert from "node:assert/strict";
import { test } from "node:test";
import { GROUPS, MISSING, added, approvalLeft, barWords, deliveryWords, doneWords, groupOf, isOwnWords, ladderSteps, missingOf, rungsOf, seenOf, segments, tally, totalOf } from "../../static/js/alerts_words.js";

const STATES = ["waiting", "queued", "sent", "keyed", "heard", "seen", "read_back", "failed", "expired", "superseded"];

test("every state has exactly one group, and only what a person did is seen", () => {
  for (const state of STATES) assert.equal(GROUPS.filter(({ states }) => states.includes(state)).length, 1, state);
  assert.deepEqual(STATES.filter((state) => groupOf(state) === "seen"), ["seen", "read_back"]);
});

test("sent, on the air and heard are missing a person; seen and what is over are not", () => {
  for (const state of ["waiting", "queued", "sent", "keyed", "heard", "failed"]) assert.ok(MISSING.includes(state), state);
  for (const state of ["seen", "read_back", "expired", "superseded"]) assert.ok(!MISSING.includes(state), state);
});

test("the parts of the bar sum up to everybody, strongest first, and nobody is lost by an unknown state", () => {
  const counts = { sent: 3, keyed: 1, seen: 2, read_back: 1, failed: 1, nosuch: 4 };
  const parts = segments(counts);
  assert.deepEqual(parts.map(({ name, n }) => [name, n]), [["seen", 3], ["out", 4], ["queue", 4], ["failed", 1]]);
  assert.equal(parts.reduce((sum, { n }) => sum + n, 0), totalOf(counts));
  assert.equal(seenOf(counts), 3);
  assert.equal(missingOf(counts), 9);
});

test("counting by any way of adding up finds the same sums", () => {
  const people = STATES.flatMap((state, n) => Array.from({ length: n + 1 }, () => ({ state })));
  for (let cut = 0; cut < people.length; cut += 7) {
    assert.deepEqual(added(tally(people.slice(0, cut)), tally(people.slice(cut))), added(tally(people)));
  }
});

test("the bar says in words how many saw it before it says anything else", () => {
  assert.equal(barWords({ seen: 1, heard: 2, sent: 1 }), "1 dari 4 dilihat orang; 2 di alat, belum dilihat orang; 1 keluar, belum ada jawaban");
  assert.equal(barWords({ sent: 2 }).startsWith("0 dari 2 dilihat orang"), true);
  assert.equal(barWords({}), "belum ada penerima");
});

test("a way out says its state, when, and why it failed", () => {
  const minute = () => "14.32";
  assert.equal(deliveryWords({ channel: "radio", state: "keyed", changed_at: "x" }, minute), "radio: mengudara 14.32");
  assert.equal(deliveryWords({ channel: "sms", state: "failed", changed_at: "x", reason: "nomor mati" }, minute), "SMS: gagal 14.32 (nomor mati)");
  assert.equal(deliveryWords({ channel: "sms", state: "waiting", changed_at: "x" }, minute), "SMS: menunggu");
});

test("the ladder tells where those stand who miss a person, what comes next, and that somebody goes there in the end", () => {
  const ladder = [{ channels: ["screen"], waits: 2 }, { channels: ["sms_modem", "sms_gateway", "voice"], waits: 1 }, { channels: ["radio"], waits: 5 }];
  const rungs = rungsOf([{ rung: 0, state: "sent" }, { rung: 1, state: "keyed" }, { rung: 1, state: "seen" }]);
  assert.deepEqual(rungs, { 0: 1, 1: 1 });
  const [first, second, third, last] = ladderSteps(ladder, 60, rungs);
  assert.deepEqual([first, second, third, last].map(({ look }) => look), ["done", "now", "todo", "todo"]);
  assert.equal(first.words, "tunggu 2 menit");
  assert.equal(second.ways, "SMS dan suara");
  assert.equal(last.ways, "orang yang diutus");
  assert.equal(doneWords("seen"), "selesai bila dilihat orang");
  assert.equal(ladderSteps(ladder, 20)[0].words, "tunggu 40 detik");
});

test("a rung of which nothing is switched on is not drawn, unless somebody stands there", () => {
  const ladder = [{ channels: ["screen", "telegram"], waits: 2 }, { channels: ["sms_modem"], waits: 1 }];
  assert.deepEqual(ladderSteps(ladder, 60, {}, ["screen"]).map(({ ways }) => ways), ["layar", "orang yang diutus"]);
  assert.equal(ladderSteps(ladder, 60, { 1: 3 }, ["screen"]).length, 3);
});

test("ten minutes to approve, and not one second more", () => {
  const written = "2026-01-01T00:00:00Z";
  const at = (seconds) => Date.parse(written) + seconds * 1000;
  assert.equal(approvalLeft(written, at(0)), 600);
  assert.equal(approvalLeft(written, at(599.2)), 1);
  assert.equal(approvalLeft(written, at(601)), 0);
});

test("words changed by hand are kept; composed ones may be composed anew", () => {
  assert.equal(isOwnWords("Banjir di A.", "Banjir di A. "), false);
  assert.equal(isOwnWords("Banjir di A.", "Banjir besar di A."), true);
  assert.equal(isOwnWords(undefined, ""), false);
});
