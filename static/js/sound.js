// Short sounds made here, no file: a new P1, a call that rings, and a picture that froze. Silent until the first touch, as browsers demand.
const KEY = "posko.sound";
let context = null;

const stored = () => {
  try { return localStorage.getItem(KEY); } catch { return null; }
};

export const isOn = () => stored() !== "off";

export function setOn(on) {
  try { localStorage.setItem(KEY, on ? "on" : "off"); } catch { /* private mode: the choice lasts for this page */ }
}

/** Browsers let a page sound only after a person touched it. */
export const isAwake = () => context?.state === "running";

function wake() {
  context ??= new (globalThis.AudioContext ?? globalThis.webkitAudioContext)();
  if (context.state === "suspended") context.resume().then(tellAwake, () => {});
  else tellAwake();
}

// ---- who waits until the page may sound

let waiting = [];

/** Calls back once, as soon as the browser lets this page sound. */
export const whenAwake = (deed) => (isAwake() ? deed() : waiting.push(deed));

function tellAwake() {
  if (!isAwake()) return;
  const deeds = waiting;
  waiting = [];
  for (const deed of deeds) deed();
}

function tone(hertz, startS, lengthS) {
  const swing = context.createOscillator();
  const volume = context.createGain();
  swing.frequency.value = hertz;
  volume.gain.setValueAtTime(0.0001, startS);
  volume.gain.exponentialRampToValueAtTime(0.25, startS + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, startS + lengthS);
  swing.connect(volume).connect(context.destination);
  swing.start(startS);
  swing.stop(startS + lengthS);
}

function play(notes) {
  if (!isOn() || !isAwake()) return;
  notes.forEach((hertz, place) => tone(hertz, context.currentTime + place * 0.22, 0.2));
}

/** Rising: a new P1. */
export const soundP1 = () => play([660, 880, 1100]);

/** Twice two notes, like a telephone: a call rings. */
export const soundRing = () => play([780, 620, 780, 620]);

/** One low tone twice: a unit is silent too long. */
export const soundAlarm = () => play([440, 440]);

/** High and low by turns: a unit is in distress. */
export const soundMayday = () => play([980, 620, 980, 620, 980, 620]);

/** Falling: the picture is old. */
export const soundFrozen = () => play([520, 390, 290]);

for (const touch of ["pointerdown", "keydown"]) globalThis.addEventListener?.(touch, wake, { capture: true, passive: true });
