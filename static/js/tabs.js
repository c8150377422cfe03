// Several tabs of one browser: one of them sends at a time.
const LEASE_MS = 15_000;
const LOOK_MS = 500;

export function keysOf(storage, prefix) {
  const keys = Array.from({ length: storage.length }, (_, i) => storage.key(i));
  return keys.filter((key) => key?.startsWith(prefix));
}

/** lock(work): the browser's own locks, which a dying tab lets go; on plain http, which has none, a lease in the storage. */
export function oneAtATime(name, locks = globalThis.navigator?.locks) {
  return locks ? (work) => locks.request(name, work) : leased(name);
}

// The server keeps doubles out by their uid; the lease keeps the order, and ends by itself when its tab dies.
export function leased(name, { storage = globalThis.localStorage, now = Date.now, wait = (ms) => new Promise((done) => setTimeout(done, ms)), me = `${Math.random()}` } = {}) {
  const isMine = () => storage.getItem(name)?.startsWith(`${me} `);
  const isFree = () => Number(storage.getItem(name)?.split(" ")[1] ?? 0) < now();
  const hold = () => storage.setItem(name, `${me} ${now() + LEASE_MS}`);
  return async (work) => {
    while (!isMine() && !isFree()) await wait(LOOK_MS);
    hold();
    const renewing = setInterval(hold, LEASE_MS / 3);
    try {
      return await work();
    } finally {
      clearInterval(renewing);
      storage.removeItem(name);
    }
  };
}
