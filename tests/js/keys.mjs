// A cipher with a key of its own, as a browser has one.
import { webcrypto } from "node:crypto";
import { createCipher } from "../../static/js/cipher.js";

export async function aCipher() {
  const key = await webcrypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  return createCipher({ current: { id: "one", key }, find: (id) => (id === "one" ? key : undefined) }, webcrypto);
}
