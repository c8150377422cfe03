// The call form: what it lacks, what it becomes, and when a point on the map is still meant.
import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyForm, isEmpty, isOverridden, missing, noted, priorityOf, suggested, toCall, withDoubt, withPoint, withText } from "../../static/js/call_form.js";

const TYPES = [{ code: "flood", priority: "P2" }, { code: "fire", priority: "P1" }];
const UID = "6f1c2a4e-0000-4000-8000-000000000001";
const NOW = Date.UTC(2023, 1, 3, 18, 34, 1);
const form = (facts) => ({ ...emptyForm(UID), ...facts });
const POINT = { lon: 116.5273, lat: -8.3812, radius_m: 150, method: "place", area_code: "52.03.14.2004", name: "Sajang", words: "Sajang" };

test("an untouched form is empty, an answered one too", () => {
  assert.ok(isEmpty(emptyForm(UID)));
  assert.ok(isEmpty(form({ answered_at: NOW })));
  assert.ok(!isEmpty(form({ narrative: "x" })));
});

test("class, type and place are asked for, in that order", () => {
  assert.deepEqual(Object.keys(missing(emptyForm(UID), TYPES)), ["class"]);
  assert.deepEqual(Object.keys(missing(form({ class: "normal" }), TYPES)), ["type", "place"]);
  assert.deepEqual(missing(form({ class: "normal", type: "flood", text: "Sajang" }), TYPES), {});
});

test("ghost and prank need nothing more", () => {
  for (const kind of ["ghost", "prank"]) {
    assert.deepEqual(missing(form({ class: kind }), TYPES), {});
    assert.deepEqual(toCall(form({ class: kind }), TYPES, NOW), {
      uid: UID, class: kind, channel: "112", place: { method: "unknown" }, received_at: "2023-02-03T18:34:01.000Z",
    });
  }
});

test("information may have a type and a place, and needs neither", () => {
  assert.deepEqual(missing(form({ class: "info" }), TYPES), {});
  assert.equal(toCall(form({ class: "info", type: "flood", text: "Aikmel" }), TYPES, NOW).place.text, "Aikmel");
});

test("a priority of one's own needs a reason; the usual one does not", () => {
  const raised = form({ class: "normal", type: "flood", text: "Sajang", priority: "P1" });
  assert.ok(isOverridden(raised, TYPES));
  assert.deepEqual(missing(raised, TYPES), { reason: "no reason" });
  assert.deepEqual(missing({ ...raised, reason: "ada orang terjebak" }, TYPES), {});
  assert.ok(!isOverridden({ ...raised, priority: "P2" }, TYPES));
  assert.equal(priorityOf(form({ type: "fire" }), TYPES), "P1");
  assert.equal(toCall(form({ class: "normal", type: "flood", text: "x" }), TYPES, NOW).priority, undefined);
});

test("the whole call", () => {
  const whole = form({
    class: "normal", type: "flood", priority: "P1", reason: " ada orang terjebak ", text: "Sajang, dkt masjid", point: POINT,
    phone: "0812 3456 7890", caller: " Bu Sri ", narrative: "di atas atap\n", link: { incident: 142, number: "LT-0142" }, answered_at: NOW - 47000,
  });
  assert.deepEqual(toCall(whole, TYPES, NOW), {
    uid: UID, class: "normal", channel: "112", type: "flood", priority: "P1", priority_reason: "ada orang terjebak",
    narrative: "di atas atap", caller: { name: "Bu Sri", phone: "0812 3456 7890" },
    place: { lon: 116.5273, lat: -8.3812, radius_m: 150, method: "place", area_code: "52.03.14.2004", text: "Sajang, dkt masjid" },
    received_at: "2023-02-03T18:33:14.000Z", incident: 142, times: { answered_at: "2023-02-03T18:33:14.000Z" },
  });
});

test("coordinates on the equator and the meridian are kept", () => {
  const call = toCall(form({ class: "normal", type: "flood", point: { lon: 0, lat: 0, radius_m: 20, method: "map" } }), TYPES, NOW);
  assert.deepEqual(call.place, { lon: 0, lat: 0, radius_m: 20, method: "map" });
});

test("a telephone number is digits", () => {
  assert.deepEqual(missing(form({ class: "info", phone: "tidak tahu" }), TYPES), { phone: "bad phone" });
  assert.deepEqual(missing(form({ class: "info", phone: "+62 812-345" }), TYPES), {});
});

test("a doubt is a number of metres", () => {
  for (const radius_m of [NaN, 0, -5, 200000]) {
    assert.deepEqual(missing(form({ class: "normal", type: "flood", point: { ...POINT, radius_m } }), TYPES), { radius: "bad radius" });
  }
});

test("more words keep a picked place, other words drop it", () => {
  const picked = withPoint(emptyForm(UID), POINT, "Sajang, ");
  assert.equal(withText(picked, "Sajang, dkt masjid rt 2").point, POINT);
  assert.equal(withText(picked, "sajang dkt").point, POINT);
  assert.equal(withText(picked, "Aikmel").point, null);
  assert.equal(withText(picked, "").point, null);
});

test("a click on the map stays whatever is typed", () => {
  const clicked = withPoint(emptyForm(UID), { lon: 116.5, lat: -8.4, radius_m: 100, method: "map" });
  assert.ok(withText(clicked, "depan pasar").point);
});

test("a point the server asked about is confirmed by saving once more; another point is asked about anew", () => {
  const asked = withDoubt(form({ class: "normal", type: "flood", point: { ...POINT, lon: 2.35, lat: 48.86 } }));
  assert.equal(toCall(asked, TYPES, NOW).confirmed, true);
  assert.ok(!("is_doubted" in toCall(asked, TYPES, NOW).place));
  assert.ok(!("confirmed" in toCall(withPoint(asked, { ...POINT }), TYPES, NOW)));
  assert.ok(!("confirmed" in toCall(form({ class: "normal", type: "flood", point: POINT }), TYPES, NOW)));
  assert.deepEqual(withDoubt(form({ text: "Sajang" })), form({ text: "Sajang" }));
});

const ASKED = [{
  code: "flood", priority: "P2",
  card: { type: "flood", say: [], questions: [{ code: "trapped", text: "?", answers: [{ code: "yes", key: "y", raise: "P1", set: null, because: "terjebak" }, { code: "no", key: "t", raise: null, set: null, because: null }] }] },
}, { code: "fire", priority: "P1", card: null }];
const flood = (facts) => form({ class: "normal", type: "flood", text: "Sajang", ...facts });

test("answers make the priority and are sent in codes; the server judges anew", () => {
  const answered = flood({ answers: { flood: { trapped: "yes" } } });
  assert.deepEqual(suggested(answered, ASKED), { priority: "P1", because: ["terjebak"] });
  assert.equal(priorityOf(answered, ASKED), "P1");
  const call = toCall(answered, ASKED, NOW);
  assert.deepEqual([call.answers, call.suggested, call.priority], [{ trapped: "yes" }, "P1", undefined]);
});

test("a person's own word against the answers needs a reason", () => {
  const own = flood({ answers: { flood: { trapped: "yes" } }, priority: "P2" });
  assert.deepEqual(Object.keys(missing(own, ASKED)), ["reason"]);
  assert.equal(toCall({ ...own, reason: "sudah turun" }, ASKED, NOW).priority, "P2");
});

test("answers stay with their type: another type asks anew, the first one remembers", () => {
  const other = flood({ answers: { flood: { trapped: "yes" } }, type: "fire" });
  assert.equal(toCall(other, ASKED, NOW).answers, undefined);
  assert.equal(priorityOf({ ...other, type: "flood" }, ASKED), "P1");
});

test("a prank carries no answers", () => {
  assert.equal(toCall(flood({ class: "prank", answers: { flood: { trapped: "yes" } } }), ASKED, NOW).answers, undefined);
});

test("classifying and locating are noted when they happen, and once", () => {
  assert.deepEqual(noted(form({}), { class: "normal" }, NOW), { classified_at: NOW });
  assert.deepEqual(noted(form({ class: "normal" }), { class: "normal" }, NOW), {});
  assert.deepEqual(noted(form({}), { point: POINT }, NOW), { located_at: NOW });
  assert.deepEqual(noted(form({ point: POINT }), { point: { ...POINT, radius_m: 900 } }, NOW), {});
  const call = toCall(flood({ point: POINT, rang_at: "2023-02-03T18:33:00Z", answered_at: NOW - 9000, classified_at: NOW - 5000, located_at: NOW - 1000 }), ASKED, NOW);
  assert.deepEqual(call.times, { rang_at: "2023-02-03T18:33:00Z", answered_at: "2023-02-03T18:33:52.000Z", classified_at: "2023-02-03T18:33:56.000Z", located_at: "2023-02-03T18:34:00.000Z" });
  assert.equal(toCall(flood({ located_at: NOW }), ASKED, NOW).times, undefined);
});

test("a paper form sends its own times, marked, and asks for the answer's", () => {
  assert.deepEqual(missing(flood({ paper: { date: "2023-02-03" } }), ASKED), { paper: "no paper time" });
  const call = toCall(flood({ paper: { t1: NOW - 3_600_000, t4: NOW - 3_500_000 }, answered_at: NOW }), ASKED, NOW);
  assert.equal(call.source, "paper");
  assert.equal(call.received_at, "2023-02-03T17:34:01.000Z");
  assert.deepEqual(call.times, { answered_at: "2023-02-03T17:34:01.000Z", written_at: "2023-02-03T17:35:41.000Z" });
});
