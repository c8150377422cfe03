// What this browser keeps for one person: a store and the cipher before it, opened once for the page.
import { post } from "./api.js";
import { createCipher, plainCipher } from "./cipher.js";
import { safeName } from "./drafts.js";
import { openRing } from "./outbox_keys.js";
import { openStore, pageStore } from "./store.js";
import { keysOf } from "./tabs.js";

const SECRET_PATIENCE_MS = 3000;

const OPEN_DRAFTS = "posko.draft.";

const askSecret = async () => (await post("/me/outbox-secret", {}, { waits: [], patience: SECRET_PATIENCE_MS })).secret;

/** {store, cipher, settle}: `settle` is called when the server answers, and says whether something was unlocked by it. */
export const openKept = (person) => open(person).catch(() => ({ store: pageStore(), cipher: plainCipher, settle: async () => false })); // a broken shelf must not stop a call

async function open(person) {
  const store = await openStore();
  if (!globalThis.crypto?.subtle) return { store, cipher: plainCipher, settle: async () => false };
  const ring = await openRing({ store, person, askSecret });
  await adoptDrafts({ store, cipher: createCipher(ring), person }).catch(() => null);
  if (store.isLasting) navigator.storage?.persist?.().catch(() => null); // asked not to throw unsent calls away when the disk is full
  return { store, cipher: createCipher(ring), settle: ring.settle };
}

// Drafts once lay open in localStorage: what is left there of this person moves.
async function adoptDrafts({ store, cipher, person }) {
  for (const name of keysOf(localStorage, OPEN_DRAFTS)) {
    const key = name.slice(OPEN_DRAFTS.length);
    if (key.split(".")[1] !== safeName(person)) continue;
    await store.put("drafts", { key, ...(await cipher.seal(JSON.parse(localStorage.getItem(name)), key)) });
    localStorage.removeItem(name);
  }
}
