// The keys of the outbox: they open to their person, here and after a log-out, and to nobody else.
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { test } from "node:test";
import { Locked, createCipher } from "../../static/js/cipher.js";
import { openRing } from "../../static/js/outbox_keys.js";
import { pageStore } from "../../static/js/store.js";

const SECRETS = { Rina: "rahasia-rina", Budi: "rahasia-budi" };
const away = async () => { throw new Error("unreachable"); };
const ring = (store, person = "Rina", askSecret = async () => SECRETS[person]) => openRing({ store, person, askSecret, crypto: webcrypto });
const cipherOf = (one) => createCipher(one, webcrypto);

// What the service worker does at a log-out.
async function logOut(store) {
  for (const { key, ...row } of await store.all("keys")) if (key && row.seal && !row.isStuck) await store.put("keys", row);
}

test("without a server a key is made and used at once; with one it is sealed and can no longer be read out", async () => {
  const store = pageStore();
  const one = await ring(store, "Rina", away);
  const box = await cipherOf(one).seal({ text: "banjir" }, "here");
  assert.equal((await store.all("keys"))[0].key.extractable, true);
  const two = await ring(store);
  await two.settle();
  const [row] = await store.all("keys");
  assert.equal(row.key.extractable, false);
  assert.deepEqual(await cipherOf(two).open(box, "here"), { text: "banjir" });
});

test("after a log-out nothing in the browser opens it, and the same person's next log-in does", async () => {
  const store = pageStore();
  const one = await ring(store);
  await one.settle();
  const box = await cipherOf(one).seal("atap", "here");
  await logOut(store);
  assert.equal((await store.all("keys")).some((row) => row.key), false);
  const without = await ring(store, "Rina", away);
  await assert.rejects(cipherOf(without).open(box, "here"), Locked);
  const again = await ring(store);
  await again.settle();
  assert.equal(await cipherOf(again).open(box, "here"), "atap");
});

test("another person's log-in locks the first one's key, and their own secret does not open it", async () => {
  const store = pageStore();
  const rina = await ring(store);
  await rina.settle();
  const box = await cipherOf(rina).seal("atap", "here");
  const budi = await ring(store, "Budi");
  await budi.settle();
  assert.equal((await store.all("keys")).find((row) => row.person === "Rina").key, undefined);
  await assert.rejects(cipherOf(budi).open(box, "here"), Locked);
  for (const row of await store.all("keys")) if (row.person === "Rina") await store.put("keys", { ...row, person: "Budi" });
  const thief = await ring(store, "Budi");
  await thief.settle();
  await assert.rejects(cipherOf(thief).open(box, "here"), Locked);
});

test("a server that lost its secrets makes nothing unreadable: the old key stays, a new one is used", async () => {
  const store = pageStore();
  const before = await ring(store);
  await before.settle();
  const box = await cipherOf(before).seal("lama", "here");
  const after = await ring(store, "Rina", async () => "rahasia baru");
  await after.settle();
  await after.settle();
  await logOut(store);
  const again = await ring(store, "Rina", async () => "rahasia baru");
  await again.settle();
  assert.equal(await cipherOf(again).open(box, "here"), "lama");
  assert.notEqual(again.current.id, before.current.id);
});

test("a value moved to another place, or changed by one bit, does not open", async () => {
  const cipher = cipherOf(await ring(pageStore()));
  const box = await cipher.seal("atap", "here");
  await assert.rejects(cipher.open(box, "there"), Locked);
  new Uint8Array(box.sealed)[0] ^= 1;
  await assert.rejects(cipher.open(box, "here"), Locked);
});

test("the same words sealed twice look different", async () => {
  const cipher = cipherOf(await ring(pageStore()));
  const [a, b] = [await cipher.seal("nol", "x"), await cipher.seal("nol", "x")];
  assert.notDeepEqual(new Uint8Array(a.sealed), new Uint8Array(b.sealed));
});
