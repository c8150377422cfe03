// The outbox: nothing lost, nothing twice, in order, and honest about what still waits.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createOutbox, verdict, waitMs } from "../../static/js/outbox.js";
import { pageStore } from "../../static/js/store.js";
import { aCipher } from "./keys.mjs";

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

const cipher = await aCipher();

// A browser's disk that forgets nothing, and can be full.
function aDisk() {
  const store = { ...pageStore(), isLasting: true };
  const { add } = store;
  return Object.assign(store, { isFull: false, add: async (...given) => { if (store.isFull) throw new Error("QuotaExceededError"); return add(...given); } });
}

async function desk({ store = aDisk(), server = new FakeServer(), person = "Rina", lock } = {}) {
  const timers = [];
  const told = [];
  const later = (run, wait_ms) => timers.push({ run, wait_ms });
  const box = createOutbox({ opening: Promise.resolve({ store, cipher }), person, send: server.send, lock, now: () => 5, later, told: (one, answer) => told.push([one.uid, answer.status]) });
  await box.ready;
  return { store, server, box, timers, told };
}

test("what is added is sent once and then gone", async () => {
  const { server, box, told, store } = await desk();
  await box.add(message("a"));
  await box.flush();
  assert.deepEqual(server.rows, ["a"]);
  assert.deepEqual(told, [["a", 201]]);
  assert.equal((await store.all("outbox")).length, 0);
});

test("a second click makes no second call", async () => {
  const { server, box } = await desk();
  await box.add(message("a"));
  await box.add(message("a"));
  await Promise.all([box.flush(), box.flush()]);
  assert.equal(server.asked, 1);
});

test("an answer lost on the way back is asked for again with the same uid", async () => {
  const { server, box, told, timers } = await desk();
  server.swallow = 1;
  await box.add(message("a"));
  await box.flush();
  assert.equal(box.waiting().length, 1);
  timers.at(-1).run();
  await box.flush();
  assert.deepEqual(server.rows, ["a"]);
  assert.deepEqual(told, [["a", 200]]);
});

test("a dead network keeps the order and the count, over a reload", async () => {
  const { server, box, store, timers } = await desk();
  server.away = true;
  await Promise.all(["c", "a", "b"].map((uid) => box.add(message(uid))));
  await box.flush();
  assert.deepEqual(box.waiting().map((one) => one.uid), ["c", "a", "b"]);
  assert.equal(timers.length, 1);
  server.away = false;
  const reloaded = await desk({ store, server });
  assert.equal(reloaded.box.waiting().length, 3);
  await reloaded.box.flush();
  assert.deepEqual(server.rows, ["c", "a", "b"]);
});

test("one the server refuses steps aside and the rest go on", async () => {
  const { server, box } = await desk();
  server.refuses.add("bad");
  await box.add(message("bad"));
  await box.add(message("good"));
  await box.flush();
  assert.deepEqual(server.rows, ["good"]);
  assert.deepEqual(box.refused().map((one) => one.refused), [{ status: 422, detail: "Jenis tidak dikenal.", field: "type" }]);
  await box.drop("bad");
  assert.equal(box.refused().length, 0);
});

test("one added while another is on its way goes with the same run", async () => {
  const { server, box } = await desk();
  await box.add(message("a"));
  const run = box.flush();
  await null;
  await box.add(message("b"));
  await run;
  await box.flush();
  assert.deepEqual(server.rows, ["a", "b"]);
});

test("one added the moment a run ends is not forgotten", async () => {
  const { server, box } = await desk();
  const run = box.flush();
  const after = run.then(async () => { await box.add(message("late")); return box.flush(); });
  await after;
  assert.deepEqual(server.rows, ["late"]);
});

test("a full storage still sends", async () => {
  const { server, box, store } = await desk();
  store.isFull = true;
  assert.equal(await box.add(message("a")), false);
  assert.equal(box.waiting().length, 1);
  await box.flush();
  assert.deepEqual(server.rows, ["a"]);
  assert.equal(box.waiting().length, 0);
});

test("a log-in that ended waits for a person, it is no refusal", () => {
  for (const status of [0, 401, 408, 425, 429, 500, 502, 503]) assert.equal(verdict({ status }), "waiting");
  for (const status of [200, 201, 204]) assert.equal(verdict({ status }), "told");
  for (const status of [400, 403, 404, 409, 413, 422]) assert.equal(verdict({ status }), "refused");
});

test("waits grow and stop growing", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 40].map((tries) => waitMs(tries, 1)), [1000, 2000, 4000, 8000, 15000, 15000]);
  assert.deepEqual([0, 4].map((tries) => waitMs(tries, 0)), [500, 7500]);
});

test("another person's messages are left alone and named", async () => {
  const { server, store } = await desk();
  await (await desk({ store, server, person: "Budi S.Kom" })).box.add(message("his"));
  const { box } = await desk({ store, server });
  await box.flush();
  assert.deepEqual(server.rows, []);
  assert.deepEqual(box.strangers(), ["Budi S.Kom"]);
});

test("a thousand random faults lose nothing and double nothing", async () => {
  let seed = 11;
  const chance = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const server = new FakeServer();
  const store = aDisk();
  const wanted = [];
  for (let i = 0; i < 1000; i++) {
    server.away = chance() < 0.3;
    server.swallow = chance() < 0.3 ? 1 : 0;
    const { box } = await desk({ store, server });
    if (chance() < 0.5) { await box.add(message(`u${i}`)); wanted.push(`u${i}`); }
    await box.flush();
  }
  server.away = false;
  server.swallow = 0;
  await (await desk({ store, server })).box.flush();
  assert.deepEqual(server.rows, wanted);
});

test("nothing of a message can be read where it is kept", async () => {
  const { store, box, server } = await desk();
  server.away = true;
  await box.add({ ...message("a"), body: { narrative: "Ibu di atas atap", caller: { phone: "081234567321" } }, label: "Banjir" });
  const kept = (await store.all("outbox")).map((row) => Buffer.from(row.sealed).toString("latin1") + JSON.stringify(row));
  for (const word of ["atap", "0812", "Banjir", "/calls"]) assert.equal(kept.join().includes(word), false, word);
});

test("a message put in another's place does not open", async () => {
  const { store, server, box } = await desk();
  server.away = true;
  await box.add(message("a"));
  const [row] = await store.all("outbox");
  await store.put("outbox", { ...row, uid: "forged" });
  const again = await desk({ store, server });
  assert.deepEqual([again.box.waiting(), again.box.locked()], [[], 1]);
});

test("two tabs of one browser send each message once, in order", async () => {
  const store = aDisk();
  const server = new FakeServer();
  let holder = Promise.resolve();
  const lock = (work) => (holder = holder.then(work, work));
  const [one, two] = [await desk({ store, server, lock }), await desk({ store, server, lock })];
  for (const uid of ["a", "b", "c", "d"]) await (uid < "c" ? one : two).box.add(message(uid));
  await Promise.all([two.box.flush(), one.box.flush()]);
  assert.deepEqual(server.rows, ["a", "b", "c", "d"]);
  assert.equal(server.asked, 4);
});

test("one that was refused goes again from where it stood", async () => {
  const { server, box } = await desk();
  server.refuses.add("a");
  await box.add(message("a"));
  await box.flush();
  server.refuses.clear();
  await box.again("a");
  await box.flush();
  assert.deepEqual([server.rows, box.refused()], [["a"], []]);
});

test("of the positions of a unit only the newest waits; what else was said stays", async () => {
  const { server, box } = await desk();
  server.away = true;
  for (const uid of ["p1", "p2", "p3"]) await box.add({ ...message(uid), slot: "position" });
  await box.add(message("note"));
  assert.deepEqual(box.waiting().map((one) => one.uid), ["p3", "note"]);
});

test("a photograph waits sealed beside its message and goes with it", async () => {
  const { store, server, box } = await desk();
  const sent = [];
  server.send = async ({ uid }, file) => { sent.push([uid, file.name, await file.text()]); return { status: 201 }; };
  const again = createOutbox({ opening: Promise.resolve({ store, cipher }), person: "Rina", send: server.send });
  await box.add(message("a"), new File(["picture"], "foto.jpg", { type: "image/jpeg" }));
  const [row] = await store.all("outbox");
  assert.equal(Buffer.from(row.file.sealed).toString("latin1").includes("picture"), false);
  await again.flush();
  assert.deepEqual(sent, [["a", "foto.jpg", "picture"]]);
});

test("a mayday does not wait behind a photograph that is on its way", async () => {
  const { server, box } = await desk();
  const told = [];
  server.send = ({ uid }, file, signal) => (file && told.length === 0 ? slowly(signal) : (told.push(uid), Promise.resolve({ status: 201 })));
  const slowly = (signal) => new Promise((_, fail) => signal.addEventListener("abort", () => fail(new Error("aborted"))));
  const line = createOutbox({ opening: Promise.resolve({ store: aDisk(), cipher }), person: "Rina", send: (...given) => server.send(...given) });
  await line.add(message("photo"), new File(["picture"], "foto.jpg"));
  const run = line.flush();
  await new Promise((done) => setTimeout(done, 5));
  await line.add(message("mayday"));
  await run;
  assert.deepEqual(told, ["mayday", "photo"]);
  assert.equal(box.waiting().length, 0);
});

test("a shelf that breaks in the middle of the work keeps nothing from going out", async () => {
  const { store, server, box } = await desk();
  server.away = true;
  await box.add(message("a"));
  await box.flush();
  for (const deed of ["all", "put", "add", "remove"]) store[deed] = async () => { throw new DOMException("closing", "InvalidStateError"); };
  assert.equal(await box.add(message("b")), false);
  server.away = false;
  await box.flush();
  assert.deepEqual(server.rows, ["a", "b"]);
  assert.deepEqual(box.waiting(), []);
});
