// Offers a browser to hear alerts while it is closed: asks for the key, subscribes, and tells the room where to knock.
import { get, post } from "./api.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

/** Shows the button where this browser can hear and the room can speak; a press subscribes. Never without being asked. */
export async function offerPush(button) {
  if (!("PushManager" in globalThis) || !("Notification" in globalThis) || Notification.permission === "denied") return;
  const told = await get("/push").catch(() => null);
  if (!told?.key || !told.may) return;
  const worker = await navigator.serviceWorker.ready;
  const isHere = Boolean(told.is_heard && (await worker.pushManager.getSubscription().catch(() => null)));
  button.hidden = isHere;
  button.addEventListener("click", () => subscribe(button, worker, told.key));
}

async function subscribe(button, worker, key) {
  button.disabled = true;
  try {
    await post("/push", await fresh(worker, key));
    button.hidden = true;
    toast(t("Peramban ini menerima siaran juga saat halaman tertutup."));
  } catch {
    toast(t("Peramban ini tidak dapat didaftarkan sekarang; perlu internet dan izin pemberitahuan."), { isBad: true });
  } finally {
    button.disabled = false;
  }
}

// A subscription under another key hears nothing of ours: it goes first.
async function fresh({ pushManager }, key) {
  await (await pushManager.getSubscription())?.unsubscribe();
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) });
  const { endpoint, keys } = made.toJSON();
  return { endpoint, ...keys };
}

/** The bytes of base64url. */
export function bytesOf(words) {
  const plain = atob(words.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (one) => one.charCodeAt(0));
}
