// The band of alarms under the top bar: who is in distress or silent too long, taken on by one key; each sounds once.
import { alarmLook, alarmWords, inBand } from "./alarm_words.js";
import { post } from "./api.js";
import { now, onTick } from "./clock.js";
import { h, icon, oncePerFrame } from "./dom.js";
import { may } from "./page.js";
import { Section } from "./section.js";
import { soundAlarm, soundMayday } from "./sound.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const MOST = 2;
const LOOK_AGAIN_S = 15;
const SOUNDED = "posko.alarms.sounded";

export class AlarmBar {
  constructor(live, element) {
    Object.assign(this, { live, element, part: new Section(element) });
    const draw = oncePerFrame(() => this.draw());
    live.addEventListener("change", ({ detail: { changed } }) => changed.alarms.size && (this.sound(), draw()));
    onTick((moment) => Math.floor(moment / 1000) % LOOK_AGAIN_S === 0 && draw());
  }

  get alarms() {
    return inBand(this.live.picture.alarms.values(), may("alarm.acknowledge"));
  }

  draw() {
    const { alarms } = this;
    this.element.hidden = !alarms.length;
    this.part.show(alarms.map((one) => [one, alarmWords(one, now())]), () => this.rows(alarms));
  }

  rows(alarms) {
    const rest = alarms.length - MOST;
    const more = rest > 0 && h("a.btn.btn-small.push", { href: "/units?show=alarm" }, t("dan {n} peringatan lagi", { n: rest }));
    return alarms.slice(0, MOST).map((one, place) => row(one, place === MOST - 1 && more));
  }

  // Also in another tab, or after a turn of the page, an alarm has sounded already.
  sound() {
    const waiting = this.alarms.filter((one) => !one.acknowledged_by);
    const known = new Set(kept());
    const fresh = waiting.filter((one) => !known.has(soundKey(one)));
    if (!fresh.length) return;
    keep([...known, ...fresh.map(soundKey)].slice(-200));
    fresh.some((one) => one.kind === "mayday") ? soundMayday() : soundAlarm();
  }
}

// A question that is asked again sounds again.
const soundKey = ({ id, misses }) => `${id}.${misses}`;

function kept() {
  try { return JSON.parse(localStorage.getItem(SOUNDED)) ?? []; } catch { return []; }
}

function keep(ids) {
  try { localStorage.setItem(SOUNDED, JSON.stringify(ids)); } catch { /* private mode: it sounds on each page */ }
}

const row = (alarm, more) =>
  h("div.alarm-row", { class: `alarm-${alarmLook(alarm)}` }, icon(alarm.kind === "mayday" ? "alarm" : "clock"),
    h("strong", {}, alarmWords(alarm, now())), alarm.acknowledged_by && h("span.small", {}, t("ditangani {by}", { by: alarm.acknowledged_by })),
    ...alarmButtons(alarm), more);

/** What can be done about an alarm: take it on, write down that the unit answered, go where it is. */
export function alarmButtons(alarm) {
  const button = (words, key, deed, look = "") => h("button.btn.btn-small", { type: "button", class: look, data: { key: `${key}-${alarm.id}` }, onclick: ({ currentTarget }) => send(currentTarget, deed) }, words);
  return [
    !alarm.acknowledged_by && may("alarm.acknowledge") && button(t("Tangani"), "take", () => post(`/alarms/${alarm.id}/acknowledge`), "btn-primary"),
    (alarm.kind === "welfare" || alarm.why === "silence") && may("alarm.acknowledge") && button(t("Dijawab lewat suara"), "voice", () => post(`/units/${alarm.unit_id}/welfare`, { how: "voice" })),
    h("a.btn.btn-small.btn-quiet", { href: alarm.incident_id ? `/?i=${alarm.incident_id}` : `/units?u=${alarm.unit_id}`, data: { key: `go-${alarm.id}` } }, t("Lihat")),
  ].filter(Boolean);
}

async function send(button, deed) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    await deed();
  } catch (problem) {
    toast(problem.message, { isBad: true });
  } finally {
    button.setAttribute("aria-busy", "false");
  }
}
