// One canvas over the map for all marks: a regency's worth of incidents and units costs one element.
import { DomUtil, Layer, Point } from "../vendor/leaflet-src.esm.js";
import { corners, degreesText, gather, graticule, placeNames, under } from "./marks.js";
import { t } from "./words.js";

const PAD = 0.12;
const RADIUS = { incident: 10, unit: 8 };
const CELL = 26;
const NAMES_UP_TO = 40;
const NAME_FONT = "12px system-ui, sans-serif";
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
    this.colours = inkOf(["p1", "p2", "p3", "p4", "unit", "on-mark", "halo", "ink", "soft", "graticule", "amber", "red", "grey", "focus", "panel"]);
  },

  /** Points: {id, kind, lat, lon, shape, colour, rank, label, isHollow, isChosen, radiusM}. */
  show(points) {
    this.points = points;
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
    const cell = this._map.getZoom() >= 15 ? 0 : CELL;
    const units = gather(placed.filter(({ kind }) => kind === "unit"), cell);
    const incidents = gather(placed.filter(({ kind }) => kind === "incident"), cell);
    this.marks = [...units, ...incidents].sort((a, b) => b.top.rank - a.top.rank);
    this.isNaming = this.marks.length <= NAMES_UP_TO;
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
    for (const lon of lons) {
      const { x } = this.pixel({ lat: bounds.getCenter().lat, lon });
      this.line(x, -this.margin.y, x, size.y + this.margin.y);
      pen.fillText(degreesText(lon, [t("BT"), t("BB")]), x + 4, 12);
    }
    for (const lat of lats) {
      const { y } = this.pixel({ lat, lon: bounds.getCenter().lng });
      this.line(-this.margin.x, y, size.x + this.margin.x, y);
      pen.fillText(degreesText(lat, [t("LU"), t("LS")]), 4, y - 4);
    }
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
    const radius = RADIUS[top.kind];
    if (ids.includes(this.chosen)) this.drawChosenRing(x, y, radius);
    this.tracePath(top.shape, x, y, radius);
    this.paintShape(top);
    if (count > 1) this.drawCount(x + radius, y - radius, count);
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
    named.sort((a, b) => Number(isChosen(b)) - Number(isChosen(a)) || a.top.rank - b.top.rank);
    const marks = named.map((mark) => ({ x: mark.x, y: mark.y, radius: RADIUS[mark.top.kind] + (isChosen(mark) ? 6 : 0), label: mark.top.label }));
    this.pen.font = NAME_FONT;
    for (const { label, x, y } of placeNames(marks, (text) => this.pen.measureText(text).width)) this.words(label, x, y + 4, NAME_FONT, true);
  },

  words(text, x, y, font, hasHalo) {
    const { pen } = this;
    Object.assign(pen, { font, textAlign: "center", strokeStyle: this.colours.halo, fillStyle: this.colours.ink, lineWidth: 3 });
    if (hasHalo) pen.strokeText(text, x, y);
    pen.fillText(text, x, y);
    pen.textAlign = "start";
  },

  /** The mark under a pixel of the map, or null. */
  at({ x, y }, reach) {
    return under(this.marks, x, y, reach);
  },
});
