// The desk's small map: coast, the site's outline, what is open nearby, and the one point of this call with its doubt.
import * as L from "../vendor/leaflet-src.esm.js";
import { BaseMap } from "./base_map.js";

const COAST = new URL("../vendor/coastline.json", import.meta.url);
const ALL = [[-11, 95], [6, 141]];
const CLOSEST = 15;
const AROUND_M = 9000; // where there are no streets, only what else is nearby tells where a point is

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export class DeskMap {
  constructor(element, { live, onPlace }) {
    this.map = L.map(element, { zoomControl: true, attributionControl: false, preferCanvas: true, minZoom: 4, maxZoom: 18, keyboard: true });
    this.live = live;
    this.ground = new BaseMap({ map: this.map, element, live, onChange: () => this.repaint() });
    this.floor = L.canvas({ pane: "ground" });
    this.base = L.layerGroup().addTo(this.map);
    this.others = L.layerGroup().addTo(this.map);
    this.mine = L.layerGroup().addTo(this.map);
    this.map.on("click", ({ latlng }) => onPlace({ lon: round(latlng.lng), lat: round(latlng.lat), radius_m: this.doubtOfClick() }));
    this.knowSite();
    this.loadCoast();
    live.addEventListener("change", ({ detail }) => (detail.isSnapshot ? this.knowSite() : this.drawOthers()));
    addEventListener("posko:theme", () => this.repaint());
  }

  // The first snapshot, often here before this map, says where this room is; a point already chosen keeps the view.
  knowSite() {
    const { outline } = this.live.picture.site ?? {};
    const isNews = !this.isHome || (!this.outline && outline);
    this.outline = outline ?? null;
    if (isNews && !this.point) this.goHome();
    this.isHome = this.live.hasPicture;
    this.repaint();
  }

  async loadCoast() {
    try {
      this.coast = await (await fetch(COAST)).json();
    } catch { /* without a coast the outline and the points still stand */ }
    this.repaint();
  }

  repaint() {
    this.base.clearLayers();
    const land = { color: colour("--coast"), weight: 1, fillColor: colour("--land"), fillOpacity: 1, interactive: false };
    if (this.coast) L.geoJSON(this.coast, { renderer: this.floor, style: ({ properties }) => ({ ...land, fill: properties.kind === "land" }), interactive: false }).addTo(this.base);
    if (this.outline) L.geoJSON(this.outline, { style: { color: colour("--site-edge"), weight: 1.5, fillColor: colour("--site-fill"), fillOpacity: this.ground.isOn ? 0 : 1 }, interactive: false }).addTo(this.base);
    this.drawOthers();
    this.drawPoint(this.point);
  }

  // A click is as sure as the finger: a few pixels of the map at this zoom.
  doubtOfClick() {
    const metresPerPixel = (40075016 * Math.cos((this.map.getCenter().lat * Math.PI) / 180)) / 2 ** (this.map.getZoom() + 8);
    return Math.max(20, Math.ceil((metresPerPixel * 8) / 10) * 10);
  }

  drawOthers() {
    this.others.clearLayers();
    const { incidents, units } = this.live.picture;
    for (const incident of incidents.values()) this.dot(incident, `--p${incident.priority?.[1] ?? 4}`, 6);
    for (const unit of units.values()) this.dot(unit, "--unit", 4);
  }

  dot({ lon, lat }, ink, radius) {
    if (!isPlaced({ lon, lat })) return;
    L.circleMarker([lat, lon], { radius, color: colour("--halo"), weight: 1.5, fillColor: colour(ink), fillOpacity: 1, interactive: false }).addTo(this.others);
  }

  drawPoint(point) {
    this.mine.clearLayers();
    this.point = point;
    if (!point) return;
    const ink = colour("--focus");
    if (point.radius_m > 0) L.circle([point.lat, point.lon], { radius: point.radius_m, color: ink, weight: 2, dashArray: "5 4", fillColor: ink, fillOpacity: 0.12, interactive: false }).addTo(this.mine);
    L.circleMarker([point.lat, point.lon], { radius: 7, color: colour("--halo"), weight: 2, fillColor: ink, fillOpacity: 1, interactive: false }).addTo(this.mine);
  }

  /** Show the point: only when it came from elsewhere than this map. */
  goTo(point) {
    const box = L.latLng(point.lat, point.lon).toBounds(Math.max(AROUND_M, point.radius_m * 4));
    this.map.fitBounds(box, { maxZoom: CLOSEST, animate: false });
  }

  get homeBox() {
    const { bounds } = this.live.picture.site ?? {};
    if (this.outline) return L.geoJSON(this.outline).getBounds();
    return bounds ? [[bounds[1], bounds[0]], [bounds[3], bounds[2]]] : this.knownBox ?? ALL;
  }

  // Without an outline, what is known to be there says where "here" is.
  get knownBox() {
    const { incidents, units } = this.live.picture;
    const spots = [...incidents.values(), ...units.values()].filter(isPlaced).map(({ lat, lon }) => [lat, lon]);
    return spots.length ? L.latLngBounds(spots).pad(0.4) : null;
  }

  goHome() {
    this.map.fitBounds(this.homeBox, { animate: false, maxZoom: CLOSEST });
  }
}

const isPlaced = ({ lon, lat }) => Number.isFinite(lon) && Number.isFinite(lat);

const round = (degrees) => Number(degrees.toFixed(6));
