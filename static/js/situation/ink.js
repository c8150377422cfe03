// One canvas over the map for every mark and name: ten thousand incidents cost one element.
import { corners, degreesText, graticule, placeNames } from "../marks.js";
import { coloursOf } from "./parts.js";
import { gathered, radiusOf } from "./picture.js";
import { t } from "./words.js";

const TAU = Math.PI * 2;
const CELL = { incident: 58, unit: 24, facility: 30, zone: 1 };
const CLOSE_ZOOM = 15;
const CLOSE_CELL = 18;
const NAMES_UP_TO = 36;
const PAD = 0.15;
const LETTERS = 'system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif';
const TOKENS = ["p1", "p2", "p3", "p4", "unit", "on-mark", "halo", "ink", "soft", "graticule", "amber", "red", "green", "blue", "grey", "panel", "edge-strong", "drill"];

export const Ink = L.Layer.extend({
  initialize(facts) {
    Object.assign(this, { points: [], marks: [], names: [], watermark: "", sharpness: 0 }, facts);
  },

  onAdd() {
    this.canvas = L.DomUtil.create("canvas", "ink", this.getPane("markerPane"));
    this.pen = this.canvas.getContext("2d");
    this.readColours();
    this.redraw();
  },

  onRemove() {
    this.canvas.remove();
  },

  getEvents() {
    return { move: this.redraw, moveend: this.redraw, zoomend: this.redraw, resize: this.redraw, viewreset: this.redraw };
  },

  readColours() {
    this.colours = coloursOf(TOKENS);
  },

  /** Points {kind, lon, lat, rank, ...} and names {lon, lat, text, level}. */
  show(points, names) {
    const zoomed = (one) => ({ ...one, ...this.flat(one) });
    this.points = points.map(zoomed);
    this.names = names.map(zoomed);
    this.gatheredAt = null;
    this.redraw();
  },

  // The place on a flat map of the world one unit wide: worked out once, then only scaled.
  flat({ lon, lat }) {
    const sine = Math.sin((lat * Math.PI) / 180);
    return { u: lon / 360 + 0.5, v: 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI) };
  },

  redraw() {
    if (!this._map || !this.pen) return;
    this.gather();
    this.place();
    this.drawGraticule();
    if (this.watermark) this.drawWatermark();
    this.project();
    for (const mark of this.marks) this.drawMark(mark);
    this.drawNames();
  },

  // Gathered once for each zoom: panning only moves what is there.
  gather() {
    const zoom = this._map.getZoom();
    if (this.gatheredAt === zoom) return;
    this.gatheredAt = zoom;
    const scale = 256 * 2 ** zoom;
    const kinds = groupedBy(this.points);
    this.clusters = [...kinds].flatMap(([kind, points]) => {
      for (const one of points) Object.assign(one, { x: one.u * scale, y: one.v * scale });
      return gathered(points, kind === "incident" && zoom >= CLOSE_ZOOM ? CLOSE_CELL : CELL[kind]);
    });
    this.clusters.sort((a, b) => orderOf(a) - orderOf(b) || b.top.rank - a.top.rank);
  },

  place() {
    const size = this._map.getSize();
    const margin = size.multiplyBy(PAD).round();
    const whole = size.add(margin.multiplyBy(2));
    const ratio = Math.max(window.devicePixelRatio || 1, this.sharpness);
    const [width, height] = [Math.round(whole.x * ratio), Math.round(whole.y * ratio)];
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    Object.assign(this.canvas.style, { width: `${whole.x}px`, height: `${whole.y}px` });
    L.DomUtil.setPosition(this.canvas, this._map.containerPointToLayerPoint([0, 0]).subtract(margin));
    this.pen.setTransform(ratio, 0, 0, ratio, margin.x * ratio, margin.y * ratio);
    this.pen.clearRect(-margin.x, -margin.y, whole.x, whole.y);
    Object.assign(this, { size, margin });
  },

  project() {
    const corner = this._map.getPixelBounds().min;
    const near = ({ x, y }) => x > -this.margin.x && y > -this.margin.y && x < this.size.x + this.margin.x && y < this.size.y + this.margin.y;
    this.marks = this.clusters.map((one) => ({ ...one, x: one.x - corner.x, y: one.y - corner.y })).filter(near);
    for (const mark of this.marks) mark.radius = reachOf(mark);
  },

  pixel({ lat, lon }) {
    return this._map.latLngToContainerPoint([lat, lon]);
  },

  // ---- the ground of the drawing

  drawGraticule() {
    const bounds = this._map.getBounds();
    const { lons, lats } = graticule([bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()], Math.max(2, this.size.x / 150));
    const { pen, size, margin } = this;
    Object.assign(pen, { strokeStyle: this.colours.graticule, fillStyle: this.colours.soft, lineWidth: 1, font: `11px ${LETTERS}`, textAlign: "start", globalAlpha: 0.9 });
    for (const lon of lons) {
      const { x } = this.pixel({ lat: bounds.getCenter().lat, lon });
      this.line(x, -margin.y, x, size.y + margin.y);
      pen.fillText(degreesText(lon, [t("BT"), t("BB")]), x + 4, 13);
    }
    for (const lat of lats) {
      const { y } = this.pixel({ lat, lon: bounds.getCenter().lng });
      this.line(-margin.x, y, size.x + margin.x, y);
      pen.fillText(degreesText(lat, [t("LU"), t("LS")]), 5, y - 4);
    }
    pen.globalAlpha = 1;
  },

  line(fromX, fromY, toX, toY) {
    this.pen.beginPath();
    this.pen.moveTo(fromX, fromY);
    this.pen.lineTo(toX, toY);
    this.pen.stroke();
  },

  // An exercise must not be taken for real, even on a piece cut out of the picture.
  drawWatermark() {
    const { pen, size } = this;
    pen.save();
    Object.assign(pen, { fillStyle: this.colours.drill, globalAlpha: 0.13, font: `800 44px ${LETTERS}`, textAlign: "center" });
    for (let y = 60; y < size.y + 150; y += 190) {
      for (let x = (y % 380) / 2; x < size.x + 200; x += 340) {
        pen.setTransform(this.turned(x, y));
        pen.fillText(this.watermark, 0, 0);
      }
    }
    pen.restore();
  },

  turned(x, y) {
    const ratio = Math.max(window.devicePixelRatio || 1, this.sharpness);
    return new DOMMatrix([ratio, 0, 0, ratio, this.margin.x * ratio, this.margin.y * ratio]).translate(x, y).rotate(-24);
  },

  // ---- marks

  drawMark(mark) {
    const draw = { incident: this.drawIncident, unit: this.drawUnit, facility: this.drawFacility, zone: this.drawZoneSign }[mark.top.kind];
    draw.call(this, mark);
  },

  drawIncident(mark) {
    if (mark.many.length > 1) return this.drawRing(mark);
    const { x, y, top, radius } = mark;
    if (top.isWaiting) this.drawWaiting(x, y, radius);
    this.paint(top.shape, x, y, radius, this.colours[`p${top.rank}`], this.colours.halo);
    const drop = top.rank === 1 ? 5.5 : 4;
    this.text(String(top.rank), x, y + drop, `800 11px ${LETTERS}`, this.colours["on-mark"]);
  },

  drawWaiting(x, y, radius) {
    Object.assign(this.pen, { strokeStyle: this.colours.red, lineWidth: 2 });
    this.pen.setLineDash([3, 3]);
    this.circle(x, y + 0.5, radius + 6);
    this.pen.stroke();
    this.pen.setLineDash([]);
  },

  // A gathering: its number, round it the share of each priority, above it the sign of the worst.
  drawRing({ x, y, top, many, radius }) {
    const { pen, colours } = this;
    this.circle(x, y, radius);
    Object.assign(pen, { fillStyle: colours.panel, strokeStyle: colours.halo, lineWidth: 7 });
    pen.stroke();
    pen.fill();
    let from = -TAU / 4;
    for (const [rank, share] of sharesOf(many)) {
      pen.beginPath();
      pen.arc(x, y, radius, from, from + share * TAU);
      Object.assign(pen, { strokeStyle: colours[`p${rank}`], lineWidth: 5 });
      pen.stroke();
      from += share * TAU;
    }
    this.text(numberShort(many.length), x, y + 4.5, `700 ${radius > 20 ? 14 : 12}px ${LETTERS}`, colours.ink);
    this.paint(top.shape, x + radius * 0.8, y - radius * 0.85, 6.5, colours[`p${top.rank}`], colours.halo);
  },

  drawUnit({ x, y, top, many, radius }) {
    const { colours } = this;
    this.paint("unit", x, y, radius, top.isHollow ? colours.halo : colours[top.colour], top.isHollow ? colours[top.colour] : colours.halo);
    if (many.length > 1) this.drawBadge(x + 7, y - 7, many.length);
  },

  drawFacility({ x, y, top, many }) {
    const { pen, colours } = this;
    pen.beginPath();
    pen.roundRect(x - 9, y - 8, 18, 16, 4);
    Object.assign(pen, { fillStyle: colours.panel, strokeStyle: colours.blue, lineWidth: 1.5 });
    pen.fill();
    pen.stroke();
    this.text(top.sign, x, y + 4, `800 ${top.sign.length > 1 ? 9 : 12}px ${LETTERS}`, colours.blue);
    if (many.length > 1) this.drawBadge(x + 9, y - 8, many.length);
  },

  drawZoneSign({ x, y, top }) {
    this.circle(x, y, 9);
    Object.assign(this.pen, { fillStyle: this.colours[top.colour], strokeStyle: this.colours.halo, lineWidth: 2 });
    this.pen.stroke();
    this.pen.fill();
    this.text(top.sign, x, y + 4.5, `800 13px ${LETTERS}`, this.colours.halo);
  },

  drawBadge(x, y, count) {
    this.circle(x, y, 7);
    Object.assign(this.pen, { fillStyle: this.colours.panel, strokeStyle: this.colours["edge-strong"], lineWidth: 1 });
    this.pen.fill();
    this.pen.stroke();
    this.text(numberShort(count), x, y + 3.5, `700 9px ${LETTERS}`, this.colours.ink);
  },

  paint(shape, x, y, radius, fill, stroke) {
    const { pen } = this;
    const points = corners(shape, x, y, radius);
    if (!points) this.circle(x, y, radius * 0.95);
    else {
      pen.beginPath();
      points.forEach(([px, py], place) => (place ? pen.lineTo(px, py) : pen.moveTo(px, py)));
      pen.closePath();
    }
    Object.assign(pen, { fillStyle: fill, strokeStyle: stroke, lineWidth: 3, lineJoin: "round" });
    pen.stroke();
    pen.fill();
  },

  circle(x, y, radius) {
    this.pen.beginPath();
    this.pen.arc(x, y, radius, 0, TAU);
  },

  // ---- names

  drawNames() {
    const singles = this.marks.filter(({ many, top }) => many.length === 1 && top.label);
    const named = (singles.length <= NAMES_UP_TO ? singles : singles.filter(({ top }) => top.rank === 1).slice(0, NAMES_UP_TO)).sort((a, b) => a.top.rank - b.top.rank);
    const corner = this._map.getPixelBounds().min;
    const scale = 256 * 2 ** this._map.getZoom();
    const places = this.names.filter(({ level }) => level <= this.finestName()).map((one) => ({ x: one.u * scale - corner.x, y: one.v * scale - corner.y, radius: 0, label: one }));
    const marks = [...named.map(({ x, y, radius, top }) => ({ x, y, radius: radius + 3, label: { text: top.label } })), ...places.filter(({ x, y }) => x > 0 && y > 0 && x < this.size.x && y < this.size.y)];
    const others = this.marks.filter(({ many }) => many.length > 1).map(({ x, y, radius }) => ({ x, y, radius: radius + 3, label: null }));
    for (const { label, x, y } of placeNames([...marks, ...others], (label) => this.widthOf(label))) this.name(label, x, y + 4);
  },

  finestName() {
    const zoom = this._map.getZoom();
    return zoom >= 12.5 ? 4 : zoom >= 9 ? 3 : 2;
  },

  fontOf({ level }) {
    return level ? `${level < 4 ? "600 12px" : "11px"} ${LETTERS}` : `600 12.5px ${LETTERS}`;
  },

  widthOf(label) {
    this.pen.font = this.fontOf(label);
    return this.pen.measureText(label.text).width;
  },

  name(label, x, y) {
    const { pen, colours } = this;
    Object.assign(pen, { font: this.fontOf(label), textAlign: "center", strokeStyle: colours.halo, fillStyle: label.level ? colours.soft : colours.ink, lineWidth: 3.5, lineJoin: "round" });
    pen.strokeText(label.text, x, y);
    pen.fillText(label.text, x, y);
  },

  text(words, x, y, font, fill) {
    Object.assign(this.pen, { font, textAlign: "center", fillStyle: fill });
    this.pen.fillText(words, x, y);
  },

  /** The mark under a pixel of the map, or null; later marks lie on top. */
  at({ x, y }, reach) {
    const far = (mark) => Math.hypot(mark.x - x, mark.y - y) - mark.radius;
    return this.marks.reduce((best, mark) => (far(mark) <= reach && (!best || far(mark) <= Math.max(0, far(best))) ? mark : best), null);
  },
});

const ORDER = ["zone", "facility", "unit", "incident"];

const orderOf = ({ top }) => ORDER.indexOf(top.kind);

function groupedBy(points) {
  const kinds = new Map();
  for (const one of points) kinds.has(one.kind) ? kinds.get(one.kind).push(one) : kinds.set(one.kind, [one]);
  return kinds;
}

function reachOf({ top, many }) {
  if (top.kind !== "incident") return top.kind === "unit" ? 7 : 9;
  return radiusOf(many.length);
}

function sharesOf(many) {
  const counts = [0, 0, 0, 0];
  for (const { rank } of many) counts[rank - 1] += 1;
  return counts.map((count, place) => [place + 1, count / many.length]).filter(([, share]) => share);
}

const numberShort = (count) => (count < 1000 ? String(count) : `${Math.floor(count / 100) / 10}k`.replace(".", ","));
