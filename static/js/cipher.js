// Seals what is kept in the browser (AES-GCM, 256 bits, a fresh nonce each time); where the browser cannot, it says so by `isSealed`.
const words = new TextEncoder();
const read = new TextDecoder();
const NONCE_BYTES = 12; // NIST SP 800-38D, section 5.2.1.1

/** What cannot be opened here and now: sealed with a key that is locked or lost. */
export class Locked extends Error {}

/** `ring` is {current, find(id)}: the key in use, and every key that is open. `about` binds a sealed value to its place. */
export function createCipher(ring, crypto = globalThis.crypto) {
  const seal = async (bytes, about) => {
    const { id, key } = ring.current;
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: words.encode(about) }, key, bytes);
    return { key_id: id, nonce, sealed };
  };
  const open = async ({ key_id: id, nonce, sealed }, about) => {
    const key = ring.find(id);
    if (!key) throw new Locked(id);
    return crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce, additionalData: words.encode(about) }, key, sealed).catch(() => { throw new Locked(id); });
  };
  return {
    isSealed: true,
    seal: (value, about) => seal(words.encode(JSON.stringify(value)), about),
    open: async (box, about) => JSON.parse(read.decode(await open(box, about))),
    sealBytes: seal,
    openBytes: open,
  };
}

/** No subtle crypto on this address (plain http of another machine): kept as it is, and said on the screen. */
export const plainCipher = {
  isSealed: false,
  seal: async (value) => ({ plain: value }),
  open: async (box) => {
    if (!("plain" in box)) throw new Locked(box.key_id);
    return box.plain;
  },
  sealBytes: async (bytes) => ({ plain: bytes }),
  openBytes: async (box) => box.plain,
};
