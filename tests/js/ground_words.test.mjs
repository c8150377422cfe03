// What an import is said to be: how far, what came of it, and what would help one that was refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isUnderWay, megabytes, outcomeLines, outcomeParts, percentOf, progressWords, sourceWords, waysOf } from "../../static/js/ground_words.js";

const TOLD = { areas: 1176, new: 1170, replaced: 6, levels: { 3: 20, 4: 1156 }, mended: ["Jerowaru (52.03.20)"], thinned: [], joined: [], unknown: [], refused: [], crs: "EPSG:32750", outline: null };

test("an import that is under way says how far it is, as far as anyone knows", () => {
  assert.equal(progressWords({ state: "waiting" }), "menunggu giliran");
  assert.equal(progressWords({ state: "running", what: "boundaries", done: 0, of: 0 }), "membaca berkas…");
  assert.equal(progressWords({ state: "running", what: "boundaries", done: 412, of: 1176 }), "412 dari 1.176 wilayah diperiksa");
  assert.equal(progressWords({ state: "running", what: "boundaries", done: 1176, of: 1176 }), "menyimpan 1.176 wilayah…");
  assert.equal(progressWords({ state: "running", what: "landmarks", done: 100, of: 300 }), "100 dari 300 baris");
  assert.deepEqual([percentOf({ done: 1, of: 3 }), percentOf({ done: 0, of: 0 }), percentOf({})], [33, null, null]);
  assert.deepEqual(["waiting", "running", "done", "refused", "lost"].map((state) => isUnderWay({ state })), [true, true, false, false, false]);
});

test("boundaries that came in are told by level, with what was mended", () => {
  const lines = outcomeLines({ state: "done", what: "boundaries", told: TOLD });
  assert.equal(lines[0], "1.176 wilayah masuk (20 kecamatan, 1.156 desa/kelurahan): 1.170 baru, 6 diganti.");
  assert.deepEqual(lines.slice(1), ["Koordinat diubah dari EPSG:32750 ke WGS 84.", "Batas peta tidak berubah."]);
  assert.deepEqual(outcomeParts({ told: TOLD }), [{ title: "1 poligon diperbaiki karena memotong dirinya sendiri", names: ["Jerowaru (52.03.20)"] }]);
});

test("a list says what was new, what was left alone and what was left out", () => {
  const told = { added: 2, changed: 1, same: 0, gone: 1, left_out: 3, refused: [{ area: "baris 4", why: "jenisnya kosong" }] };
  assert.deepEqual(outcomeLines({ state: "done", what: "facilities", told }), ["2 baru, 1 diubah, 0 tetap.", "1 sudah ditutup di sini dan dibiarkan.", "3 baris dilewati."]);
  assert.deepEqual(outcomeParts({ told }), [{ title: "3 tidak dapat dipakai", names: ["baris 4: jenisnya kosong", "dan 2 lagi"] }]);
});

test("one that was refused says why in the server's words, and each way out has a button", () => {
  assert.deepEqual(outcomeLines({ state: "refused", sentence: "Zip terpotong." }), ["Zip terpotong."]);
  const wishes = (way, more = {}) => waysOf({ state: "refused", way, can_repeat: true, ...more }).map(({ wish }) => wish);
  assert.deepEqual([wishes("swap"), wishes("skip"), wishes("confirmed")], [[{ swap: true }], [{ skip: true }], [{ confirmed: true }]]);
  assert.deepEqual(wishes("layer", { choices: ["desa", "lama"] }), [{ layer: "desa" }, { layer: "lama" }]);
  assert.deepEqual([wishes(""), wishes("skip", { can_repeat: false })], [[], []]);
});

test("one whose process died can be taken again while its file is there", () => {
  assert.match(outcomeLines({ state: "lost", can_repeat: true })[0], /^Prosesnya berhenti.*Masukkan sekali lagi/);
  assert.match(outcomeLines({ state: "lost", can_repeat: false })[0], /Unggah sekali lagi/);
  assert.deepEqual(waysOf({ state: "lost", can_repeat: true }).map(({ wish }) => wish), [{}]);
});

test("sources are named, the rest counted; sizes have a decimal comma", () => {
  assert.equal(sourceWords([{ name: "desa.geojson" }, { name: "" }], 3), "desa.geojson, tanpa nama dan 3 berkas lain");
  assert.equal(sourceWords(), "");
  assert.equal(megabytes(38_200_000), "38,2 MB");
});
