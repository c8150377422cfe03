// The chronology says every kind in a sentence, and a unit's steps keep their times.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { sentence } from "../../static/js/sentences.js";
import { nextVerbs, stepsOf } from "../../static/js/steps.js";

const entry = (kind, body = {}) => ({ seq: 1, at: "2026-01-01T00:00:00Z", kind, by: "Rina", body });

test("a status is said as the unit said it", () => {
  assert.deepEqual(sentence(entry("assignment.changed", { unit: "TRC-1", state: "en_route" })), { text: "TRC-1 berangkat", soft: "" });
  assert.equal(sentence(entry("alert.seen", { unit: "TRC-1", seen_by: "TRC-1", via: "radio" })).text, "Siaran dilihat TRC-1 lewat radio");
  assert.equal(sentence(entry("call.linked", { cards: { incidents: [{ calls: 7 }] } })).text, "Laporan ke-7 dihubungkan");
});

test("what was drawn on the map is named by its kind, with its words and what was mended", () => {
  const zones = [{ kind: "isolated", words: "Dusun Lekok", struck_why: "Jembatan darurat jadi" }];
  const drawn = sentence(entry("zone.drawn", { zone_kind: "isolated", mended: "Garis tepinya bersilang.", cards: { zones } }));
  assert.deepEqual(drawn, { text: "Digambar di peta: terisolir", soft: "“Dusun Lekok” · Garis tepinya bersilang." });
  assert.equal(sentence(entry("zone.struck", { cards: { zones } })).soft, "“Jembatan darurat jadi”");
  assert.equal(sentence(entry("zone.expired", { zone_kind: "post" })).text, "Habis waktunya di peta: posko lapangan");
  assert.equal(sentence(entry("facility.imported", { added: 3, changed: 0, source: "dinkes.csv" })).text, "Fasilitas dari berkas: 3 baru, 0 diubah");
});

test("a correction says what was and what is, and nothing of what stayed", () => {
  const body = { was: { priority: "P2", place: "Pringgabaya" }, text: "Salah dengar", cards: { incidents: [{ priority: "P1", place: "Pringgabaya" }] } };
  assert.deepEqual(sentence(entry("incident.corrected", body)), { text: "Prioritas P2 → P1", soft: "“Salah dengar”" });
  assert.equal(sentence(entry("incident.corrected", {})).text, "Jenis, prioritas atau tempat diperbaiki");
});

test("an unknown kind says its name rather than nothing", () => {
  assert.equal(sentence(entry("volcano.woke")).text, "volcano.woke");
});

test("every kind about an incident that the rooms declare has its sentence", () => {
  const kinds = ["incident/journal.py", "incident/casework/kinds.py", "alerts/actions.py", "incident/desk/arrivals.py", "incident/desk/holds.py", "incident/desk/statuses.py", "incident/duty/entries.py"].flatMap(declared);
  const about = kinds.filter((kind) => /^(call|incident|task|assignment|alert|delivery|zone|facility|landmark|ring|hold|status|alarm|welfare)\./.test(kind));
  assert.ok(about.length > 15);
  assert.deepEqual(about.filter((kind) => sentence(entry(kind)).text === kind), []);
});

const declared = (path) =>
  [...readFileSync(new URL(`../../${path}`, import.meta.url), "utf8").matchAll(/^\s+"([a-z_]+\.[a-z_]+)": "/gm)].map(([, kind]) => kind);

test("five steps: done, skipped, now, to come", () => {
  const looks = (assignment) => stepsOf(assignment).map((step) => step.look);
  assert.deepEqual(looks({ state: "en_route", assigned_at: "a", acknowledged_at: "b", en_route_at: "c" }), ["done", "done", "now", "todo", "todo"]);
  assert.deepEqual(looks({ state: "on_scene", assigned_at: "a", on_scene_at: "c" }), ["done", "skipped", "skipped", "now", "todo"]);
  assert.deepEqual(looks({ state: "obstructed", assigned_at: "a", acknowledged_at: "b" }), ["done", "now", "todo", "todo", "todo"]);
});

test("the usual next verb stands first, only if the table allows it", () => {
  assert.deepEqual(nextVerbs("assigned", ["acknowledge", "depart", "cancel"]), { usual: "acknowledge", others: ["depart", "cancel"] });
  assert.deepEqual(nextVerbs("cleared", []), { usual: null, others: [] });
});
