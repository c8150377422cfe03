// One outbox for the page: it sends when the browser is back, when the live link is back, and by itself.
import { post } from "./api.js";
import { now } from "./clock.js";
import { createOutbox } from "./outbox.js";

/** A Storage, or one that lasts as long as the page where the browser forbids it. */
export function sturdyStorage(name) {
  try {
    const storage = globalThis[name];
    storage.getItem("posko");
    return storage;
  } catch {
    return pageStorage();
  }
}

function pageStorage() {
  const rows = new Map();
  return {
    get length() { return rows.size; },
    key: (i) => [...rows.keys()][i] ?? null,
    getItem: (key) => rows.get(key) ?? null,
    setItem: (key, value) => rows.set(key, String(value)),
    removeItem: (key) => rows.delete(key),
  };
}

// The outbox does its own waiting, so that the order is kept.
async function send({ path, body }) {
  try {
    return { status: 200, body: await post(path, body, { waits: [] }) };
  } catch (problem) {
    return { status: problem.status ?? 0, body: { detail: problem.message, field: problem.field, confirm: problem.body?.confirm } };
  }
}

export function openOutbox({ person, live, changed, told }) {
  const outbox = createOutbox({ storage: sturdyStorage("localStorage"), person, send, now, changed, told });
  const again = () => outbox.waiting().length && outbox.flush();
  addEventListener("online", again);
  live.addEventListener("connection", ({ detail }) => detail.isConnected && again());
  setTimeout(again, 0);
  return outbox;
}

/** Send one message now: {answer}, {refused}, or {} when it stays in the box (nobody loses it, nobody waits for it). */
export async function sendNow(outbox, message, patience_ms) {
  const fate = await Promise.race([outbox.flush(), new Promise((done) => setTimeout(done, patience_ms))]);
  const refused = outbox.refused().find((one) => one.uid === message.uid)?.refused ?? null;
  const waits = outbox.waiting().some((one) => one.uid === message.uid);
  return { refused, waits, reason: fate?.body?.detail ?? "" };
}
