// What comes from outside: order, words, and the way of a proposal into an alert.
import assert from "node:assert/strict";
import { test } from "node:test";
import { VOLCANOES, asksOf, creditOf, decidedWords, factsOf, inTurn, newestFirst, openCount, partsOf, shortWords, whatOf } from "../../static/js/outside_words.js";
import { bringProposal } from "../../static/js/proposal_words.js";

const quake = (more = {}) => ({ id: 1, kind: "quake", magnitude: 6.8, depth_km: 12.4, felt: null, title: "Gempa M6,8, Lombok", place: "3 km barat Sembalun", at: "2026-11-22T03:00:00Z", sources: [{ attribution: "BMKG (Badan Meteorologi)" }], ...more });
const proposal = (more = {}) => ({ id: 1, state: "open", made_at: "2026-11-22T03:00:00Z", decided_by: null, decided_at: null, title: "M6,8, 3 km barat Sembalun: siarkan ke 4 kepala desa?", ...more });

test("the newest stands first, and of two at once the later one", () => {
  const told = [quake(), quake({ id: 2, at: "2026-11-22T04:00:00Z" }), quake({ id: 3 })];
  assert.deepEqual(newestFirst(told).map(({ id }) => id), [2, 3, 1]);
});

test("what waits for a decision stands before what was decided", () => {
  const asked = [proposal({ id: 1, state: "declined", made_at: "2026-11-22T05:00:00Z" }), proposal({ id: 2 }), proposal({ id: 3, state: "accepted" })];
  assert.deepEqual(inTurn(asked).map(({ id }) => id), [2, 1, 3]);
  assert.equal(openCount(asked), 1);
});

test("a quake is called by its magnitude, anything else by its source's words", () => {
  assert.equal(whatOf(quake()), "Gempa M6,8");
  assert.equal(whatOf(quake({ magnitude: 7 })), "Gempa M7,0");
  assert.equal(whatOf(quake({ magnitude: null })), "Gempa M6,8, Lombok");
  assert.equal(whatOf({ kind: "weather", magnitude: null, title: "Hujan lebat" }), "Hujan lebat");
});

test("only what is known is said", () => {
  assert.equal(factsOf(quake()), "kedalaman 12 km");
  assert.equal(factsOf(quake({ depth_km: null, felt: "VI Sembalun" })), "dirasakan VI Sembalun");
  assert.equal(factsOf(quake({ depth_km: null })), "");
  assert.equal(factsOf(quake({ depth_km: 0 })), "kedalaman 0 km");
});

test("each source is named once", () => {
  const sources = ["BMKG (Badan Meteorologi)", "BMKG (Badan Meteorologi)", "U.S. Geological Survey"].map((attribution) => ({ attribution }));
  assert.equal(creditOf({ sources }), "BMKG dan U.S. Geological Survey");
});

test("the closed part says the newest and how many more", () => {
  assert.equal(shortWords([]), "");
  assert.equal(shortWords([quake()]), "Gempa M6,8, 3 km barat Sembalun");
  assert.equal(shortWords([quake(), quake({ id: 2, at: "2026-11-22T02:00:00Z", place: "" })]), "Gempa M6,8, 3 km barat Sembalun, dan 1 lain");
});

test("a title is parted where it begins to ask, also when a colon stands before", () => {
  assert.deepEqual(partsOf(proposal()), ["M6,8, 3 km barat Sembalun", "siarkan ke 4 kepala desa?"]);
  assert.deepEqual(partsOf({ title: "Gunung Rinjani: Siaga: siarkan?" }), ["Gunung Rinjani: Siaga", "siarkan?"]);
  assert.deepEqual(partsOf({ title: "tanpa tanya" }), ["tanpa tanya", ""]);
});

test("what is asked is said with its number, and an unknown question is left out", () => {
  assert.equal(asksOf({ asks: ["status", "alert"], villages: 4 }), "nyatakan status darurat? siarkan ke 4 kepala desa?");
  assert.equal(asksOf({ asks: ["dance"], villages: 4 }), "");
});

test("who decided is said, and nothing while nobody did", () => {
  assert.equal(decidedWords(proposal()), "");
  assert.match(decidedWords(proposal({ state: "accepted", decided_by: "komang", decided_at: "2026-11-22T03:05:00Z" })), /^Diterima komang, .*2026/);
});

test("every volcano stands in Indonesia", () => {
  for (const [lon, lat] of Object.values(VOLCANOES)) assert.ok(lon > 95 && lon < 141 && lat > -11 && lat < 6);
});

test("a proposal brings its words into an alert; what the address says itself stands", async () => {
  const asked = new URLSearchParams("proposal=7&what=Sudah");
  const draft = { what: "Gempa", where: "sekitar Sembalun", when: "", todo: "Periksa", template: "gempa", order: "inform", villages: ["52.03.01.2001", "52.03.02.2004"], heads: true };
  await bringProposal(asked, async (path) => (assert.equal(path, "/proposals/7"), { draft }));
  assert.equal(asked.get("what"), "Sudah");
  assert.equal(asked.get("villages"), "52.03.01.2001,52.03.02.2004");
  assert.equal(asked.get("heads"), "1");
  assert.equal(asked.has("when"), false);
});

test("no proposal, one that is none or one that cannot be read brings nothing", async () => {
  for (const address of ["", "proposal=x", "proposal=-1"]) {
    const asked = new URLSearchParams(address);
    await bringProposal(asked, () => assert.fail("nothing is asked"));
    assert.equal(asked.has("what"), false);
  }
  const asked = new URLSearchParams("proposal=7");
  await bringProposal(asked, () => Promise.reject(new Error("403")));
  assert.equal(asked.has("what"), false);
});
