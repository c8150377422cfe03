// The room's clock is the server's, because a disaster laptop's may be wrong; one tick a second drives every time on the page.
import { clockText, fullText, minuteText } from "./time.js";

const holder = globalThis.document?.getElementById("clock");
export const zone = holder?.dataset.zone || "Asia/Jakarta";
export const zoneLabel = holder?.dataset.zoneLabel || "WIB";

let offsetMs = 0;
const listeners = new Set();

/** Now, by the server's clock, in milliseconds. */
export const now = () => Date.now() + offsetMs;

/** The server said what time it is. */
export function heardTime(moment) {
  const at = Date.parse(moment);
  if (Number.isFinite(at)) offsetMs = at - Date.now();
}

export const at = (moment) => clockText(moment, zone);
export const atMinute = (moment) => minuteText(moment, zone);
export const atFully = (moment) => fullText(moment, zone, zoneLabel);

/** Calls back every second with the time; returns how to stop. */
export function onTick(callback) {
  listeners.add(callback);
  return () => listeners.delete(callback);
}

function tick() {
  const moment = now();
  for (const callback of listeners) callback(moment);
  setTimeout(tick, 1000 - (moment % 1000));
}

if (holder) setTimeout(tick, 0);
