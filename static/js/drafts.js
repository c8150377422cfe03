// Keeps half-written forms in the browser: one for each person and tab, so a reload or a crash loses no word.

const VERSION = 1;

// A name as a part of a key: no dot of its own, so "a" never reads what is "a.b"'s.
export const safeName = (name) => encodeURIComponent(name).replaceAll(".", "%2E");

// `storage` is a Storage; `person` and `tab` say whose draft it is; `now` gives milliseconds.
export function createDrafts({ storage, person, tab, now = Date.now, room = "call" }) {
  const prefix = `posko.draft.${room}.${safeName(person)}.`;
  const mine = prefix + tab;
  return {
    save: (form) => write(storage, mine, { version: VERSION, saved_at: now(), form }),
    load: () => read(storage, mine)?.form ?? null,
    clear: () => storage.removeItem(mine),
    others: () => othersOf(storage, prefix, mine),
    take: (key) => takeOver(storage, key),
  };
}

// Says whether the browser kept it: a full or forbidden storage must not stop a call, but must be seen.
function write(storage, key, draft) {
  try {
    storage.setItem(key, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

function read(storage, key) {
  try {
    const draft = JSON.parse(storage.getItem(key));
    return draft?.version === VERSION && draft.form ? draft : null;
  } catch {
    return null;
  }
}

export function keysOf(storage, prefix) {
  const keys = Array.from({ length: storage.length }, (_, i) => storage.key(i));
  return keys.filter((key) => key?.startsWith(prefix));
}

// Drafts this person left in another tab, newest first.
function othersOf(storage, prefix, mine) {
  const found = keysOf(storage, prefix).filter((key) => key !== mine).map((key) => ({ key, ...read(storage, key) }));
  return found.filter((draft) => draft.form).sort((a, b) => b.saved_at - a.saved_at);
}

function takeOver(storage, key) {
  const draft = read(storage, key);
  storage.removeItem(key);
  return draft?.form ?? null;
}

// A tab's own name: survives a reload, dies with the tab.
export function nameOfTab(session, make) {
  const known = session.getItem("posko.tab");
  if (known) return known;
  const fresh = make();
  session.setItem("posko.tab", fresh);
  return fresh;
}
