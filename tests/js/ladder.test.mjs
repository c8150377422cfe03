// The truth about an alert in words: sent is not received, a device is not a person.
import assert from "node:assert/strict";
import { test } from "node:test";
import { counted, isCut, isSeen, nextRung, recipientLook, recipientWords } from "../../static/js/ladder.js";

const minute = () => "14.32";
const words = (one) => recipientWords(one, minute);

test("a person has seen it: when, who, by which way", () => {
  const one = { state: "seen", seen_at: "x", seen_by: "TRC-1", seen_via: "radio", call_sign: "TRC-1" };
  assert.equal(words(one), "dilihat 14.32 oleh TRC-1 lewat radio");
  assert.equal(words({ ...one, state: "read_back" }), "dibaca ulang 14.32 oleh TRC-1 lewat radio");
});

test("what nobody has seen is never called seen or received", () => {
  for (const state of ["waiting", "queued", "sent", "keyed", "heard", "failed", "expired", "superseded"]) {
    const one = { state, channel: "radio", deliveries: [] };
    assert.equal(isSeen(one), false);
    assert.match(words(one), /belum|tidak pernah|sebelum/);
    assert.notEqual(recipientLook(one), "good");
  }
});

test("a state belongs to the way that reached it", () => {
  const deliveries = [{ channel: "screen", state: "sent" }, { channel: "radio", state: "queued" }];
  assert.equal(words({ state: "sent", channel: "radio", deliveries }), "terkirim ke layar, belum dilihat · radio: antre");
});

test("a way that failed afterwards is never told as on the air by nothing", () => {
  const deliveries = [{ channel: "screen", state: "sent" }, { channel: "radio", state: "failed" }];
  assert.equal(words({ state: "keyed", channel: null, deliveries }), "terkirim ke layar, belum dilihat · radio: gagal");
  assert.equal(words({ state: "keyed", channel: null, deliveries: [deliveries[1]] }), "belum diterima: gagal lewat radio");
});

test("the counts keep seen, device only and nothing apart", () => {
  const recipients = [{ state: "seen" }, { state: "heard" }, { state: "sent", call_sign: "TRC-4" }, { state: "failed", call_sign: "PSC-1" }];
  assert.deepEqual(counted(recipients), { total: 4, seen: 1, device: 1, missing: ["TRC-4", "PSC-1"] });
});

test("the nearest clock leads to the next rung; who has seen it waits for none", () => {
  const recipients = [
    { state: "seen", next_rung_at: "2026-01-01T00:00:01Z", next_channel: "radio" },
    { state: "sent", next_rung_at: "2026-01-01T00:01:00Z", next_channel: "radio" },
    { state: "sent", next_rung_at: "2026-01-01T00:00:30Z", next_channel: "radio" },
    { state: "sent", next_rung_at: null, next_channel: null },
  ];
  assert.deepEqual(nextRung(recipients), { at: "2026-01-01T00:00:30Z", channel: "radio", count: 2 });
  assert.equal(nextRung([recipients[0]]), null);
  const crowd = { waits: 10_000, next_rung_at: "2026-01-01T00:00:20Z", next_channel: "runner" };
  assert.deepEqual(nextRung(recipients, crowd), { at: "2026-01-01T00:00:20Z", channel: "orang yang diutus", count: 10_002, isRunner: true });
  assert.equal(nextRung([], { waits: 0, next_rung_at: null }), null, "a crowd of which nobody waits has no clock");
});

test("a headline that is how the text begins is not said twice", () => {
  assert.equal(isCut({ headline: "Bawa perahu, dua …", text: "Bawa perahu,\n dua orang di atap." }), true);
  assert.equal(isCut({ headline: "", text: "Bawa perahu." }), true);
  assert.equal(isCut({ headline: "Banjir naik", text: "Bawa perahu." }), false);
});
