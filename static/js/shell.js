// What every page runs: the clock, and for someone logged in the live picture, its lamps, the red band and the sounds.
import { io } from "../vendor/socket.io.esm.min.js";
import { AlarmBar } from "./alarm_bar.js";
import { Bell } from "./bell.js";
import { setUnreachableWords } from "./api.js";
import { at, atFully, onTick, now } from "./clock.js";
import { setText } from "./dom.js";
import { Finder } from "./find.js";
import { FreezeBand } from "./freeze.js";
import { Lamps } from "./lamps.js";
import { Live } from "./live.js";
import { isOn, setOn } from "./sound.js";
import { ShiftPill } from "./shift_pill.js";
import { StatusPill } from "./status_pill.js";
import { Trouble } from "./trouble.js";
import { t } from "./words.js";

/** The picture of the room; other modules of the page listen to it. */
export const live = new Live((options) => io(options));

/** What sounds for a new P1, on every page. */
export const bell = new Bell(live);

setUnreachableWords(() => t("Server tidak menjawab. Yang Anda tulis belum tersimpan; coba lagi."));

function runClock() {
  const holder = document.getElementById("clock");
  const face = document.getElementById("clock-time");
  onTick(() => {
    setText(face, at(now()));
    holder.title = atFully(now());
  });
}

function runSoundSwitch() {
  const button = document.getElementById("sound-switch");
  const show = () => {
    button?.setAttribute("aria-pressed", String(isOn()));
    if (button) setText(button.querySelector("span"), isOn() ? t("Bunyi hidup") : t("Bunyi mati"));
  };
  button?.addEventListener("click", () => (setOn(!isOn()), show()));
  show();
}

// A menu of the top bar closes when one looks elsewhere.
function closeMenus(event) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (event.key === "Escape" || (event.type === "pointerdown" && !menu.contains(event.target))) menu.open = false;
  }
}

// The picture is told once: every module of the page must listen before it comes, on a slow wire too.
function whenAllListen(work) {
  document.readyState === "complete" ? work() : document.addEventListener("DOMContentLoaded", work, { once: true });
}

runClock();
document.querySelector('.pages [aria-current="page"]')?.scrollIntoView({ block: "nearest", inline: "nearest" });
new Finder();
runSoundSwitch();
for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, closeMenus);

if (document.documentElement.dataset.live === "on") {
  new FreezeBand(live);
  new Lamps(live);
  new StatusPill(live);
  new ShiftPill(live);
  if (document.getElementById("alarm-bar")) new AlarmBar(live, document.getElementById("alarm-bar"));
  new Trouble(live);
  whenAllListen(() => live.start());
}
