// The team's own part of the picture, kept sealed in the phone: without a server the page begins with what it knew last.
import { fromSnapshot, COLLECTIONS } from "./picture.js";
import { safeName } from "./drafts.js";

const SOON_MS = 1500;
const steadyMs = () => performance.now();

/** Keeps `live`'s picture for this person from now on, and hangs the kept one while the server gives none. */
export async function keepPicture({ live, opening, person }) {
  const { store, cipher } = await opening;
  const key = `field.${safeName(person)}`;
  let timer = null;
  const save = async () => store.put("pictures", { key, ...(await cipher.seal(shown(live), key)) });
  const saveSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => save().catch(() => null), SOON_MS);
  };
  live.addEventListener("change", ({ detail }) => detail.isKept || saveSoon());
  if (live.hasPicture) return saveSoon();
  await hangKept({ live, store, cipher, key });
}

// What is laid aside is as old as its last heartbeat, by this phone's own clock.
const shown = ({ picture, freshAt }) => ({
  ...Object.fromEntries(Object.entries(picture).map(([name, fact]) => [name, fact instanceof Map ? [...fact] : fact])),
  ...Object.fromEntries(COLLECTIONS.map((name) => [name, [...picture[name].values()]])),
  fresh_at: freshAt, kept_ms: Date.now(),
});

async function hangKept({ live, store, cipher, key }) {
  const row = (await store.all("pictures")).find((one) => one.key === key);
  const kept = row && (await cipher.open(row, key).catch(() => null));
  if (!kept || live.hasPicture) return;
  const { fresh_at, kept_ms, ...snapshot } = kept;
  live.picture = fromSnapshot(snapshot);
  live.pulse.whole(fresh_at, steadyMs() - Math.max(0, Date.now() - kept_ms));
  const changed = Object.fromEntries(COLLECTIONS.map((name) => [name, new Set(live.picture[name].keys())]));
  live.tell("change", { changed, entries: [], isSnapshot: true, isKept: true });
}
