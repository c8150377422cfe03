// One canvas over the map for all marks: a regency's worth of incidents and units costs one element.
import { DomUtil, Layer, Point } from "../vendor/leaflet-src.esm.js";
import { shortCount } from "./clusters.js";
import { drawGlyph } from "./glyphs.js";
import { corners, degreesText, gather, graticule, placeNames, under } from "./marks.js";
import { t } from "./words.js";

const PAD = 0.12;
const RADIUS = { incident: 10, unit: 8, facility: 10, zone: 11, place: 5 };
const CELL = { incident: 26, unit: 26, facility: 24, place: 12 };
const NAMES_UP_TO = 40;
const NAME_FONT = "12px system-ui, sans-serif";
const AREA_FONT = "600 12px system-ui, sans-serif";
const GROUND_FONT = "11px system-ui, sans-serif";
const TAU = Math.PI * 2;

const inkOf = (names) => {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
};

export const Ink = Layer.extend({
  initialize() {
    this.points = [];
    this.marks = [];
    this.chosen = null;
    this.layers = [];
    this.opacity = {};
    this.keptFree = () => [];
  },

  onAdd() {
    this.canvas = DomUtil.create("canvas", "ink leaflet-zoom-hide", this.getPane("markerPane"));
    this.readColours();
    this.redraw();
  },

  onRemove() {
    this.canvas.remove();
  },

  getEvents() {
    return { moveend: this.redraw, zoomend: this.redraw, resize: this.redraw, viewreset: this.redraw };
  },

  readColours() {
    this.colours = inkOf(["p1", "p2", "p3", "p4", "unit", "on-mark", "halo", "ink", "soft", "graticule", "amber", "red", "grey", "focus", "panel", "blue", "green", "zone-post", "zone-assembly_point", "facility", "facility-ink"]);
  },

  /**
   * Points: {id, kind, layer, lat, lon, shape, colour, rank, label, isHollow, isChosen, radiusM, glyph, letter, count};
   * of kind "name" only the label is drawn. `layers` are names, the lowest first; `opacity` is by name.
   */
  show(points, { layers = this.layers, opacity = this.opacity } = {}) {
    Object.assign(this, { points, layers, opacity });
    this.redraw();
  },

  redraw() {
    if (!this._map || !this.canvas) return;
    this.place();
    this.project();
    this.drawGraticule();
    this.drawChosenGround();
    for (const mark of this.marks) this.drawMark(mark);
    this.drawNames();
  },

  place() {
    const size = this._map.getSize();
    const margin = size.multiplyBy(PAD).round();
    this.margin = margin;
    const whole = size.add(margin.multiplyBy(2));
    const ratio = window.devicePixelRatio || 1;
    this.fitCanvas(whole, ratio);
    DomUtil.setPosition(this.canvas, this._map.containerPointToLayerPoint(new Point(0, 0)).subtract(margin));
    this.pen.setTransform(ratio, 0, 0, ratio, margin.x * ratio, margin.y * ratio);
    this.size = size;
  },

  // A canvas given its size anew is a canvas made anew: wipe it instead while the size stays.
  fitCanvas(whole, ratio) {
    const [width, height] = [Math.round(whole.x * ratio), Math.round(whole.y * ratio)];
    const { canvas } = this;
    if (canvas.width === width && canvas.height === height) {
      this.pen.setTransform(1, 0, 0, 1, 0, 0);
      return this.pen.clearRect(0, 0, width, height);
    }
    Object.assign(canvas, { width, height });
    Object.assign(canvas.style, { width: `${whole.x}px`, height: `${whole.y}px` });
    this.pen = canvas.getContext("2d");
  },

  project() {
    const placed = this.points.map((point) => ({ ...point, ...this.pixel(point) })).filter(({ x, y }) => this.isNear(x, y));
    const isClose = this._map.getZoom() >= 15;
    const byLayer = groupBy(placed, layerOf);
    this.names = placed.filter(({ kind }) => kind === "name");
    byLayer.delete(null);
    const marks = [...byLayer.values()].flatMap((points) => gather(points, isClose || points[0].isCluster ? 0 : CELL[points[0].kind] ?? 0));
    this.marks = marks.sort((a, b) => this.levelOf(a.top) - this.levelOf(b.top) || b.top.rank - a.top.rank);
    this.isNaming = this.marks.filter(({ top }) => top.kind !== "place").length <= NAMES_UP_TO;
  },

  // Who is in danger lies above everything, whatever the order of the layers.
  levelOf({ layer, rank }) {
    return rank === 0 ? Infinity : this.layers.indexOf(layer);
  },

  pixel({ lat, lon }) {
    const { x, y } = this._map.latLngToContainerPoint([lat, lon]);
    return { x, y };
  },

  isNear(x, y) {
    return x > -this.margin.x && y > -this.margin.y && x < this.size.x + this.margin.x && y < this.size.y + this.margin.y;
  },

  // ---- drawing

  drawGraticule() {
    const bounds = this._map.getBounds();
    const { lons, lats } = graticule([bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()], Math.max(2, this.size.x / 130));
    const { pen, size } = this;
    Object.assign(pen, { strokeStyle: this.colours.graticule, fillStyle: this.colours.soft, lineWidth: 1, font: "11px system-ui, sans-serif" });
    this.degreeBoxes = [];
    for (const lon of lons) {
      const { x } = this.pixel({ lat: bounds.getCenter().lat, lon });
      this.line(x, -this.margin.y, x, size.y + this.margin.y);
      this.degrees(degreesText(lon, [t("BT"), t("BB")]), x + 4, 12);
    }
    for (const lat of lats) {
      const { y } = this.pixel({ lat, lon: bounds.getCenter().lng });
      this.line(-this.margin.x, y, size.x + this.margin.x, y);
      this.degrees(degreesText(lat, [t("LU"), t("LS")]), 4, y - 4);
    }
  },

  degrees(text, x, y) {
    this.pen.fillText(text, x, y);
    this.degreeBoxes.push([x, y - 11, x + this.pen.measureText(text).width, y + 2]);
  },

  // What a name may not cover: the figures at the edge, the tools on the map, and what lies outside it.
  keptOff() {
    const { x: width, y: height } = this.size;
    const far = 1e5;
    const outside = [[-far, -far, 2, far], [width - 2, -far, far, far], [-far, -far, far, 2], [-far, height - 2, far, far]];
    return [...this.degreeBoxes, ...this.keptFree(), ...outside];
  },

  line(fromX, fromY, toX, toY) {
    this.pen.beginPath();
    this.pen.moveTo(fromX, fromY);
    this.pen.lineTo(toX, toY);
    this.pen.stroke();
  },

  // How sure the place is: a dashed ring as wide as its doubt.
  drawChosenGround() {
    const point = this.points.find(({ isChosen, radiusM }) => isChosen && radiusM);
    if (!point) return;
    const { x, y } = this.pixel(point);
    const north = this.pixel({ lat: point.lat + point.radiusM / 111_195, lon: point.lon });
    Object.assign(this.pen, { strokeStyle: this.colours.focus, lineWidth: 1.5 });
    this.pen.setLineDash([6, 5]);
    this.ring(x, y, Math.abs(y - north.y));
    this.pen.setLineDash([]);
  },

  ring(x, y, radius) {
    this.pen.beginPath();
    this.pen.arc(x, y, radius, 0, TAU);
    this.pen.stroke();
  },

  drawMark({ x, y, top, count, ids }) {
    const radius = this.radiusOf(top, count);
    this.pen.globalAlpha = this.opacity[top.layer] ?? 1;
    if (ids.includes(this.chosen)) this.drawChosenRing(x, y, radius);
    this.tracePath(top.shape, x, y, radius);
    this.paintShape(top);
    this.drawInside(top, x, y, radius, count);
    if (count > 1 && !top.isCluster) this.drawCount(x + radius, y - radius, count);
    this.pen.globalAlpha = 1;
  },

  radiusOf({ kind, isCluster }, count) {
    return isCluster ? 13 + Math.min(11, 3 * Math.log10(count)) : RADIUS[kind];
  },

  // How bad stands inside in figures, for eyes that do not tell the colours; a cluster says how many, a facility shows its icon.
  drawInside({ glyph, isCluster, letter, shape }, x, y, radius, count) {
    if (glyph) drawGlyph(this.pen, glyph, x, y, radius * 1.5, this.colours["facility-ink"]);
    if (letter) this.drawLetter(letter, x, y + (shape === "P1" ? radius * 0.34 : 0), Math.round(isCluster ? radius * 0.78 : radius * 1.15));
    if (isCluster) this.drawPlate(shortCount(count), x, y + radius + 7);
  },

  drawLetter(letter, x, y, size) {
    this.inside(letter, x, y + size * 0.36, `800 ${size}px system-ui, sans-serif`);
  },

  inside(text, x, y, font) {
    Object.assign(this.pen, { font, textAlign: "center", fillStyle: this.colours["on-mark"] });
    this.pen.fillText(text, x, y);
    this.pen.textAlign = "start";
  },

  drawPlate(text, x, y) {
    const { pen, colours } = this;
    pen.font = "bold 11px system-ui, sans-serif";
    const half = pen.measureText(text).width / 2 + 5;
    Object.assign(pen, { fillStyle: colours.panel, strokeStyle: colours.ink, lineWidth: 1 });
    pen.beginPath();
    pen.roundRect(x - half, y - 8, half * 2, 16, 8);
    pen.fill();
    pen.stroke();
    this.words(text, x, y + 4, "bold 11px system-ui, sans-serif", false);
  },

  drawChosenRing(x, y, radius) {
    Object.assign(this.pen, { strokeStyle: this.colours.focus, lineWidth: 3 });
    this.ring(x, y, radius + 7);
  },

  tracePath(shape, x, y, radius) {
    const { pen } = this;
    const points = corners(shape, x, y, radius);
    pen.beginPath();
    if (!points) return pen.arc(x, y, radius * 0.9, 0, TAU);
    points.forEach(([px, py], place) => (place ? pen.lineTo(px, py) : pen.moveTo(px, py)));
    pen.closePath();
  },

  paintShape({ colour, isHollow }) {
    const { pen } = this;
    const fill = this.colours[colour];
    Object.assign(pen, { strokeStyle: isHollow ? fill : this.colours.halo, lineWidth: isHollow ? 2.5 : 2, lineJoin: "round" });
    pen.fillStyle = isHollow ? this.colours.halo : fill;
    pen.stroke();
    pen.fill();
    if (isHollow) pen.stroke();
  },

  drawCount(x, y, count) {
    const { pen } = this;
    pen.fillStyle = this.colours.panel;
    pen.strokeStyle = this.colours.ink;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.arc(x, y, 8, 0, TAU);
    pen.fill();
    pen.stroke();
    this.words(count > 99 ? "99+" : String(count), x, y + 3.5, "bold 10px system-ui, sans-serif", false);
  },

  // The most important name finds its place first; where there are many marks only the chosen one is named.
  drawNames() {
    const isChosen = ({ ids }) => ids.includes(this.chosen);
    const named = this.marks.filter((mark) => mark.count === 1 && (this.isNaming || isChosen(mark)));
    named.sort((a, b) => Number(isChosen(b)) - Number(isChosen(a)) || nameRank(a.top) - nameRank(b.top));
    const silent = this.marks.filter((mark) => !named.includes(mark)).map((mark) => this.boxOf(mark));
    const wanted = [...named.map((mark) => this.nameOf(mark, isChosen(mark))), ...this.names.map((name) => ({ radius: 0, ...name }))];
    wanted.sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
    const widthOf = (text) => ((this.pen.font = AREA_FONT), this.pen.measureText(text).width);
    for (const { label, x, y, font, layer } of placeNames(wanted, widthOf, [...silent, ...this.keptOff()])) {
      this.pen.globalAlpha = this.opacity[layer] ?? 1;
      this.words(label, x, y + 4, font ?? NAME_FONT, true, font === GROUND_FONT);
    }
    this.pen.globalAlpha = 1;
  },

  nameOf({ x, y, top, count }, isChosen) {
    const font = top.kind === "zone" ? AREA_FONT : top.kind === "place" ? GROUND_FONT : undefined;
    return { x, y, radius: this.radiusOf(top, count) + (isChosen ? 6 : 0), label: top.label, font, layer: top.layer, order: isChosen ? -1 : nameRank(top) };
  },

  boxOf({ x, y, top, count }) {
    const radius = this.radiusOf(top, count);
    return [x - radius, y - radius, x + radius, y + radius + (top.isCluster ? 15 : 0)];
  },

  words(text, x, y, font, hasHalo, isSoft = false) {
    const { pen } = this;
    Object.assign(pen, { font, textAlign: "center", lineJoin: "round", strokeStyle: this.colours.halo, fillStyle: isSoft ? this.colours.soft : this.colours.ink, lineWidth: 3 });
    if (hasHalo) pen.strokeText(text, x, y);
    pen.fillText(text, x, y);
    pen.textAlign = "start";
  },

  /** The mark under a pixel of the map, or null. */
  at({ x, y }, reach) {
    return under(this.marks, x, y, reach);
  },
});

const layerOf = ({ kind, layer }) => (kind === "name" ? null : layer);

const nameRank = ({ kind, rank }) => (kind === "place" ? 20 : kind === "facility" ? 12 : rank);

function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.has(keyOf(item)) ? groups.get(keyOf(item)).push(item) : groups.set(keyOf(item), [item]);
  return groups;
}
