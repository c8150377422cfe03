// The reducer: an old picture plus the new entries is the fresh picture.
import assert from "node:assert/strict";
import { test } from "node:test";
import { apply, applyAll, extend, fromSnapshot, restOf, toSnapshot } from "../../static/js/picture.js";

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

// ---- a queue longer than the screen

const long = (more = {}) => fromSnapshot(snapshot({ incidents: [{ id: 1 }, { id: 2 }], queue: { open: 5, until: "here" }, ...more }));
const kind = (seq, name, card) => ({ ...entry(seq, { incidents: [card] }), kind: name });

test("how many are open is told also of those that are not here", () => {
  assert.equal(restOf(long()), 3);
  const { picture } = apply(long(), [kind(11, "incident.opened", { id: 9 }), kind(12, "incident.closed", { id: 4, gone: true }), kind(13, "incident.noted", { id: 3 })]);
  assert.deepEqual([picture.queue.open, restOf(picture), [...picture.incidents.keys()]], [5, 1, [1, 2, 9, 3]]);
  assert.equal(apply(picture, [kind(14, "incident.reopened", { id: 4 })]).picture.queue.open, 6);
});

test("an entry that may open or close says so itself, and only the one that brings the cards counts", () => {
  const back = { kind: "incident.restored", body: { opens: 1, cards: { incidents: [{ id: 7 }, { id: 2 }] } } };
  const { picture } = apply(long(), [{ ...entry(11), ...back }, { ...entry(12), kind: "incident.restored", body: { opens: 1 } }, kind(13, "incident.gathered", { id: 7, gone: true })]);
  assert.deepEqual([picture.queue.open, picture.incidents.size], [5, 2]);
});

test("where all are here they are counted, whatever the kinds say", () => {
  const { picture } = apply(fromSnapshot(snapshot({ incidents: [{ id: 1 }] })), [kind(11, "incident.merged", { id: 1, gone: true })]);
  assert.deepEqual(picture.queue, { open: 0, until: null });
});

test("a page brings what is not here, and nothing older than what is", () => {
  const before = apply(long(), [kind(11, "incident.corrected", { id: 3, priority: "P1" }), kind(12, "incident.closed", { id: 4, gone: true })]).picture;
  const { picture, changed } = extend(before, { seq: 10, after: "here", until: "there", incidents: [{ id: 3, priority: "P4" }, { id: 4 }, { id: 5 }] });
  assert.deepEqual([...picture.incidents.keys()], [1, 2, 3, 5]);
  assert.deepEqual([picture.incidents.get(3).priority, [...changed.incidents], picture.queue], ["P1", [5], { open: 4, until: "there" }]);
  assert.equal(before.incidents.size, 3, "the picture before stays as it was");
});

test("a page that goes on from elsewhere brings its cards and not its end", () => {
  const { picture } = extend(long(), { seq: 10, after: "elsewhere", until: null, incidents: [{ id: 5 }] });
  assert.deepEqual([picture.queue.until, picture.incidents.size], ["here", 3]);
});

test("a page that is ahead waits", () => {
  assert.equal(extend(long(), { seq: 11, after: "here", until: null, incidents: [] }), null);
});

test("what left is remembered through a snapshot and back", () => {
  const gone = apply(long(), [kind(11, "incident.closed", { id: 4, gone: true })]).picture;
  const again = fromSnapshot(JSON.parse(JSON.stringify(toSnapshot(gone))));
  assert.equal(extend(again, { seq: 10, incidents: [{ id: 4 }] }).picture.incidents.size, 2);
});
