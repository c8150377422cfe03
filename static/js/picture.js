// The picture of the room and how it grows: an old picture plus the new entries is the fresh picture. Pure.
export const COLLECTIONS = ["incidents", "units", "assignments", "alerts", "recipients", "lamps", "zones", "facilities"];

const byId = (cards) => new Map((cards ?? []).map((card) => [card.id, card]));

const eachCollection = (make) => Object.fromEntries(COLLECTIONS.map((name) => [name, make(name)]));

/** A picture of a snapshot: the same facts, its cards findable by id. */
export const fromSnapshot = (snapshot) => ({ ...snapshot, ...eachCollection((name) => byId(snapshot[name])) });

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

/** A snapshot with the entries applied, as a snapshot again, each collection in the order of its ids. */
export function applyAll(snapshot, entries) {
  const { picture, gap } = apply(fromSnapshot(snapshot), entries);
  if (gap !== null) throw new Error(`Entries are missing after ${gap}.`);
  return { ...picture, ...eachCollection((name) => [...picture[name].values()].sort(inIdOrder)) };
}

const inOrder = (entries) => [...entries].sort((a, b) => a.seq - b.seq);

const inIdOrder = (a, b) => (a.id < b.id ? -1 : Number(a.id > b.id));

function applyOne(step, entry) {
  const cards = entry.body?.cards ?? {};
  for (const name of COLLECTIONS) {
    for (const card of cards[name] ?? []) put(step, name, card);
  }
  step.picture.seq = entry.seq;
  step.picture.at = entry.at ?? step.picture.at;
  step.applied.push(entry);
}

function put(step, name, card) {
  if (card.gone) return remove(step, name, card.id);
  touch(step, name, card.id).set(card.id, card);
}

function remove(step, name, id) {
  touch(step, name, id).delete(id);
  if (name === "alerts") removeRecipientsOf(step, id);
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
