// The reducer: an old picture plus the new entries is the fresh picture.
import assert from "node:assert/strict";
import { test } from "node:test";
import { apply, applyAll, fromSnapshot } from "../../static/js/picture.js";

const snapshot = (more = {}) => ({ seq: 10, at: "2026-01-01T00:00:00Z", site: { name: "X" }, incidents: [], units: [], assignments: [], alerts: [], recipients: [], lamps: [], ...more });
const entry = (seq, cards = {}) => ({ seq, at: `2026-01-01T00:00:${String(seq).padStart(2, "0")}Z`, kind: "x.changed", incident_id: null, by: "t", body: { cards } });

test("a card is put in, changed and taken out", () => {
  const entries = [entry(11, { incidents: [{ id: 1, state: "new" }] }), entry(12, { incidents: [{ id: 1, state: "verified" }] })];
  assert.deepEqual(applyAll(snapshot(), entries).incidents, [{ id: 1, state: "verified" }]);
  assert.deepEqual(applyAll(snapshot(), [...entries, entry(13, { incidents: [{ id: 1, gone: true }] })]).incidents, []);
});

test("the picture before stays as it was", () => {
  const before = fromSnapshot(snapshot({ units: [{ id: 1, state: "standby" }] }));
  const { picture } = apply(before, [entry(11, { units: [{ id: 1, state: "en_route" }] })]);
  assert.equal(before.units.get(1).state, "standby");
  assert.equal(picture.units.get(1).state, "en_route");
  assert.equal(before.seq, 10);
});

test("what is known already is ignored, also when it comes again in a batch", () => {
  const { picture, applied } = apply(fromSnapshot(snapshot()), [entry(9, { lamps: [{ id: "radio" }] }), entry(11), entry(11)]);
  assert.equal(picture.lamps.size, 0);
  assert.deepEqual(applied.map((one) => one.seq), [11]);
});

test("a gap is told and nothing after it counts", () => {
  const { picture, gap, applied } = apply(fromSnapshot(snapshot()), [entry(11), entry(13, { units: [{ id: 5 }] })]);
  assert.equal(gap, 11);
  assert.equal(picture.seq, 11);
  assert.equal(picture.units.size, 0);
  assert.equal(applied.length, 1);
  assert.throws(() => applyAll(snapshot(), [entry(12)]), /missing after 10/);
});

test("entries in any order within a batch are applied by their number", () => {
  const { picture } = apply(fromSnapshot(snapshot()), [entry(12, { units: [{ id: 1, state: "b" }] }), entry(11, { units: [{ id: 1, state: "a" }] })]);
  assert.equal(picture.units.get(1).state, "b");
});

test("an alert that goes takes its recipients along; an incident leaves its assignments alone", () => {
  const start = snapshot({ alerts: [{ id: 1 }, { id: 2 }], recipients: [{ id: 7, alert_id: 1 }, { id: 8, alert_id: 2 }], incidents: [{ id: 3 }], assignments: [{ id: 4, incident_id: 3 }] });
  const after = applyAll(start, [entry(11, { alerts: [{ id: 1, gone: true }], incidents: [{ id: 3, gone: true }] })]);
  assert.deepEqual(after.recipients.map((one) => one.id), [8]);
  assert.deepEqual(after.assignments.map((one) => one.id), [4]);
});

test("a hidden entry only moves the number on", () => {
  const { picture, gap } = apply(fromSnapshot(snapshot()), [{ seq: 11, at: null, kind: "entry.hidden", body: {} }]);
  assert.equal(gap, null);
  assert.equal(picture.seq, 11);
});

test("the changed ids name what was touched", () => {
  const { changed } = apply(fromSnapshot(snapshot({ units: [{ id: 2 }] })), [entry(11, { units: [{ id: 2 }], lamps: [{ id: "sms" }] })]);
  assert.deepEqual([...changed.units], [2]);
  assert.deepEqual([...changed.lamps], ["sms"]);
  assert.equal(changed.incidents.size, 0);
});

test("random histories, cut anywhere, end at the same picture", () => {
  const entries = history(60);
  const whole = applyAll(snapshot(), entries);
  for (let cut = 0; cut <= entries.length; cut += 7) {
    const halfway = applyAll(snapshot(), entries.slice(0, cut));
    assert.deepEqual(applyAll(halfway, entries), whole);
  }
});

function history(length) {
  let seed = 42;
  const draw = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
  const card = () => ({ id: draw(6), value: draw(100), ...(draw(4) === 0 ? { gone: true } : {}) });
  return Array.from({ length }, (_, place) => entry(11 + place, { incidents: [card()], alerts: [card()], recipients: [{ ...card(), alert_id: draw(6) }] }));
}
