// Where the base map does not reach, the ground is hatched and says so: an empty sheet would look calm.
import { DomUtil, GridLayer } from "../vendor/leaflet-src.esm.js";
import { oncePerFrame } from "./dom.js";
import { isWhole, unreached } from "./reach.js";
import { t } from "./words.js";

const SIDE = 256;
const STEP = 16; // divides the side, so that the lines of neighbours meet
const FONT = "12px system-ui, sans-serif";

const inkOf = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

export const Hatch = GridLayer.extend({
  options: { pane: "hatch", updateWhenZooming: false },

  /** facts: bounds, minzoom, maxzoom and step of the map; source tells what is missing. */
  initialize(facts, source, options) {
    GridLayer.prototype.initialize.call(this, options);
    Object.assign(this, { facts, source });
    this.again = oncePerFrame(() => this.paintAll());
  },

  onAdd(map) {
    this.source.addEventListener("miss", this.again);
    addEventListener("posko:theme", this.again);
    GridLayer.prototype.onAdd.call(this, map);
  },

  onRemove(map) {
    this.source.removeEventListener("miss", this.again);
    removeEventListener("posko:theme", this.again);
    GridLayer.prototype.onRemove.call(this, map);
  },

  createTile(coords) {
    const canvas = DomUtil.create("canvas", "hatch");
    this.paint(canvas, coords);
    return canvas;
  },

  paintAll() {
    for (const { el, coords } of Object.values(this._tiles ?? {})) this.paint(el, coords);
  },

  // A canvas without a size costs nothing: most tiles are reached.
  paint(canvas, coords) {
    const rectangles = unreached(this.inWorld(coords), this.facts, this.source.missing);
    const ratio = rectangles.length ? window.devicePixelRatio || 1 : 0;
    Object.assign(canvas, { width: SIDE * ratio, height: SIDE * ratio });
    if (!rectangles.length) return;
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    for (const rectangle of rectangles) this.draw(pen, rectangle);
    if (isWhole(rectangles) && (coords.x + coords.y) % 2 === 0) this.say(pen, coords.z);
  },

  inWorld: ({ x, y, z }) => ({ x: ((x % 2 ** z) + 2 ** z) % 2 ** z, y, z }),

  draw(pen, [x, y, width, height]) {
    pen.save();
    pen.beginPath();
    pen.rect(x, y, width, height);
    pen.clip();
    Object.assign(pen, { strokeStyle: inkOf("hatch"), lineWidth: 1.5 });
    pen.beginPath();
    for (let at = -SIDE; at < SIDE; at += STEP) (pen.moveTo(at, SIDE), pen.lineTo(at + SIDE, 0));
    pen.stroke();
    pen.restore();
  },

  say(pen, zoom) {
    const isAbove = zoom < this.facts.minzoom + this.facts.step;
    const words = isAbove ? t("perbesar: ubin peta mulai lebih dekat") : t("tidak ada ubin peta di sini");
    Object.assign(pen, { font: FONT, textAlign: "center", lineJoin: "round", lineWidth: 4, strokeStyle: inkOf("halo"), fillStyle: inkOf("soft") });
    pen.strokeText(words, SIDE / 2, SIDE / 2);
    pen.fillText(words, SIDE / 2, SIDE / 2);
  },
});
