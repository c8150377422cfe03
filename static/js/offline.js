// Makes this page open without a server: the worker that keeps it, asked for when the page itself has all it needs.
const SETTLED_MS = 1500;

/** Calls back with true once this page would open without a server; never, where the address allows no worker (plain http). */
export async function keepThisPage(ready = () => {}) {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  serviceWorker.addEventListener("message", ({ data }) => data?.isReady && ready(true));
  await new Promise((done) => setTimeout(done, SETTLED_MS));
  await serviceWorker.register("/sw.js", { updateViaCache: "none" }).catch(() => null); // without a server the one we have is good
  const { active } = await serviceWorker.ready;
  active.postMessage({ keep: location.pathname });
}
