// One outbox for the page: it sends when the browser is back, when the live link is back, and by itself.
import { Problem, get, post, postFile } from "./api.js";
import { now } from "./clock.js";
import { createOutbox } from "./outbox.js";
import { openKept } from "./kept.js";
import { keysOf, oneAtATime } from "./tabs.js";
import { t } from "./words.js";

const CHANNEL = "posko.outbox";
const LEGACY = "posko.outbox.";

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

// ---- one message to the server; the outbox does its own waiting, so that the order is kept

const createSend = (person) => async (message, file, signal) => {
  try {
    return await tell(message, file, signal);
  } catch (problem) {
    if (problem.status === 403 && (await isKnownAgain(person))) return tell(message, file, signal).catch(asAnswer);
    return asAnswer(problem);
  }
};

async function tell({ path, body }, file, signal) {
  return { status: 200, body: file ? await postFile(path, body, file, { signal }) : await post(path, body, { waits: [] }) };
}

const asAnswer = (problem) => ({ status: problem.status ?? 0, body: { detail: problem.message, field: problem.field, confirm: problem.body?.confirm } });

// A page that was opened without a server, or before another log-in, carries an old token. Somebody else's log-in is none of ours.
async function isKnownAgain(person) {
  const { name, csrf } = await get("/me");
  if (name !== person) throw new Problem(401, { detail: t("Di peramban ini {name} yang masuk; laporan {person} menunggu orangnya.", { name, person }) });
  const holder = document.querySelector('meta[name="csrf"]');
  if (!csrf || holder.content === csrf) return false;
  holder.content = csrf;
  return true;
}

// ---- the page's outbox

/** What is kept for this person, opened once for the page. */
const opened = new Map();
export function keptFor(person) {
  if (!opened.has(person)) opened.set(person, openKept(person));
  return opened.get(person);
}

export function openOutbox({ person, live, changed, told }) {
  const opening = keptFor(person);
  const others = new BroadcastChannel(CHANNEL);
  const outbox = createOutbox({ opening, person, send: safely(createSend(person)), lock: oneAtATime(`${CHANNEL}.${person}`), shout: () => others.postMessage(person), now, changed, told });
  const again = () => outbox.waiting().length && outbox.flush();
  others.addEventListener("message", () => outbox.refresh());
  addEventListener("online", again);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && again()); // a hidden page's clock is slowed down
  live.addEventListener("connection", ({ detail }) => detail.isConnected && unlock(opening, outbox).then(again));
  addEventListener("beforeunload", (event) => outbox.waiting().length && event.preventDefault());
  outbox.ready.then(() => adoptLegacy(outbox, person)).then(again);
  return outbox;
}

const safely = (send) => (...given) => send(...given).catch(asAnswer);

// What was sealed at an earlier log-in opens when the server gives the secret again.
async function unlock(opening, outbox) {
  const { settle } = await opening;
  if (await settle().catch(() => false)) await outbox.refresh();
}

// Until now the outbox lay open in localStorage: what is left there moves.
async function adoptLegacy(outbox, person) {
  const storage = sturdyStorage("localStorage");
  const keys = keysOf(storage, `${LEGACY}${encodeURIComponent(person).replaceAll(".", "%2E")}.`);
  const old = keys.map((key) => ({ key, ...JSON.parse(storage.getItem(key)) })).sort((a, b) => a.order - b.order);
  for (const { key, version, order, queued_at, refused, ...message } of old) {
    await outbox.add(message);
    storage.removeItem(key);
  }
}

/** Send one message now: {refused}, {waits}: it stays in the box (nobody loses it, nobody waits for it). */
export async function sendNow(outbox, message, patience_ms) {
  const fate = await Promise.race([outbox.flush(), new Promise((done) => setTimeout(done, patience_ms))]);
  const refused = outbox.refused().find((one) => one.uid === message.uid)?.refused ?? null;
  const waits = outbox.waiting().some((one) => one.uid === message.uid);
  return { refused, waits, reason: fate?.body?.detail ?? "" };
}
