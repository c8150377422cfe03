// The map of the wall: coast, site, and marks large enough to be read across a room; nobody presses it.
import * as L from "../vendor/leaflet-src.esm.js";
import { boxRound, corners } from "./marks.js";
import { DISCREET } from "./wall_rules.js";

const INDONESIA = [95, -11, 141, 6];
const COAST = new URL("../vendor/coastline.json", import.meta.url);
const TAU = Math.PI * 2;
const UNIT_COLOURS = { mayday: "p1", obstructed: "amber", out_of_service: "grey" };

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const isPlaced = ({ lon, lat }) => Number.isFinite(lon) && Number.isFinite(lat);
const toBounds = ([west, south, east, north]) => [[south, west], [north, east]];

export class WallMap {
  constructor(live, element) {
    Object.assign(this, { live, element });
    this.map = L.map(element, { preferCanvas: true, zoomControl: false, attributionControl: false, zoomAnimation: false, fadeAnimation: false, keyboard: false, dragging: false, scrollWheelZoom: false, doubleClickZoom: false, boxZoom: false, touchZoom: false, zoomSnap: 0.25 });
    this.map.fitBounds(toBounds(INDONESIA));
    this.canvas = L.DomUtil.create("canvas", "wall-ink", element);
    this.layCoast();
    new ResizeObserver(() => this.look()).observe(element);
    addEventListener("posko:theme", () => this.paintAgain());
  }

  async layCoast() {
    const response = await fetch(COAST).catch(() => null);
    if (!response?.ok) return;
    this.coast = L.geoJSON(await response.json(), { interactive: false, style: ({ properties }) => this.coastStyle(properties.kind) }).addTo(this.map);
    this.coast.bringToBack();
  }

  coastStyle(kind) {
    return kind === "land" ? { color: colour("coast"), weight: 1.5, fillColor: colour("land"), fillOpacity: 1 } : { color: colour("coast"), weight: 1, dashArray: "4 4", fill: false };
  }

  siteStyle() {
    return { color: colour("site-edge"), weight: 3, fillColor: colour("site-fill"), fillOpacity: 1 };
  }

  paintAgain() {
    this.coast?.setStyle(({ properties }) => this.coastStyle(properties.kind));
    this.site?.setStyle(() => this.siteStyle());
    this.look();
  }

  /** Draw what there is now; a map that is not on the wall has no size and draws nothing. */
  look() {
    if (!this.element.clientWidth || !this.live.hasPicture) return;
    this.map.invalidateSize({ pan: false });
    this.laySite(this.live.picture.site ?? {});
    this.fit();
    this.draw();
  }

  laySite({ outline }) {
    if (this.site || !outline) return;
    this.site = L.geoJSON(outline, { interactive: false, style: () => this.siteStyle() }).addTo(this.map);
  }

  fit() {
    const { site, incidents, units } = this.live.picture;
    const box = site?.bounds ?? boxRound([...incidents.values()]) ?? boxRound([...units.values()]) ?? INDONESIA;
    this.map.fitBounds(toBounds(box), { padding: [40, 40], animate: false, maxZoom: 14 });
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.element;
    const ratio = devicePixelRatio || 1;
    Object.assign(this.canvas, { width: width * ratio, height: height * ratio });
    const pen = this.canvas.getContext("2d");
    pen.scale(ratio, ratio);
    this.letter = parseFloat(getComputedStyle(this.element).fontSize);
    const worstLast = [...this.live.picture.incidents.values()].filter((one) => isPlaced(one) && !DISCREET.has(one.type)).sort((a, b) => (a.priority < b.priority ? 1 : -1));
    for (const unit of [...this.live.picture.units.values()].filter(isPlaced)) this.drawUnit(pen, unit);
    for (const incident of worstLast) this.drawIncident(pen, incident);
  }

  spot({ lat, lon }) {
    return this.map.latLngToContainerPoint([lat, lon]);
  }

  drawUnit(pen, unit) {
    const { x, y } = this.spot(unit);
    shape(pen, corners("unit", x, y, this.letter * 0.5), x, y, this.letter * 0.5, colour(UNIT_COLOURS[unit.state] ?? "unit"), colour("halo"));
    pen.font = `700 ${this.letter}px ${colour("letters")}`;
    Object.assign(pen, { textAlign: "left", textBaseline: "middle", lineWidth: this.letter / 4, strokeStyle: colour("halo"), fillStyle: colour("ink") });
    pen.strokeText(unit.call_sign, x + this.letter * 0.7, y);
    pen.fillText(unit.call_sign, x + this.letter * 0.7, y);
  }

  drawIncident(pen, incident) {
    const { x, y } = this.spot(incident);
    const radius = this.letter;
    shape(pen, corners(incident.priority, x, y, radius), x, y, radius, colour(incident.priority.toLowerCase()), colour("halo"));
    pen.font = `800 ${this.letter}px ${colour("letters")}`;
    Object.assign(pen, { textAlign: "center", textBaseline: "middle", fillStyle: colour("on-mark") });
    pen.fillText(incident.priority.slice(1), x, y + (incident.priority === "P1" ? radius * 0.25 : 0));
  }
}

function shape(pen, points, x, y, radius, fillStyle, strokeStyle) {
  pen.beginPath();
  if (points) points.forEach(([px, py], place) => (place ? pen.lineTo(px, py) : pen.moveTo(px, py)));
  else pen.arc(x, y, radius * 0.95, 0, TAU);
  pen.closePath();
  Object.assign(pen, { fillStyle, strokeStyle, lineWidth: radius / 4 });
  pen.stroke();
  pen.fill();
}
