// What this browser still has to tell the server: kept in storage before it is sent, sent in order, told once.

import { keysOf, safeName } from "./drafts.js";

const VERSION = 1;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15000;
const OUR_FAULT = new Set([400, 404, 409, 410, 413, 415, 422]);

// What an answer means for a message: told, refused (a person must look), or waiting (try again later).
export function verdict(answer) {
  if (answer.status >= 200 && answer.status < 300) return "told";
  return OUR_FAULT.has(answer.status) ? "refused" : "waiting";
}

// A browser refuses a bare setTimeout called as another object's method.
const wait = (run, ms) => setTimeout(run, ms);

export const waitMs = (tries) => Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(10, tries));

// `send(message)` gives {status, body}; status 0 means the network is away. A message is {uid, path, body, label}.
export function createOutbox({ storage, person, send, now = Date.now, later = wait, changed = () => {}, told = () => {} }) {
  const prefix = `posko.outbox.${safeName(person)}.`;
  const box = { storage, prefix, send, now, later, changed, told, spare: new Map(), tries: 0, running: null, timer: null };
  return {
    add: (message) => add(box, message),
    flush: () => flush(box),
    waiting: () => messages(box).filter((one) => !one.refused),
    refused: () => messages(box).filter((one) => one.refused),
    drop: (uid) => drop(box, uid),
    strangers: () => strangers(storage, prefix),
  };
}

// Writing first: a message that stands in the box survives a power cut before it is sent. The same uid stands once.
// False means it is kept in this page only, because the storage is full or forbidden.
function add(box, message) {
  const known = messages(box);
  if (known.some((one) => one.uid === message.uid)) return true;
  const order = 1 + Math.max(0, ...known.map((one) => one.order));
  const kept = keep(box, { ...message, version: VERSION, queued_at: box.now(), order });
  box.changed();
  return kept;
}

function keep(box, message) {
  try {
    box.storage.setItem(box.prefix + message.uid, JSON.stringify(message));
    return true;
  } catch {
    box.spare.set(message.uid, message);
    return false;
  }
}

// Ordered by count, not by clock: the clock of a laptop in the field steps back.
function messages(box) {
  const kept = keysOf(box.storage, box.prefix).map((key) => read(box.storage, key)).filter(Boolean);
  return [...kept, ...box.spare.values()].sort((a, b) => a.order - b.order || a.queued_at - b.queued_at);
}

function read(storage, key) {
  try {
    const message = JSON.parse(storage.getItem(key));
    return message?.version === VERSION ? message : null;
  } catch {
    return null;
  }
}

function drop(box, uid) {
  forget(box, uid);
  box.changed();
}

function forget(box, uid) {
  box.storage.removeItem(box.prefix + uid);
  box.spare.delete(uid);
}

// One run at a time; a second request joins the first.
function flush(box) {
  box.running ??= sendAll(box);
  return box.running;
}

// In order, until the box is empty or the server is away. A refused message steps aside, the rest go on.
async function sendAll(box) {
  await null; // so that flush() has noted this run before it can end
  try {
    return await sendEach(box);
  } finally {
    box.running = null;
  }
}

async function sendEach(box) {
  for (let next = firstWaiting(box); next; next = firstWaiting(box)) {
    const answer = await sendSafely(box, next);
    if (verdict(answer) === "waiting") return tryLater(box, answer);
    settle(box, next, answer);
  }
  return null;
}

const firstWaiting = (box) => messages(box).find((one) => !one.refused);

async function sendSafely(box, message) {
  try {
    return await box.send(message);
  } catch {
    return { status: 0, body: null };
  }
}

function settle(box, message, answer) {
  box.tries = 0;
  forget(box, message.uid);
  if (verdict(answer) === "refused") keep(box, { ...message, refused: whyRefused(answer) });
  box.told(message, answer);
  box.changed();
}

const whyRefused = ({ status, body }) => ({ status, detail: body?.detail ?? "", field: body?.field ?? null, ...(body?.confirm ? { confirm: true } : {}) });

function tryLater(box, answer) {
  clearTimeout(box.timer);
  box.timer = box.later(() => flush(box), waitMs(box.tries++));
  box.changed();
  return answer;
}

// Another person's messages wait in this browser: they can only go out in that person's name.
function strangers(storage, prefix) {
  const keys = keysOf(storage, "posko.outbox.").filter((key) => !key.startsWith(prefix));
  return [...new Set(keys.map((key) => decodeURIComponent(key.split(".")[2])))];
}
