// Keeps half-written forms in the browser, sealed: one for each person and tab, so a reload or a crash loses no word.
// Saving never waits: while one writing is on its way only the newest words are remembered for the next.

// A name as a part of a key: no dot of its own, so "a" never reads what is "a.b"'s.
export const safeName = (name) => encodeURIComponent(name).replaceAll(".", "%2E");

/** `opening` gives {store, cipher}; `person` and `tab` say whose draft it is; `now` gives milliseconds; `failed` hears when nothing can be kept. */
export function createDrafts({ opening, person, tab, now = Date.now, room = "call", failed = () => {} }) {
  const prefix = `${room}.${safeName(person)}.`;
  const desk = { opening, prefix, mine: prefix + tab, now, failed, found: new Map(), wish: null, writing: null, isKept: true, isLoaded: false };
  desk.loading = opening.then((kept) => loadAll(Object.assign(desk, kept)));
  return {
    /** Whether the browser kept the last one: a full or forbidden storage must not stop a call, but must be seen. */
    save: (form) => (write(desk, { saved_at: now(), form }), desk.isKept),
    clear: () => void write(desk, null),
    load: () => desk.loading.then(() => desk.found.get(desk.mine)?.form ?? null),
    /** The draft that was read steps aside for what is being typed: it is one of the others then. */
    putAside: () => putAside(desk),
    others: () => othersOf(desk),
    take: (key) => takeOver(desk, key),
    /** Resolves when nothing is on its way to the disk. */
    settled: () => desk.loading.then(() => desk.writing),
  };
}

async function loadAll(desk) {
  const rows = (await desk.store.all("drafts")).filter(({ key }) => key.startsWith(desk.prefix));
  for (const row of rows) {
    const draft = await desk.cipher.open(row, row.key).catch(() => null);
    if (draft?.form) desk.found.set(row.key, draft);
  }
  if (desk.wish) await putAside(desk);
  desk.isLoaded = true;
}

// Somebody was quicker than the disk: what they type is the draft now, and the one from before is offered beside it.
async function putAside(desk) {
  const before = desk.found.get(desk.mine);
  if (!before) return;
  desk.found.delete(desk.mine);
  desk.found.set(`${desk.mine}.before`, before);
  await put(desk, `${desk.mine}.before`, before).catch(() => null);
}

// An empty form at the very start says nothing about the draft that is still being read.
function write(desk, draft) {
  if (!draft && !desk.isLoaded) return;
  desk.wish = { draft };
  desk.writing ??= desk.loading.then(() => writeAll(desk)).finally(() => { desk.writing = null; });
}

async function writeAll(desk) {
  while (desk.wish) {
    const { draft } = desk.wish;
    desk.wish = null;
    desk.isKept = await put(desk, desk.mine, draft).then(() => desk.store.isLasting, () => false);
    if (!desk.isKept) desk.failed();
  }
}

async function put(desk, key, draft) {
  if (!draft) return desk.store.remove("drafts", key);
  await desk.store.put("drafts", { key, ...(await desk.cipher.seal(draft, key)) });
}

// Drafts this person left in another tab, newest first.
function othersOf({ found, mine }) {
  const rows = [...found].filter(([key]) => key !== mine).map(([key, draft]) => ({ key, ...draft }));
  return rows.sort((a, b) => b.saved_at - a.saved_at);
}

function takeOver(desk, key) {
  const draft = desk.found.get(key);
  desk.found.delete(key);
  put(desk, key, null).catch(() => null);
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
