// What the call form holds, what is still missing, and the call it becomes. Pure.
// `types` are those of the page, each with its `priority` and, where it has one, its question `card`.
import { judge, keptAnswers } from "./question_card.js";

export const NEEDS_MORE = "normal"; // the one class that opens an incident

export const emptyForm = (uid) => ({
  uid, class: null, type: null, priority: null, reason: "", text: "", point: null,
  phone: "", caller: "", narrative: "", link: null, answered_at: null, ring: null, rang_at: null,
  classified_at: null, located_at: null, answers: {}, paper: null,
});

// `answers`: type -> question -> answer, so that a type chosen by mistake costs no answer. `paper`: t0..t4 -> ms, or null.
const CONTENT = ["class", "type", "priority", "reason", "text", "point", "phone", "caller", "narrative", "link", "ring", "paper"];

/** Nothing written yet: such a form is no draft. */
export const isEmpty = (form) => CONTENT.every((name) => !form[name]);

export const isReal = (form) => form.class === NEEDS_MORE;

/** Ghost and prank need one key and nothing else. */
export const isBare = (form) => form.class === "ghost" || form.class === "prank";

export const usualPriority = (form, types) => types.find((type) => type.code === form.type)?.priority ?? null;

export const cardOf = (form, types) => types.find((type) => type.code === form.type)?.card ?? null;

/** The answers given to the card of this type. */
export const answersOf = (form, types) => keptAnswers(cardOf(form, types), form.answers?.[form.type]);

/** What type and answers say together: {priority, because}. */
export function suggested(form, types) {
  const usual = usualPriority(form, types);
  return judge(cardOf(form, types), answersOf(form, types), usual);
}

export const priorityOf = (form, types) => form.priority ?? suggested(form, types).priority;

/** Whether the call taker's word differs from what type and answers say; then it needs a reason. */
export const isOverridden = (form, types) => form.priority !== null && form.priority !== suggested(form, types).priority;

export const hasPlace = (form) => Boolean(form.point) || form.text.trim().length > 0;

/** field -> a code of what is missing or wrong, in the order of the form; empty when the call can be saved. */
export function missing(form, types) {
  return Object.fromEntries(CHECKS.filter(([, , isWrong]) => isWrong(form, types)).map(([field, code]) => [field, code]));
}

const PHONE = /^[0-9+*# ()-]{3,30}$/; // as the server takes it
const isOnPaper = (form) => Boolean(form.paper);
const isRadius = (metres) => Number.isFinite(metres) && metres > 0 && metres <= 100000;

const CHECKS = [
  ["class", "no class", (form) => !form.class],
  ["type", "no type", (form) => isReal(form) && !form.type],
  ["place", "no place", (form) => isReal(form) && !hasPlace(form)],
  ["radius", "bad radius", (form) => !isBare(form) && form.point && !isRadius(form.point.radius_m)],
  ["reason", "no reason", (form, types) => isReal(form) && isOverridden(form, types) && !form.reason.trim()],
  ["paper", "no paper time", (form) => isOnPaper(form) && !form.paper.t1],
  ["phone", "bad phone", (form) => form.phone.trim() && !PHONE.test(form.phone.trim())],
];

/** The body of POST /calls: only what was said. */
export function toCall(form, types, now_ms) {
  return kept({
    uid: form.uid,
    class: form.class,
    channel: "112",
    type: isBare(form) ? null : form.type,
    ...(isReal(form) && isOverridden(form, types) ? { priority: form.priority, priority_reason: form.reason.trim() } : {}),
    narrative: form.narrative.trim(),
    caller: kept({ name: form.caller.trim(), phone: form.phone.trim() }),
    place: placeOf(form),
    received_at: iso(form.paper?.t1 ?? form.answered_at ?? now_ms),
    times: timesOf(form),
    source: isOnPaper(form) ? "paper" : null,
    answers: isReal(form) ? answersOf(form, types) : {},
    suggested: isReal(form) && Object.keys(answersOf(form, types)).length ? suggested(form, types).priority : null,
    incident: isReal(form) ? form.link?.incident : null,
    ring: form.ring,
    confirmed: !isBare(form) && form.point?.is_doubted ? true : null,
  });
}

const TIMES = { t0: "rang_at", t1: "answered_at", t2: "classified_at", t3: "located_at", t4: "written_at" };

const iso = (ms) => (Number.isFinite(ms) ? new Date(ms).toISOString() : null);

/** t0 to t3 as they were noted, or all five as they stand on the paper. */
function timesOf(form) {
  if (isOnPaper(form)) return kept(Object.fromEntries(Object.entries(TIMES).map(([which, name]) => [name, iso(form.paper[which])])));
  const { answered_at, classified_at, located_at } = form;
  return kept({ rang_at: form.rang_at, answered_at: iso(answered_at), classified_at: iso(classified_at), located_at: form.point ? iso(located_at) : null });
}

/** Which times a change of the form notes: t2 when a class is chosen, t3 when a place is found. */
export function noted(before, facts, now_ms) {
  const isClassed = facts.class && facts.class !== before.class;
  const isLocated = facts.point && (facts.point.lon !== before.point?.lon || facts.point.lat !== before.point?.lat);
  return { ...(isClassed ? { classified_at: now_ms } : {}), ...(isLocated ? { located_at: now_ms } : {}) };
}

function placeOf(form) {
  const text = form.text.trim();
  if (isBare(form) || !hasPlace(form)) return { method: "unknown" };
  if (!form.point) return { method: "text", text };
  const { lon, lat, radius_m, method, area_code, name } = form.point;
  return kept({ lon, lat, radius_m, method, area_code, text: text || name });
}

const isSaid = (value) => value !== null && value !== undefined && value !== "" && !(isPlain(value) && !Object.keys(value).length);
const isPlain = (value) => typeof value === "object" && !Array.isArray(value);
const kept = (facts) => Object.fromEntries(Object.entries(facts).filter(([, value]) => isSaid(value)));

/** What the text box says after it was edited: a point that came from those words goes when the words go. */
export function withText(form, text) {
  const point = form.point && stillMeant(form.point, text) ? form.point : null;
  return { ...form, text, point };
}

// A click on the map stands by itself; a picked place or a coordinate stands only with its words.
const stillMeant = (point, text) => !point.words || text.trim().toLowerCase().startsWith(point.words.toLowerCase());

/** The server asks whether this point is meant: saved once more as it is, it is. Another point is asked about anew. */
export const withDoubt = (form) => (form.point ? { ...form, point: { ...form.point, is_doubted: true } } : form);

export const withPoint = (form, point, text = form.text) => ({ ...form, point, text });
