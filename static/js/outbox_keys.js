// The keys of what is kept in this browser. Each is bound to a person; a copy sealed with that person's secret, which only the
// server knows, stays here when they log out and the key itself is taken away (service_worker.js). docs/decisions/0012 says why.
const AES = { name: "AES-GCM", length: 256 };
const USES = ["encrypt", "decrypt"];
const bytesOf = (text) => new TextEncoder().encode(text);

/** A ring of the person's open keys: {current, find, settle}. `askSecret` gives the secret, or throws when the server is away. */
export async function openRing({ store, person, askSecret, crypto = globalThis.crypto, newId = () => newUid(crypto) }) {
  const ring = { store, person, askSecret, subtle: crypto.subtle, crypto, newId, open: new Map(), current: null };
  const rows = await mine(ring);
  for (const row of rows) if (row.key) take(ring, row);
  if (!ring.current && rows.some((row) => row.seal)) await settle(ring).catch(() => null);
  if (!ring.current) await makeKey(ring);
  return { get current() { return ring.current; }, find: (id) => ring.open.get(id), settle: () => settle(ring) };
}

const newUid = (crypto) => [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const mine = async ({ store, person }) => (await store.all("keys")).filter((row) => row.person === person);

function take(ring, row) {
  ring.open.set(row.id, row.key);
  if (!row.isStuck) ring.current = { id: row.id, key: row.key };
}

// Until it has its sealed copy a key must be able to leave: sealing is done as soon as the server answers.
async function makeKey(ring) {
  const row = { id: ring.newId(), person: ring.person, key: await ring.subtle.generateKey(AES, true, USES) };
  await ring.store.put("keys", row);
  take(ring, row);
}

/** With the server's help: open what was locked, seal what is new, lock the keys of others. Answers whether a key was opened. */
async function settle(ring) {
  const lid = await lidOf(ring, await ring.askSecret());
  let hasOpened = false;
  for (const row of await mine(ring)) {
    if (!row.key && row.seal) hasOpened = (await unlock(ring, row, lid)) || hasOpened;
    else if (row.key && !row.seal) await sealUp(ring, row, lid);
    else if (row.key && row.seal.mark !== lid.mark) await setAside(ring, row);
  }
  if (!ring.current) await makeKey(ring);
  await lockOthers(ring);
  return hasOpened;
}

// The secret makes two things: the key that seals, and a mark that tells later whether it is still the same secret.
async function lidOf({ subtle }, secret) {
  const root = await subtle.importKey("raw", bytesOf(secret), "HKDF", false, ["deriveKey", "deriveBits"]);
  const way = (info) => ({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info: bytesOf(info) });
  const key = await subtle.deriveKey(way("posko outbox lid"), root, AES, false, ["wrapKey", "unwrapKey"]);
  const mark = new Uint8Array(await subtle.deriveBits(way("posko outbox mark"), root, 64)).join(".");
  return { key, mark };
}

async function sealUp(ring, row, lid) {
  const nonce = ring.crypto.getRandomValues(new Uint8Array(12));
  const bytes = await ring.subtle.wrapKey("raw", row.key, lid.key, { name: "AES-GCM", iv: nonce });
  await reopen(ring, { ...row, seal: { nonce, bytes, mark: lid.mark } }, lid);
}

async function unlock(ring, row, lid) {
  return reopen(ring, row, lid).then(() => true, () => false);
}

// From here on the key can be used and not read out.
async function reopen(ring, row, lid) {
  const { nonce, bytes } = row.seal;
  const key = await ring.subtle.unwrapKey("raw", bytes, lid.key, { name: "AES-GCM", iv: nonce }, AES, false, USES);
  await ring.store.put("keys", { ...row, key });
  take(ring, { ...row, key });
}

// The server has another secret now (a new machine): this key's copy opens nothing any more, so the key itself must stay.
async function setAside(ring, row) {
  if (row.isStuck) return;
  await ring.store.put("keys", { ...row, isStuck: true });
  if (ring.current?.id === row.id) await makeKey(ring);
}

async function lockOthers({ store, person }) {
  for (const { key, ...row } of await store.all("keys")) {
    if (row.person !== person && key && row.seal && !row.isStuck) await store.put("keys", row);
  }
}
