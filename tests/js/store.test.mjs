// The browser's shelf where there is none: it works, and says that it does not last.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openStore, pageStore } from "../../static/js/store.js";

test("a browser that forbids storage gets a shelf for as long as the page lasts, and it says so", async () => {
  for (const factory of [undefined, { open() { throw new Error("forbidden"); } }]) assert.equal((await openStore(factory)).isLasting, false);
});

test("a shelf that cannot be opened is not waited for", async () => {
  const refusing = { open() { const asked = {}; setTimeout(() => asked.onerror(), 1); return asked; } };
  assert.equal((await openStore(refusing)).isLasting, false);
});

test("it numbers what is added, knows a uid again, and gives back what stands", async () => {
  const store = pageStore();
  assert.equal(await store.add("outbox", { uid: "a" }), 1);
  assert.equal(await store.add("outbox", { uid: "b" }), 2);
  await assert.rejects(store.add("outbox", { uid: "a" }), { name: "ConstraintError" });
  await store.put("outbox", { uid: "a", order: 1, state: "refused" });
  await store.remove("outbox", 2);
  assert.deepEqual(await store.all("outbox"), [{ uid: "a", order: 1, state: "refused" }]);
});
