// The browser's own shelf: a few tables in IndexedDB, every call a transaction of its own. What is private is sealed before it comes here.
const NAME = "posko";
const VERSION = 1;
const PATIENCE_MS = 3000;

/** {all, add, put, remove, isLasting}; where the browser keeps nothing, a store that lasts as long as the page. */
export async function openStore(factory = globalThis.indexedDB) {
  try {
    return lasting(await opened(factory));
  } catch {
    return pageStore();
  }
}

function opened(factory) {
  return new Promise((done, fail) => {
    const asked = factory.open(NAME, VERSION);
    asked.onupgradeneeded = () => make(asked.result);
    asked.onsuccess = () => done(stepsAside(asked.result));
    asked.onerror = () => fail(asked.error);
    setTimeout(() => fail(new Error("IndexedDB does not answer.")), PATIENCE_MS);
  });
}

function make(base) {
  base.createObjectStore("keys", { keyPath: "id" });
  base.createObjectStore("outbox", { keyPath: "order", autoIncrement: true }).createIndex("uid", "uid", { unique: true });
  for (const name of ["drafts", "pictures"]) base.createObjectStore(name, { keyPath: "key" });
}

// A newer page wants another shape: let it.
function stepsAside(base) {
  base.onversionchange = () => base.close();
  return base;
}

function lasting(base) {
  const write = (table, deed) => act(base, table, "readwrite", deed);
  return {
    isLasting: true,
    all: (table) => act(base, table, "readonly", (rows) => rows.getAll()),
    /** Answers the row's key; refuses a uid that stands there already. */
    add: (table, row) => write(table, (rows) => rows.add(row)),
    put: (table, row) => write(table, (rows) => rows.put(row)),
    remove: (table, key) => write(table, (rows) => rows.delete(key)),
  };
}

// "strict": on the disk before it counts as kept, so that a power cut right after it loses nothing.
function act(base, table, mode, deed) {
  return new Promise((done, fail) => {
    const step = base.transaction(table, mode, { durability: table === "outbox" ? "strict" : "default" });
    const asked = deed(step.objectStore(table));
    step.oncomplete = () => done(asked.result);
    step.onabort = step.onerror = () => fail(step.error ?? asked.error);
  });
}

/** The same, in memory: for a browser that forbids storage, and for what does not fit any more. */
export function pageStore() {
  const tables = { keys: new Map(), outbox: new Map(), drafts: new Map(), pictures: new Map() };
  const keyOf = (table, row) => (table === "outbox" ? row.order : row.id ?? row.key);
  let last = 0;
  return {
    isLasting: false,
    all: async (table) => [...tables[table].values()],
    add: async (table, row) => {
      if (row.uid && [...tables[table].values()].some((one) => one.uid === row.uid)) throw new DOMException("known", "ConstraintError");
      const order = (last += 1);
      tables[table].set(order, { ...row, order });
      return order;
    },
    put: async (table, row) => void tables[table].set(keyOf(table, row), row),
    remove: async (table, key) => void tables[table].delete(key),
  };
}
