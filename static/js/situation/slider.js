// The slider of the last hours: how many stood open, drawn as a curve, and a hand that walks over it.
import { el, svg } from "./parts.js";
import { curve } from "./picture.js";
import { clockText, numberText, shortText, t } from "./words.js";

const STEPS = 144;
const WIDE = 1000;
const TALL = 56;
const BEAT_MS = 90;

export class Slider {
  /** `moved` is told the moment, in seconds from the picture. */
  constructor(holder, { made, incidents, from }, moved) {
    Object.assign(this, { holder, made, incidents, from, moved, moment: 0, beat: null });
    this.points = curve(incidents, from, STEPS);
    this.stride = -from / (2 * STEPS);
  }

  draw() {
    this.range = el("input", { type: "range", min: this.from, max: 0, step: this.stride, value: this.moment, "aria-label": t("Waktu gambar"), oninput: () => this.walk(Number(this.range.value)) });
    this.play = el("button.round", { type: "button", onclick: () => this.flip() });
    this.label = el("b.moment");
    this.note = el("span.soft");
    this.holder.replaceChildren(
      el("div.slider-head", {}, this.play, this.label, this.note),
      el("div.slider-body", {}, this.picture(), this.range),
      el("div.slider-foot", { "aria-hidden": "true" }, this.ticks()));
    this.say();
  }

  picture() {
    const top = Math.max(1, ...this.points.map(({ open }) => open));
    this.hand = svg("line.hand", { y1: 0, y2: TALL });
    return svg("svg", { viewBox: `0 0 ${WIDE} ${TALL}`, preserveAspectRatio: "none", "aria-hidden": "true" },
      svg("path.curve-open", { d: area(this.points.map(({ open }) => open / top)) }),
      svg("path.curve-urgent", { d: area(this.points.map(({ urgent }) => urgent / top)) }), this.hand);
  }

  ticks() {
    const hours = -this.from / 3600;
    return Array.from({ length: 5 }, (_, place) => el("span", {}, place === 4 ? t("sekarang") : clockText(this.made, this.from + (place * hours * 3600) / 4).slice(0, 5)));
  }

  walk(moment) {
    this.moment = moment > -this.stride / 2 ? 0 : moment;
    this.say();
    this.moved(this.moment);
  }

  say() {
    const x = WIDE * (1 - this.moment / this.from);
    this.hand.setAttribute("x1", x);
    this.hand.setAttribute("x2", x);
    this.range.value = this.moment;
    this.label.textContent = shortText(this.made, this.moment);
    this.range.setAttribute("aria-valuetext", this.label.textContent);
    const here = this.points[Math.min(STEPS, Math.round(STEPS * (1 - this.moment / this.from)))];
    this.note.textContent = t("{n} terbuka, {m} di antaranya merah", { n: numberText(here.open), m: numberText(here.urgent) });
    this.play.textContent = this.beat ? "❚❚" : "▶";
    this.play.setAttribute("aria-label", this.beat ? t("Berhenti") : t("Putar {n} jam terakhir", { n: -this.from / 3600 }));
  }

  flip() {
    if (this.beat) return this.stop();
    if (this.moment === 0) this.walk(this.from);
    this.beat = setInterval(() => this.step(), BEAT_MS);
    this.say();
  }

  step() {
    this.walk(Math.min(0, this.moment + 2 * this.stride));
    if (this.moment === 0) this.stop();
  }

  stop() {
    clearInterval(this.beat);
    this.beat = null;
    this.say();
  }
}

function area(shares) {
  const spots = shares.map((share, place) => `${((WIDE * place) / STEPS).toFixed(1)},${(TALL - share * (TALL - 4)).toFixed(1)}`);
  return `M0,${TALL} L${spots.join(" L")} L${WIDE},${TALL} Z`;
}
