// The browser without a server: keeps the files of each version together, and the pages that are made of them.
// Served as /sw.js with self.POSKO = {version, files, pages, standIn} before it; a classic script, because not every phone takes a module here.
const { version, files, pages, standIn } = self.POSKO;
const SHELF = "posko-shelf-";
const PAGES = "posko-pages";
const READY = "/ready"; // put last: a shelf without it is half filled
const OWED = "/logout"; // a log-out that the server has not heard of yet
const AT_ONCE = 4; // a browser opens six connections to one server, and the page needs some
const PATIENCE_MS = 4000; // then a kept page is better than a server that hangs
const AWAY = new Set([502, 503, 504]);
const STATIC = /^\/static\/([0-9a-f]{12})\//;

addEventListener("install", (event) => event.waitUntil(install(event)));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("message", (event) => event.waitUntil(hear(event.data ?? {}, event.source)));
addEventListener("push", (event) => event.waitUntil(show(said(event))));
addEventListener("notificationclick", (event) => event.waitUntil(openFrom(event.notification)));
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  const shelf = STATIC.exec(pathname)?.[1];
  if (shelf && request.method === "GET") event.respondWith(fromShelf(request, shelf));
  else if (request.mode === "navigate" && request.method === "GET") event.respondWith(openPage(request, pathname));
  else if (request.mode === "navigate" && pathname === OWED) event.respondWith(logOut(request));
});

// ---- files: an address that names its version never changes, so what is kept is what the server would give

async function fromShelf(request, shelf) {
  const kept = await caches.match(request, { cacheName: SHELF + shelf, ignoreVary: true });
  return kept ?? fetch(request);
}

async function install(event) {
  await event.addRoutes?.(shortcuts()).catch(() => null);
  const shelf = await caches.open(SHELF + version);
  for (let at = 0; at < files.length; at += AT_ONCE) await shelf.addAll(files.slice(at, at + AT_ONCE));
  await shelf.put(standIn, await fetch(standIn, { credentials: "omit" }));
  await shelf.put(READY, new Response(version));
  await renewPages();
  await skipWaiting(); // harmless for open pages: each asks for the files of its own version
}

// What needs no thought needs no waking of this worker either, where the browser knows how.
const shortcuts = () => [
  { condition: { urlPattern: { pathname: "/api/*" } }, source: "network" },
  { condition: { urlPattern: { pathname: "/socket.io/*" } }, source: "network" },
  { condition: { urlPattern: { pathname: `/static/${version}/*` }, requestMethod: "GET" }, source: { cacheName: SHELF + version } },
];

async function activate() {
  await clients.claim();
  await throwAway();
}

const isWhole = async (shelf) => Boolean(await caches.match(READY, { cacheName: SHELF + shelf }));

// Old versions go when no kept page and no open window may still need them.
async function throwAway() {
  const open = await clients.matchAll({ type: "window", includeUncontrolled: true });
  if (open.length > 1) return;
  const needed = new Set([version, ...(await keptPages()).map(({ answer }) => answer.headers.get("Posko-Version"))]);
  const shelves = (await caches.keys()).filter((name) => name.startsWith(SHELF) && !needed.has(name.slice(SHELF.length)));
  await Promise.all(shelves.map((name) => caches.delete(name)));
}

// ---- pages: the server's when it answers, else the one this person opened last

async function openPage(request, path) {
  try {
    await payDebt();
    const answer = await (pages.includes(path) ? soon(fetch(request)) : fetch(request)); // a report may take its time
    await look(path, answer);
    return answer;
  } catch {
    return (await keptPage(path)) ?? standInPage();
  }
}

async function soon(work) {
  const answer = await within(PATIENCE_MS, work);
  if (AWAY.has(answer.status)) throw new Error(`${answer.status}`);
  return answer;
}

const within = (ms, work) =>
  Promise.race([work, new Promise((_, refuse) => setTimeout(() => refuse(new Error("slow")), ms))]);

async function standInPage() {
  return (await caches.match(standIn, { cacheName: SHELF + version })) ?? Response.error();
}

// What the server says about who is here decides what may stay: a page of somebody else, or of nobody, clears the shelf.
async function look(path, answer) {
  const person = answer.headers.get("Posko-Person");
  if (person === null || answer.type === "opaqueredirect") return;
  await forgetPages((kept) => kept.headers.get("Posko-Person") !== person);
  if (answer.ok && person !== "0" && pages.includes(path)) await keep(path, answer.clone());
}

async function keep(path, answer) {
  const cache = await caches.open(PAGES);
  await cache.put(`${path}?version=${answer.headers.get("Posko-Version")}`, answer);
}

async function keptPages() {
  const cache = await caches.open(PAGES);
  const requests = (await cache.keys()).filter(({ url }) => new URL(url).pathname !== OWED);
  return Promise.all(requests.map(async (request) => ({ request, path: new URL(request.url).pathname, answer: await cache.match(request) })));
}

// The page of the newest version whose files are all here; its own older version goes with its own older files.
async function keptPage(path) {
  const mine = (await keptPages()).filter((one) => one.path === path);
  const newestFirst = mine.sort((a, b) => isOurs(b) - isOurs(a));
  for (const { answer } of newestFirst) if (await isWhole(answer.headers.get("Posko-Version"))) return answer;
  return null;
}

const isOurs = ({ answer }) => Number(answer.headers.get("Posko-Version") === version);

async function forgetPages(isUnwanted) {
  const cache = await caches.open(PAGES);
  for (const { request, answer } of await keptPages()) if (isUnwanted(answer)) await cache.delete(request);
}

// After an update the pages that were kept are taken anew, so that they fit the new files; where that fails the old pair stays.
async function renewPages() {
  const paths = new Set((await keptPages()).map(({ path }) => path));
  for (const path of paths) await fetchPage(path);
  if (paths.size) await dropOldPairs();
}

async function fetchPage(path) {
  const answer = await fetch(path, { credentials: "same-origin", redirect: "manual", headers: { Accept: "text/html" } }).catch(() => null);
  if (answer?.ok) await look(path, answer);
}

async function dropOldPairs() {
  const fresh = new Set((await keptPages()).filter(isOurs).map(({ path }) => path));
  const cache = await caches.open(PAGES);
  for (const one of await keptPages()) if (!isOurs(one) && fresh.has(one.path)) await cache.delete(one.request);
}

// ---- what a page tells: keep me (it was loaded before there was a worker), and are you ready?

async function hear({ keep: path }, source) {
  if (path && pages.includes(path) && !(await keptPage(path))) await fetchPage(path);
  source?.postMessage({ isReady: Boolean(path && (await keptPage(path))) });
}

// ---- going: the pages go at once, the keys are locked, and a server that does not answer is told later

async function logOut(request) {
  const words = await request.clone().text();
  await forgetPages(() => true);
  await lockKeys().catch(() => null);
  try {
    return await fetch(request);
  } catch {
    await (await caches.open(PAGES)).put(OWED, new Response(words));
    return standInPage();
  }
}

async function payDebt() {
  const cache = await caches.open(PAGES);
  const debt = await cache.match(OWED);
  if (!debt) return;
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  await within(PATIENCE_MS, fetch(OWED, { method: "POST", body: await debt.text(), headers, redirect: "manual" }));
  await cache.delete(OWED);
}

// The key of an outbox that was sealed for its person opens again at their next log-in; see outbox_keys.js.
async function lockKeys() {
  const base = await new Promise((done, fail) => {
    const asked = indexedDB.open("posko");
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
    asked.onupgradeneeded = () => asked.transaction.abort(); // nothing was ever kept here
  });
  await new Promise((done) => {
    const step = base.transaction("keys", "readwrite");
    step.oncomplete = step.onabort = done;
    step.objectStore("keys").openCursor().onsuccess = ({ target: { result: cursor } }) => {
      if (!cursor) return;
      const { key, ...locked } = cursor.value;
      if (key && locked.seal && !locked.isStuck) cursor.update(locked);
      cursor.continue();
    };
  });
  base.close();
}

// ---- an alert while every page is closed: shown as it came, in place of its older revision; a tap opens its page

const said = ({ data }) => { try { return data.json(); } catch { return {}; } };

const show = ({ title = "Posko", body = "", link = null, alert = 0, priority = "P2" }) =>
  registration.showNotification(title, {
    body, tag: `alert-${alert}`, renotify: true, requireInteraction: priority < "P2", icon: "/static/img/icon-192.png", data: { link },
  });

async function openFrom(notification) {
  notification.close();
  const path = ours(notification.data?.link);
  const [here] = await clients.matchAll({ type: "window" });
  return here && path === pages.at(-1) ? here.focus() : clients.openWindow(path);
}

// Only a page of ours is opened, whatever was sent.
function ours(link) {
  const there = link && new URL(link, location.href);
  return there && there.origin === location.origin ? there.pathname : pages.at(-1);
}
