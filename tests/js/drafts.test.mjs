// Half-written forms: kept for one person in one tab, sealed, and never mixed up.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createDrafts, nameOfTab } from "../../static/js/drafts.js";
import { pageStore } from "../../static/js/store.js";
import { FakeStorage } from "./fake_storage.mjs";
import { aCipher } from "./keys.mjs";

const FORM = { uid: "u1", class: "normal", narrative: "Ibu dan dua anak di atas atap" };
const cipher = await aCipher();
const aDisk = () => ({ ...pageStore(), isLasting: true });

async function drafts(store, tab = "t1", person = "Rina", now = () => 1000) {
  const made = createDrafts({ opening: Promise.resolve({ store, cipher }), person, tab, now });
  await made.load();
  return made;
}

async function save(store, form, ...who) {
  const made = await drafts(store, ...who);
  made.save(form);
  await made.settled();
  return made;
}

test("a reload finds the form again", async () => {
  const store = aDisk();
  assert.equal((await save(store, FORM)).save(FORM), true);
  assert.deepEqual(await (await drafts(store)).load(), FORM);
});

test("nothing of a draft can be read where it is kept", async () => {
  const store = aDisk();
  await save(store, FORM);
  const [row] = await store.all("drafts");
  assert.equal((Buffer.from(row.sealed).toString("latin1") + JSON.stringify(row)).includes("atap"), false);
});

test("typing fast writes the newest words last, and not every letter", async () => {
  const store = aDisk();
  let writes = 0;
  const { put } = store;
  store.put = async (...given) => { writes++; await new Promise((done) => setTimeout(done, 2)); return put(...given); };
  const made = await drafts(store);
  for (let i = 1; i <= 200; i++) made.save({ ...FORM, narrative: "x".repeat(i) });
  await made.settled();
  assert.equal((await (await drafts(store)).load()).narrative.length, 200);
  assert.ok(writes <= 3, `${writes} writes`);
});

test("a saved call leaves no draft behind", async () => {
  const store = aDisk();
  const made = await save(store, FORM);
  made.clear();
  await made.settled();
  assert.equal(await (await drafts(store)).load(), null);
  assert.deepEqual(await store.all("drafts"), []);
});

test("an empty form at the start does not wipe the draft that is still being read", async () => {
  const store = aDisk();
  await save(store, FORM);
  const made = createDrafts({ opening: Promise.resolve({ store, cipher }), person: "Rina", tab: "t1" });
  made.clear();
  assert.deepEqual(await made.load(), FORM);
});

test("what is typed before the draft was read puts it aside, and both are kept", async () => {
  const store = aDisk();
  await save(store, FORM);
  const made = createDrafts({ opening: Promise.resolve({ store, cipher }), person: "Rina", tab: "t1" });
  made.save({ ...FORM, uid: "u2" });
  assert.equal(await made.load(), null);
  await made.settled();
  assert.deepEqual(made.others().map((one) => one.form.uid), ["u1"]);
  assert.equal((await (await drafts(store)).load()).uid, "u2");
});

test("what was read and not yet opened steps aside for what is being typed", async () => {
  const store = aDisk();
  await save(store, FORM);
  const made = await drafts(store);
  await made.putAside();
  made.save({ ...FORM, uid: "u2" });
  await made.settled();
  assert.deepEqual(made.others().map((one) => one.form.uid), ["u1"]);
  assert.deepEqual((await drafts(store)).others().map((one) => one.form.uid), ["u1"]);
});

test("another tab and another person have their own", async () => {
  const store = aDisk();
  await save(store, FORM);
  assert.equal(await (await drafts(store, "t2")).load(), null);
  assert.equal(await (await drafts(store, "t1", "Budi")).load(), null);
  assert.deepEqual((await drafts(store, "t1", "Budi")).others(), []);
});

test("a name with a dot reads no other person's drafts", async () => {
  const store = aDisk();
  await save(store, FORM, "t1", "a.b");
  assert.deepEqual((await drafts(store, "t1", "a")).others(), []);
});

test("a draft of a tab that died can be taken over, once", async () => {
  const store = aDisk();
  await save(store, { ...FORM, uid: "u0" }, "old", "Rina", () => 1);
  await save(store, FORM, "new", "Rina", () => 2);
  const mine = await drafts(store, "t3");
  assert.deepEqual(mine.others().map((one) => one.form.uid), ["u1", "u0"]);
  assert.deepEqual(mine.take(mine.others()[0].key), FORM);
  assert.deepEqual(mine.others().map((one) => one.form.uid), ["u0"]);
});

test("a full disk says so and stops nothing", async () => {
  const store = aDisk();
  store.put = async () => { throw new Error("QuotaExceededError"); };
  const made = await save(store, FORM);
  assert.equal(made.save(FORM), false);
  assert.equal(await (await drafts(store)).load(), null);
});

test("a spoiled draft is no draft", async () => {
  const store = aDisk();
  await store.put("drafts", { key: "call.Rina.t1", key_id: "?", sealed: new ArrayBuffer(4) });
  assert.equal(await (await drafts(store)).load(), null);
});

test("a tab keeps its name", () => {
  const session = new FakeStorage();
  assert.equal(nameOfTab(session, () => "one"), "one");
  assert.equal(nameOfTab(session, () => "two"), "one");
});
