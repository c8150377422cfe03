// The outbox: nothing lost, nothing twice, in order, and honest about what still waits.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createOutbox, verdict, waitMs } from "../../static/js/outbox.js";
import { FakeStorage } from "./fake_storage.mjs";

const message = (uid) => ({ uid, path: "/calls", body: { uid }, label: uid });

// A server that keeps what it was told by uid, and can be away, refuse, or swallow its answer.
class FakeServer {
  rows = [];
  away = false;
  swallow = 0;
  refuses = new Set();
  asked = 0;
  send = async ({ uid }) => {
    this.asked++;
    await null;
    if (this.away) return { status: 0, body: null };
    if (this.refuses.has(uid)) return { status: 422, body: { detail: "Jenis tidak dikenal.", field: "type" } };
    const known = this.rows.includes(uid);
    if (!known) this.rows.push(uid);
    if (this.swallow-- > 0) throw new TypeError("Failed to fetch");
    return { status: known ? 200 : 201, body: { uid } };
  };
}

function desk({ storage = new FakeStorage(), server = new FakeServer(), person = "Rina" } = {}) {
  const timers = [];
  const told = [];
  const later = (run, wait_ms) => timers.push({ run, wait_ms });
  const box = createOutbox({ storage, person, send: server.send, now: () => 5, later, told: (one, answer) => told.push([one.uid, answer.status]) });
  return { storage, server, box, timers, told };
}

test("what is added is sent once and then gone", async () => {
  const { server, box, told, storage } = desk();
  box.add(message("a"));
  await box.flush();
  assert.deepEqual(server.rows, ["a"]);
  assert.deepEqual(told, [["a", 201]]);
  assert.equal(storage.length, 0);
});

test("a second click makes no second call", async () => {
  const { server, box } = desk();
  box.add(message("a"));
  box.add(message("a"));
  await Promise.all([box.flush(), box.flush()]);
  assert.equal(server.asked, 1);
});

test("an answer lost on the way back is asked for again with the same uid", async () => {
  const { server, box, told, timers } = desk();
  server.swallow = 1;
  box.add(message("a"));
  await box.flush();
  assert.equal(box.waiting().length, 1);
  timers.at(-1).run();
  await box.flush();
  assert.deepEqual(server.rows, ["a"]);
  assert.deepEqual(told, [["a", 200]]);
});

test("a dead network keeps the order and the count, over a reload", async () => {
  const { server, box, storage, timers } = desk();
  server.away = true;
  for (const uid of ["c", "a", "b"]) box.add(message(uid));
  await box.flush();
  assert.deepEqual(box.waiting().map((one) => one.uid), ["c", "a", "b"]);
  assert.equal(timers.length, 1);
  server.away = false;
  const reloaded = desk({ storage, server });
  assert.equal(reloaded.box.waiting().length, 3);
  await reloaded.box.flush();
  assert.deepEqual(server.rows, ["c", "a", "b"]);
});

test("one the server refuses steps aside and the rest go on", async () => {
  const { server, box } = desk();
  server.refuses.add("bad");
  box.add(message("bad"));
  box.add(message("good"));
  await box.flush();
  assert.deepEqual(server.rows, ["good"]);
  assert.deepEqual(box.refused().map((one) => one.refused), [{ status: 422, detail: "Jenis tidak dikenal.", field: "type" }]);
  box.drop("bad");
  assert.equal(box.refused().length, 0);
});

test("one added while another is on its way goes with the same run", async () => {
  const { server, box } = desk();
  box.add(message("a"));
  const run = box.flush();
  await null;
  box.add(message("b"));
  await run;
  await box.flush();
  assert.deepEqual(server.rows, ["a", "b"]);
});

test("one added the moment a run ends is not forgotten", async () => {
  const { server, box } = desk();
  const run = box.flush();
  const after = run.then(() => { box.add(message("late")); return box.flush(); });
  await after;
  assert.deepEqual(server.rows, ["late"]);
});

test("a full storage still sends", async () => {
  const { server, box, storage } = desk();
  storage.full = true;
  assert.equal(box.add(message("a")), false);
  assert.equal(box.waiting().length, 1);
  await box.flush();
  assert.deepEqual(server.rows, ["a"]);
  assert.equal(box.waiting().length, 0);
});

test("a log-in that ended waits for a person, it is no refusal", () => {
  for (const status of [0, 401, 403, 408, 429, 500, 502, 503]) assert.equal(verdict({ status }), "waiting");
  for (const status of [200, 201, 204]) assert.equal(verdict({ status }), "told");
  for (const status of [400, 404, 409, 422]) assert.equal(verdict({ status }), "refused");
});

test("waits grow and stop growing", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 40].map(waitMs), [1000, 2000, 4000, 8000, 15000, 15000]);
});

test("another person's messages are left alone and named", async () => {
  const { server, storage } = desk();
  desk({ storage, server, person: "Budi S.Kom" }).box.add(message("his"));
  const { box } = desk({ storage, server });
  await box.flush();
  assert.deepEqual(server.rows, []);
  assert.deepEqual(box.strangers(), ["Budi S.Kom"]);
});

test("a thousand random faults lose nothing and double nothing", async () => {
  let seed = 11;
  const chance = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const server = new FakeServer();
  const storage = new FakeStorage();
  const wanted = [];
  for (let i = 0; i < 1000; i++) {
    server.away = chance() < 0.3;
    server.swallow = chance() < 0.3 ? 1 : 0;
    const { box } = desk({ storage, server });
    if (chance() < 0.5) { box.add(message(`u${i}`)); wanted.push(`u${i}`); }
    await box.flush();
  }
  server.away = false;
  server.swallow = 0;
  await desk({ storage, server }).box.flush();
  assert.deepEqual(server.rows, wanted);
});
