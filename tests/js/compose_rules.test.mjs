// A new alert: nothing is lost on the way from the form to the body, and what is missing is said beside its field.
import assert from "node:assert/strict";
import { test } from "node:test";
import { areaWords, audienceOf, bodyOf, broughtAlong, byteLength, countChosen, emptyForm, faultOf, isEmpty, lineOf, needsSecond, partsOf, plainText, toggled, withTodo } from "../../static/js/compose_rules.js";

const blank = emptyForm("u");
const written = { ...blank, text: "Banjir di Sembalun.", unit_ids: [1] };
const SQUARE = { type: "Polygon", coordinates: [[[116, -8], [116.1, -8], [116.1, -8.1], [116, -8]]] };

test("an empty form is empty, and any word, area or recipient makes it a draft", () => {
  assert.ok(isEmpty(blank));
  for (const facts of [{ what: "a" }, { text: "a" }, { area: SQUARE }, { unit_ids: [1] }, { public: true }, { villages: [{ code: "1", name: "A" }] }]) assert.ok(!isEmpty({ ...blank, ...facts }), JSON.stringify(facts));
  assert.ok(isEmpty({ ...blank, order: "evacuate", minutes: 15 }), "what was only chosen from a list is not a draft");
});

test("what is missing is named with its field, in the order of the form", () => {
  assert.equal(faultOf(blank)[0], "text");
  assert.equal(faultOf({ ...blank, text: "x".repeat(501) })[0], "text");
  assert.equal(faultOf({ ...blank, text: "x" })[0], "audience");
  assert.equal(faultOf({ ...blank, text: "x", village_heads: true })[0], "area");
  assert.equal(faultOf({ ...blank, text: "x", village_heads: true, area: SQUARE }), null);
  assert.equal(faultOf(written), null);
});

test("the public and an evacuation need a second person, nothing else does", () => {
  for (const order of ["inform", "stand_by", "go", "evacuate", "stand_down"]) {
    assert.equal(needsSecond({ ...written, order }), order === "evacuate");
    assert.equal(needsSecond({ ...written, order, public: true }), true);
  }
});

test("the body says only what was chosen", () => {
  assert.deepEqual(bodyOf(written), { uid: "u", order: "inform", priority: "P2", text: "Banjir di Sembalun.", expires_in_min: 60, unit_ids: [1] });
  const whole = bodyOf({ ...written, contacts: [{ id: 7, name: "Kades" }], villages: [{ code: "52.03.01.2001", name: "Keruak" }], area: SQUARE, village_heads: true, public: true });
  assert.deepEqual(whole.contact_ids, [7]);
  assert.deepEqual(whole.village_heads, ["52.03.01.2001"]);
  assert.deepEqual([whole.heads_in_area, whole.public, whole.area_words], [true, true, "Keruak"]);
  assert.equal(JSON.stringify(whole).includes("Kades"), false, "names of contacts stay here");
});

test("village heads are asked for only when they are chosen", () => {
  assert.equal("village_heads" in audienceOf({ ...written, villages: [{ code: "1", name: "A" }] }), false);
  assert.equal(countChosen({ ...blank, village_heads: true, public: true, roles: ["leader"] }), 3);
});

test("English words that no longer say the same are not sent", () => {
  const composed = { ...written, composed: "Banjir di Sembalun.", english: { text: "Flood in Sembalun." } };
  assert.deepEqual(bodyOf(composed).english, { text: "Flood in Sembalun." });
  assert.equal(bodyOf({ ...composed, text: "Banjir surut." }).english, undefined);
});

test("words without a template say what, where, since when, what to do, until when, from whom", () => {
  const parts = { what: "Air naik", where: "Sembalun", when: "pukul 03.00", todo: "Pindah ke tempat tinggi!", sender: "BPBD" };
  assert.equal(plainText(parts, "06.00 WITA"), "Air naik di Sembalun sejak pukul 03.00. Pindah ke tempat tinggi! Berlaku sampai 06.00 WITA. Dari BPBD.");
  assert.equal(plainText({ ...parts, where: "", when: "", todo: "", sender: "" }, ""), "Air naik.");
  assert.equal(plainText({ ...parts, what: " " }, "06.00 WITA"), "", "without a what there is nothing to say");
  assert.ok(plainText({ ...parts, todo: "x".repeat(900) }, "06.00").length <= 500);
});

test("an instruction of one's own stands where the template's stood", () => {
  const told = { text: "Banjir di A. Matikan listrik. Dari BPBD.", instruction: "Matikan listrik." };
  assert.equal(withTodo(told, "Naik ke atap"), "Banjir di A. Naik ke atap. Dari BPBD.");
  assert.equal(withTodo(told, "Matikan listrik."), told.text);
  assert.equal(withTodo(told, " "), told.text);
});

test("a village picked twice is out again, and the area is called by its villages", () => {
  const [a, b] = [{ code: "1", name: "A" }, { code: "2", name: "B" }];
  assert.deepEqual(toggled(toggled([a], b), a), [b]);
  assert.equal(areaWords({ villages: [a, b], where: "di mana saja" }), "A dan B");
  assert.equal(areaWords({ villages: [], where: " Selong " }), "Selong");
});

test("the line says order, place and to whom; bytes are bytes, not letters", () => {
  assert.equal(lineOf({ ...written, where: "Selong", order: "evacuate", public: true }), "perintah evakuasi · Selong · 1 satuan dan umum");
  assert.match(lineOf(blank), /tanpa tempat · belum kepada siapa pun/);
  assert.equal(byteLength("é…"), 5);
  assert.deepEqual(partsOf({ ...written, what: "Air", template: "banjir" }, "06.00"), { template: "banjir", what: "Air", until: "06.00" });
});

test("many villages, and villages known only by their code, are called by where they are", () => {
  const many = Array.from({ length: 43 }, (_, n) => ({ code: `52.03.01.20${n + 10}`, name: `Desa ${n}` }));
  assert.equal(areaWords({ villages: many, where: "sekitar Sembalun" }), "sekitar Sembalun");
  assert.equal(areaWords({ villages: many, where: "" }), "43 desa");
  assert.equal(areaWords({ villages: [{ code: "52.03.01.2001", name: "52.03.01.2001" }], where: "Keruak" }), "Keruak");
});

test("what a link brings along is checked: no order, code or field that is not ours", () => {
  const brought = broughtAlong({ what: "Gempa", order: "explode", priority: "P9", villages: ["52.03.01.2001", "<b>", ""], heads: true, uid: "x", text: "y" });
  assert.deepEqual(brought, { what: "Gempa", villages: [{ code: "52.03.01.2001", name: "52.03.01.2001" }], village_heads: true });
  assert.deepEqual(broughtAlong({ order: "evacuate", priority: "P0" }), { order: "evacuate", priority: "P0" });
  assert.deepEqual(broughtAlong({}), {});
});
