// The lamps of the top bar, in words; the screen's own lamp is lit here, from what this page really hears.
import { atFully, atMinute, onTick } from "./clock.js";
import { arrange, h, oncePerFrame, setText } from "./dom.js";
import { lampSaid } from "./lamp_words.js";
import { LAMP_STATES, LAMPS, named } from "./names.js";
import { t } from "./words.js";

const ORDER = ["screen", "internet", "sms", "radio", "database"];

const rank = (id) => (ORDER.indexOf(id) + 1 || ORDER.length + 1);

/** The screen's lamp, from the live link. */
export function screenLamp(live) {
  if (live.isFrozen) return { id: "screen", state: "off", words: t("beku") };
  if (!live.isConnected) return { id: "screen", state: live.isOpening ? "unknown" : "warn", words: t("menyambung") };
  return { id: "screen", state: "ok", words: t("langsung") };
}

/** All lamps, those that are not well first, else in their usual order with the screen's own first: where the bar is narrow the end of it is cut. */
export function lampsOf(live) {
  const told = [...live.picture.lamps.values()].filter((lamp) => lamp.id !== "screen");
  return [screenLamp(live), ...told].sort((a, b) => weight(a) - weight(b) || rank(a.id) - rank(b.id));
}

const weight = (lamp) => ["off", "warn"].indexOf(lamp.state) + 1 || 3;

/** "mati 04.12", "17/20 stasiun", "langsung". */
export function lampWords(lamp) {
  const words = lamp.words ? lampSaid(lamp.words) : named(LAMP_STATES, lamp.state);
  return lamp.state === "off" && lamp.since ? `${words} ${atMinute(lamp.since)}` : words;
}

export class Lamps {
  constructor(live) {
    this.live = live;
    this.element = document.getElementById("lamps");
    this.rows = new Map();
    const draw = oncePerFrame(() => this.draw());
    for (const news of ["change", "connection"]) live.addEventListener(news, draw);
    onTick(draw);
  }

  draw() {
    const lamps = lampsOf(this.live);
    arrange(this.element, lamps.map((lamp) => this.row(lamp)));
  }

  row(lamp) {
    if (!this.rows.has(lamp.id)) this.rows.set(lamp.id, h("span.lamp", {}, h("b", {}, named(LAMPS, lamp.id)), h("span")));
    const row = this.rows.get(lamp.id);
    const look = `lamp lamp-${lamp.state}`;
    if (row.className !== look) row.className = look;
    setText(row.lastChild, lampWords(lamp));
    const since = [lampWords(lamp), lamp.since && t("sejak {time}", { time: atFully(lamp.since) })].filter(Boolean).join(" · ");
    if (row.title !== since) row.title = since;
    return row;
  }
}
