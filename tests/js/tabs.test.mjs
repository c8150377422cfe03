// One tab sends at a time, also where the browser has no locks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { leased, oneAtATime } from "../../static/js/tabs.js";
import { FakeStorage } from "./fake_storage.mjs";

const tick = () => new Promise((done) => setTimeout(done, 1));

test("without locks a lease lets one tab in after the other", async () => {
  const storage = new FakeStorage();
  const order = [];
  const tab = (me) => leased("sender", { storage, me, wait: tick });
  const work = (name) => async () => { order.push(`${name} in`); await tick(); order.push(`${name} out`); };
  await Promise.all([tab("a")(work("a")), tab("b")(work("b"))]);
  assert.deepEqual(order, ["a in", "a out", "b in", "b out"]);
});

test("the lease of a tab that died runs out", async () => {
  const storage = new FakeStorage();
  let now = 0;
  storage.setItem("sender", "dead 15000");
  const lock = leased("sender", { storage, me: "b", now: () => now, wait: async () => { now += 5000; } });
  assert.equal(await lock(async () => "sent"), "sent");
  assert.ok(now >= 15000);
});

test("a work that fails lets go", async () => {
  const storage = new FakeStorage();
  await assert.rejects(leased("sender", { storage, me: "a" })(async () => { throw new Error("no"); }));
  assert.equal(storage.getItem("sender"), null);
});

test("where the browser has locks they are used", async () => {
  const asked = [];
  const locks = { request: async (name, work) => { asked.push(name); return work(); } };
  assert.equal(await oneAtATime("sender", locks)(() => "sent"), "sent");
  assert.deepEqual(asked, ["sender"]);
});
