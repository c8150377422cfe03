// What this browser still has to tell the server: kept before it is sent, sent in order, told once.
// A row of the store is {order, uid, person, queued_at, state, ...sealed}; the message in it is {uid, path, body, label, ...}.
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15000;
const COMES_BACK = new Set([401, 408, 425, 429]); // a log-in that ended, a server that is busy: no fault of the message

// What an answer means for a message: told, refused (a person must look), or waiting (try again later).
export function verdict({ status }) {
  if (status >= 200 && status < 300) return "told";
  return status >= 400 && status < 500 && !COMES_BACK.has(status) ? "refused" : "waiting";
}

/** Longer each time, and never all screens at the same moment: `dice` is 0 to 1. */
export const waitMs = (tries, dice = Math.random()) => Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(10, tries)) * (0.5 + dice / 2);

// A browser refuses a bare setTimeout called as another object's method.
const wait = (run, ms) => setTimeout(run, ms);
const alone = (work) => work();
const nothing = () => {};

/**
 * `opening` gives {store, cipher}; `send(message, file, signal)` gives {status, body}, status 0 when the network is away;
 * `lock(work)` lets one tab at a time send; `shout()` tells the other tabs that something changed.
 */
export function createOutbox({ opening, person, send, lock = alone, shout = nothing, now = Date.now, later = wait, changed = nothing, told = nothing }) {
  const box = { person, send, lock, shout, now, later, changed, told, rows: [], locked: 0, names: [], tries: 0, flying: null, upload: null, running: null, timer: null };
  box.ready = opening.then((kept) => Object.assign(box, kept)).then(() => refresh(box));
  box.turn = box.ready;
  return {
    ready: box.ready,
    /** True once it is kept: then it survives a killed browser. False: it lives in this page only, because the disk is full or forbidden. */
    add: (message, file = null) => inTurn(box, () => add(box, message, file)),
    flush: () => flush(box),
    refresh: () => box.ready.then(() => refresh(box)),
    drop: (uid) => inTurn(box, () => drop(box, uid)),
    again: (uid) => inTurn(box, () => again(box, uid)),
    waiting: () => messages(box).filter((one) => !one.refused),
    refused: () => messages(box).filter((one) => one.refused),
    /** Names of others whose messages wait in this browser: they can only go out in that person's name. */
    strangers: () => box.names,
    /** How many of one's own cannot be opened here: their key comes back with a log-in. */
    locked: () => box.locked,
    isSealed: () => box.cipher?.isSealed ?? true,
    isLasting: () => box.store?.isLasting ?? true,
  };
}

// What is added first stands first, however long the sealing of each takes.
function inTurn(box, deed) {
  const turn = box.turn.then(deed);
  box.turn = turn.catch(nothing);
  return turn;
}

const messages = (box) => box.rows.map((row) => row.message);
const rowOf = (box, uid) => box.rows.find((row) => row.uid === uid);

// ---- keeping

async function add(box, message, file) {
  if (rowOf(box, message.uid)) return true;
  const row = { uid: message.uid, person: box.person, queued_at: box.now(), state: "waiting" };
  const isKept = await keep(box, row, message, file);
  if (message.slot) await clearSlot(box, message);
  if (!file) box.upload?.abort(); // a mayday does not wait behind a photograph
  box.shout();
  box.changed();
  return isKept && box.store.isLasting;
}

async function keep(box, row, message, file) {
  try {
    const sealed = { ...row, ...(await sealedParts(box, row, message, file)) };
    const order = await box.store.add("outbox", sealed);
    box.rows.push({ ...sealed, order, message: shown(message, { ...row, order }) });
    return true;
  } catch (fault) {
    if (fault.name === "ConstraintError") return refresh(box).then(() => true); // another tab has it already
    const order = 1 + Math.max(0, ...box.rows.map((one) => one.order));
    box.rows.push({ ...row, order, isSpare: true, file, message: shown(message, { ...row, order }) });
    return false;
  }
}

async function sealedParts({ cipher }, row, message, file) {
  const parts = await cipher.seal(message, placeOf(row));
  if (!file) return parts;
  return { ...parts, file: { name: file.name, type: file.type, ...(await cipher.sealBytes(await file.arrayBuffer(), placeOf(row, "file"))) } };
}

// A sealed value opens only where it was put: a row cannot be passed off as another's.
const placeOf = ({ person, uid }, part = "message") => `outbox ${part} ${person} ${uid}`;

const shown = (message, { order, queued_at }) => ({ ...message, order, queued_at });

// Of some things only the newest is worth telling: a position that a newer one overtook is dropped, unless it is on its way.
async function clearSlot(box, message) {
  const older = box.rows.filter((row) => row.message.slot === message.slot && row.uid !== message.uid && row.uid !== box.flying && !row.message.refused);
  for (const row of older) await forget(box, row);
}

// ---- what stands in the store, also what other tabs put there

async function refresh(box) {
  const rows = (await box.store.all("outbox")).sort((a, b) => a.order - b.order);
  const known = new Map(box.rows.map((row) => [row.order, row]));
  const mine = rows.filter((row) => row.person === box.person);
  const opened = await Promise.all(mine.map((row) => (known.get(row.order)?.state === row.state ? known.get(row.order) : openRow(box, row))));
  box.names = [...new Set(rows.filter((row) => row.person !== box.person).map((row) => row.person))];
  box.locked = opened.filter((row) => !row).length;
  box.rows = [...opened.filter(Boolean), ...box.rows.filter((row) => row.isSpare)];
  box.changed();
}

async function openRow({ cipher }, row) {
  try {
    return { ...row, message: shown(await cipher.open(row, placeOf(row)), row) };
  } catch {
    return null; // its key is locked; the row stays
  }
}

async function forget(box, row) {
  box.rows = box.rows.filter((one) => one.uid !== row.uid);
  if (!row.isSpare) await box.store.remove("outbox", row.order).catch(nothing); // asked again, it is told again under the same uid
}

async function drop(box, uid) {
  if (rowOf(box, uid)) await forget(box, rowOf(box, uid));
  box.shout();
  box.changed();
}

// A refused message goes back into the row it came from.
async function again(box, uid) {
  const row = rowOf(box, uid);
  const { refused, ...message } = row?.message ?? {};
  if (!refused) return;
  await rewrite(box, row, "waiting", message);
  box.shout();
  box.changed();
}

async function rewrite(box, row, state, message) {
  const { message: before, ...kept } = row;
  const fresh = { ...kept, state, ...(row.isSpare ? {} : await box.cipher.seal(message, placeOf(row))) };
  if (!row.isSpare) await box.store.put("outbox", fresh).catch(nothing);
  box.rows = box.rows.map((one) => (one.uid === row.uid ? { ...fresh, message: shown(message, fresh) } : one));
}

// ---- sending: one run at a time in this page, and one page at a time in this browser

function flush(box) {
  box.running ??= run(box);
  return box.running;
}

// What is added while the last one leaves belongs to this run: it ends in the same breath as it finds nothing.
async function run(box) {
  try {
    await box.turn;
    for (;;) {
      const answer = await box.lock(() => sendEach(box));
      if (answer !== null || !firstWaiting(box)) return answer;
    }
  } finally {
    box.running = null;
  }
}

// In order, until the box is empty or the server is away. A refused message steps aside, the rest go on.
async function sendEach(box) {
  await refresh(box).catch(nothing); // a shelf that fails keeps nothing back that this page still holds
  for (let row = firstWaiting(box); row; row = firstWaiting(box)) {
    const answer = await sendSafely(box, row);
    if (answer.isPutOff) continue;
    if (verdict(answer) === "waiting") return tryLater(box, answer);
    await settle(box, row, answer);
  }
  return null;
}

// Words first, in their order; photographs after them, in theirs.
function firstWaiting(box) {
  const waiting = box.rows.filter((row) => !row.message.refused);
  return waiting.find((row) => !row.file) ?? waiting[0];
}

async function sendSafely(box, row) {
  const upload = row.file ? new AbortController() : null;
  Object.assign(box, { flying: row.uid, upload });
  try {
    const answer = await box.send(row.message, await fileOf(box, row), upload?.signal);
    return upload?.signal.aborted && verdict(answer) === "waiting" ? { isPutOff: true } : answer;
  } catch {
    return upload?.signal.aborted ? { isPutOff: true } : { status: 0, body: null };
  } finally {
    Object.assign(box, { flying: null, upload: null });
  }
}

async function fileOf({ cipher }, row) {
  if (!row.file || row.isSpare) return row.file ?? null;
  const bytes = await cipher.openBytes(row.file, placeOf(row, "file"));
  return new File([bytes], row.file.name, { type: row.file.type });
}

async function settle(box, row, answer) {
  box.tries = 0;
  if (verdict(answer) === "refused") await rewrite(box, row, "refused", { ...row.message, refused: whyRefused(answer) });
  else await forget(box, row);
  box.shout();
  box.told(row.message, answer);
  box.changed();
}

const whyRefused = ({ status, body }) => ({ status, detail: body?.detail ?? "", field: body?.field ?? null, ...(body?.confirm ? { confirm: true } : {}) });

function tryLater(box, answer) {
  clearTimeout(box.timer);
  box.timer = box.later(() => flush(box), waitMs(box.tries++));
  box.changed();
  return answer;
}
