// Half-written forms: kept for one person in one tab, and never mixed up.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createDrafts, nameOfTab } from "../../static/js/drafts.js";
import { FakeStorage } from "./fake_storage.mjs";

const FORM = { uid: "u1", class: "normal", narrative: "Ibu dan dua anak di atas atap" };
const drafts = (storage, tab = "t1", person = "Rina", now = () => 1000) => createDrafts({ storage, person, tab, now });

test("a reload finds the form again", () => {
  const storage = new FakeStorage();
  assert.equal(drafts(storage).save(FORM), true);
  assert.deepEqual(drafts(storage).load(), FORM);
});

test("a saved call leaves no draft behind", () => {
  const storage = new FakeStorage();
  drafts(storage).save(FORM);
  drafts(storage).clear();
  assert.equal(drafts(storage).load(), null);
  assert.equal(storage.length, 0);
});

test("another tab and another person have their own", () => {
  const storage = new FakeStorage();
  drafts(storage).save(FORM);
  assert.equal(drafts(storage, "t2").load(), null);
  assert.equal(drafts(storage, "t1", "Budi").load(), null);
  assert.deepEqual(drafts(storage, "t1", "Budi").others(), []);
});

test("a name with a dot reads no other person's drafts", () => {
  const storage = new FakeStorage();
  drafts(storage, "t1", "a.b").save(FORM);
  assert.deepEqual(drafts(storage, "t1", "a").others(), []);
});

test("a draft of a tab that died can be taken over, once", () => {
  const storage = new FakeStorage();
  drafts(storage, "old", "Rina", () => 1).save({ ...FORM, uid: "u0" });
  drafts(storage, "new", "Rina", () => 2).save(FORM);
  const mine = drafts(storage, "t3");
  assert.deepEqual(mine.others().map((one) => one.form.uid), ["u1", "u0"]);
  assert.deepEqual(mine.take(mine.others()[0].key), FORM);
  assert.deepEqual(mine.others().map((one) => one.form.uid), ["u0"]);
});

test("a full storage says so and stops nothing", () => {
  const storage = new FakeStorage();
  storage.full = true;
  assert.equal(drafts(storage).save(FORM), false);
  assert.equal(drafts(storage).load(), null);
});

test("a spoiled draft is no draft", () => {
  const storage = new FakeStorage();
  storage.setItem("posko.draft.call.Rina.t1", "{half");
  assert.equal(drafts(storage).load(), null);
  storage.setItem("posko.draft.call.Rina.t1", JSON.stringify({ version: 99, form: FORM }));
  assert.equal(drafts(storage).load(), null);
});

test("a tab keeps its name", () => {
  const session = new FakeStorage();
  assert.equal(nameOfTab(session, () => "one"), "one");
  assert.equal(nameOfTab(session, () => "two"), "one");
});
