// The keys of the net, in words: who follows, who does not, and that nobody could be told.
import assert from "node:assert/strict";
import { test } from "node:test";
import { keysProblem, keysWords } from "../../static/js/radio_keys.js";

const keys = (some) => ({ epoch: 2, is_told: true, cards: 3, newest: 8, behind: 0, unheard: 0, out: 0, problem: null, ...some });

test("who uses the keys, who uses the old ones, who was never heard, who is out", () => {
  assert.equal(keysWords(keys({ behind: 1, unheard: 2, out: 3 })), "Kunci jaringan masa 2 · 8 stasiun sudah memakainya · 1 masih di masa lama · 2 belum pernah terdengar · 3 dicabut");
  assert.equal(keysWords(keys()), "Kunci jaringan masa 2 · 8 stasiun sudah memakainya");
});

test("a net that was told needs no word; one that waits and one that cannot be told have one each", () => {
  assert.equal(keysProblem(keys()), "");
  assert.match(keysProblem(keys({ is_told: false })), /ke masa 2 menunggu diumumkan/);
  assert.match(keysProblem(keys({ is_told: false, problem: "Di kanal ini hanya orang yang bicara." })), /tidak dapat mengumumkannya\. Di kanal ini hanya orang yang bicara\. Regu masih/);
});
