// Where stations were heard: a small map; a place that is old is drawn hollow and says its age.
import * as L from "../vendor/leaflet-src.esm.js";
import { BaseMap } from "./base_map.js";
import { now } from "./clock.js";
import { isOldPlace } from "./radio_words.js";
import { ageBriefly, secondsBetween } from "./time.js";
import { t } from "./words.js";

const COAST = new URL("../vendor/coastline.json", import.meta.url);
const ALL = [[-11, 95], [6, 141]];
const CLOSEST = 14;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export class RadioMap {
  constructor(element, live) {
    this.live = live;
    this.map = L.map(element, { zoomControl: true, attributionControl: false, preferCanvas: true, minZoom: 4, maxZoom: 18 });
    this.map.fitBounds(ALL, { animate: false });
    this.ground = new BaseMap({ map: this.map, element, live, onChange: () => this.paint() });
    this.floor = L.canvas({ pane: "ground" });
    this.base = L.layerGroup().addTo(this.map);
    this.marks = L.layerGroup().addTo(this.map);
    this.stations = [];
    addEventListener("posko:theme", () => this.paint());
    fetch(COAST).then((answer) => answer.json()).then((coast) => { this.coast = coast; this.paint(); }).catch(() => { /* without a coast the places still stand */ });
  }

  /** The part of the page was shown: the map learns how large it is. */
  wake() {
    this.map.invalidateSize();
    this.paint();
    this.goHome();
  }

  show(stations) {
    this.stations = stations.filter((one) => Number.isFinite(one.lon) && Number.isFinite(one.lat));
    this.drawMarks();
    const { bounds, outline } = this.live.picture.site ?? {};
    const knowsSite = Boolean(bounds ?? outline); // it comes with the picture, which may be later than the page
    if (knowsSite && !this.knewSite) this.paint();
    if ((knowsSite && !this.knewSite) || (this.stations.length && !this.isHome)) this.goHome();
    this.knewSite = knowsSite;
  }

  paint() {
    this.base.clearLayers();
    const { outline } = this.live.picture.site ?? {};
    const land = { color: colour("--coast"), weight: 1, fillColor: colour("--land"), fillOpacity: 1, interactive: false };
    if (this.coast) L.geoJSON(this.coast, { renderer: this.floor, style: ({ properties }) => ({ ...land, fill: properties.kind === "land" }), interactive: false }).addTo(this.base);
    if (outline) L.geoJSON(outline, { style: { color: colour("--site-edge"), weight: 1.5, fillColor: colour("--site-fill"), fillOpacity: this.ground.isOn ? 0 : 1 }, interactive: false }).addTo(this.base);
    this.drawMarks();
  }

  drawMarks() {
    this.marks.clearLayers();
    for (const one of this.stations) {
      const isOld = isOldPlace(one, now());
      const look = { radius: 7, color: colour("--unit"), weight: 2, fillColor: colour("--unit"), fillOpacity: isOld ? 0 : 1, ...(isOld ? { dashArray: "3 3" } : {}) };
      L.circleMarker([one.lat, one.lon], { ...look, interactive: false }).addTo(this.marks)
        .bindTooltip(label(one), { permanent: true, direction: "right", offset: [8, 0], className: "radio-label" });
    }
  }

  goHome() {
    this.isHome = this.stations.length > 0;
    const { bounds, outline } = this.live.picture.site ?? {};
    const spots = this.stations.map(({ lat, lon }) => [lat, lon]);
    const box = spots.length ? L.latLngBounds(spots).pad(0.5) : bounds ? [[bounds[1], bounds[0]], [bounds[3], bounds[2]]] : outline ? L.geoJSON(outline).getBounds() : ALL;
    this.map.fitBounds(box, { animate: false, maxZoom: CLOSEST });
  }
}

// As an element of text: a call sign never becomes markup.
function label(one) {
  const words = document.createElement("span");
  const age = t("{age} lalu", { age: ageBriefly(secondsBetween(one.located_at, now())) });
  words.textContent = `${one.call_sign} · ${age}`;
  return words;
}
