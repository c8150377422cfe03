// The picture of the room and how it grows: an old picture plus the new entries is the fresh picture. Pure.
export const COLLECTIONS = ["incidents", "units", "assignments", "alerts", "recipients", "lamps", "zones", "facilities", "tasks", "rings", "status", "alarms", "shifts", "bulletins", "proposals"];

const byId = (cards) => new Map((cards ?? []).map((card) => [card.id, card]));

// What an entry of this kind does to how many incidents are open, where not all of them are in the picture; one that may
// do either says so itself (`opens`). Only the entry that brings the cards counts.
const OPENS = { "incident.opened": 1, "incident.reopened": 1, "incident.closed": -1, "incident.gathered": -1, "incident.split": 1 };

const opensOf = ({ kind, body }) => (body?.cards?.incidents ? body.opens ?? OPENS[kind] ?? 0 : 0);

const eachCollection = (make) => Object.fromEntries(COLLECTIONS.map((name) => [name, make(name)]));

/**
 * A picture of a snapshot: the same facts, its cards findable by id. Of a long queue it holds what is at work and all up
 * to `queue.until`, the rest by pages (null: all of it is here); `queue.open` counts the whole.
 */
export function fromSnapshot(snapshot) {
  const picture = { ...snapshot, ...eachCollection((name) => byId(snapshot[name])), left: new Map(snapshot.left) };
  return { ...picture, queue: snapshot.queue ?? { open: picture.incidents.size, until: null } };
}

/** How many open incidents are not in the picture. */
export const restOf = ({ queue, incidents }) => (queue.until === null ? 0 : Math.max(0, queue.open - incidents.size));

export const emptyPicture = () => fromSnapshot({ seq: -1, at: null, site: {} });

/**
 * Apply entries in order. Answers {picture, changed, applied, gap}: the new picture, the ids touched in each
 * collection, the entries that counted, and the seq after which something is missing (null when nothing is).
 */
export function apply(picture, entries) {
  const step = { picture: { ...picture }, changed: eachCollection(() => new Set()), applied: [], gap: null };
  for (const entry of inOrder(entries)) {
    if (entry.seq <= step.picture.seq) continue;
    if (entry.seq !== step.picture.seq + 1) return { ...step, gap: step.picture.seq };
    applyOne(step, entry);
  }
  return step;
}

/**
 * Add incidents that were read apart from the picture: {seq, incidents, after?, until?}, a page of the queue or single cards.
 * Answers null when they are ahead of the picture (its entries must come first), else {picture, changed}. What the
 * picture holds is newer or the same; what left it after they were read stays away.
 */
export function extend(picture, { seq, incidents, after, until }) {
  if (seq > picture.seq) return null;
  const step = { picture: { ...picture }, changed: eachCollection(() => new Set()) };
  for (const card of incidents) if (isNews(picture, card, seq)) touch(step, "incidents", card.id).set(card.id, card);
  const goesOn = after !== undefined && after === picture.queue.until;
  step.picture.queue = counted(step.picture, { ...picture.queue, until: goesOn ? until : picture.queue.until });
  return step;
}

const isNews = ({ queue, incidents, left }, { id, gone }, seq) =>
  queue.until !== null && !gone && !incidents.has(id) && (left.get(id) ?? -1) < seq;

// Where all is here, what is here is counted.
const counted = ({ incidents }, queue) => (queue.until === null ? { open: incidents.size, until: null } : queue);

/** A snapshot with the entries applied, as a snapshot again, each collection in the order of its ids. */
export function applyAll(snapshot, entries) {
  const { picture, gap } = apply(fromSnapshot(snapshot), entries);
  if (gap !== null) throw new Error(`Entries are missing after ${gap}.`);
  return toSnapshot(picture);
}

/** The picture as a snapshot, each collection in the order of its ids. */
export const toSnapshot = (picture) => ({ ...picture, ...eachCollection((name) => [...picture[name].values()].sort(inIdOrder)), left: [...picture.left] });

const inOrder = (entries) => [...entries].sort((a, b) => a.seq - b.seq);

const inIdOrder = (a, b) => (a.id < b.id ? -1 : Number(a.id > b.id));

function applyOne(step, entry) {
  const cards = entry.body?.cards ?? {};
  step.seq = entry.seq;
  for (const name of COLLECTIONS) {
    for (const card of cards[name] ?? []) put(step, name, card);
  }
  const { queue } = step.picture;
  step.picture.queue = counted(step.picture, { ...queue, open: queue.open + opensOf(entry) });
  step.picture.seq = entry.seq;
  step.picture.at = entry.at ?? step.picture.at;
  step.applied.push(entry);
}

function put(step, name, card) {
  if (card.gone) return remove(step, name, card.id), leave(step, name, card.id);
  touch(step, name, card.id).set(card.id, card);
}

function remove(step, name, id) {
  touch(step, name, id).delete(id);
  if (name === "alerts") removeRecipientsOf(step, id);
}

// Of an incident that is not here nobody else remembers that it left.
function leave(step, name, id) {
  if (name !== "incidents" || step.picture.queue.until === null) return;
  step.picture.left = new Map(step.picture.left).set(id, step.seq);
}

function removeRecipientsOf(step, alertId) {
  for (const recipient of [...step.picture.recipients.values()]) {
    if (recipient.alert_id === alertId) remove(step, "recipients", recipient.id);
  }
}

// The first touch of a collection copies it, so that the picture before stays as it was.
function touch(step, name, id) {
  if (!step.changed[name].size) step.picture[name] = new Map(step.picture[name]);
  step.changed[name].add(id);
  return step.picture[name];
}
