// Layers the picture does not hold: asked for by box, asked again when the view leaves it or an entry makes them old.
import * as L from "../vendor/leaflet-src.esm.js";
import { get } from "./api.js";
import { typeName } from "./names.js";
import { boxText, holds, isStale, sparing, widened } from "./layers.js";
import { ageBriefly } from "./time.js";
import { numberText, t } from "./words.js";
import { middleOf } from "./middle.js";

const AT_MOST_ONCE_MS = 1000;
const PATIENCE_MS = 15_000;
const NAMED_FROM_ZOOM = 10.5;
const FINE = new Set(["boundaries", "heat"]); // their shapes change with the zoom

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

const SEVERE = new Set(["severe", "extreme"]);

const SHAPES = { bulletins: "drop" };

const STYLES = {
  boundaries: ({ level }, zoom) => ({ color: colour("site-edge"), weight: { 2: 2, 3: 1.5, 4: zoom < 10.5 ? 0.6 : 1 }[level] ?? 1, opacity: level === 4 && zoom < 10.5 ? 0.4 : 0.75, dashArray: level === 4 ? null : "6 3 1 3", fill: false }),
  heat: ({ step }) => ({ stroke: true, color: colour("heat-edge"), weight: 0.5, fillColor: colour(`heat-${step}`), fillOpacity: 0.25 + step * 0.12 }),
  tracks: () => ({ color: colour("unit"), weight: 3, dashArray: "1 6", lineCap: "round", fill: false }),
  hotspots: () => ({ color: colour("red"), weight: 2.5, dashArray: "3 5", fillColor: colour("red"), fillOpacity: 0.1 }),
  bulletins: ({ severity }) => ({ color: colour(SEVERE.has(severity) ? "red" : "hazard"), weight: 2, dashArray: "8 4", fillColor: colour(SEVERE.has(severity) ? "red" : "hazard"), fillOpacity: 0.08 }),
  other: () => ({ color: colour("hazard"), weight: 1.5, fillColor: colour("hazard"), fillOpacity: 0.3 }),
};

const LABELS = {
  calls: ({ type, priority }) => t("laporan: {what}", { what: [typeName(type), priority].filter(Boolean).join(" ") }),
  boundaries: ({ name }) => name,
  heat: ({ count, step }) => (step > 2 ? String(count) : ""),
  tracks: ({ call_sign, name }) => [call_sign, name].filter(Boolean).join(": "),
  hotspots: ({ count }) => t("{n} kejadian berdekatan", { n: count }),
  bulletins: ({ kind, magnitude, title }) => (kind === "quake" && magnitude !== null ? `M${numberText(magnitude)}` : title),
  stations: ({ call_sign, position_age_s }) => `${call_sign} · ${t("{age} lalu", { age: ageBriefly(position_age_s) })}`,
  other: (facts) => String(facts.name ?? facts.nama ?? facts.kelas ?? facts.KELAS ?? facts.label ?? ""),
};

export class GroundLayer extends EventTarget {
  /** `told` is what the list says of the layer; tells "features" when there is something new to draw. */
  constructor(map, told, pane) {
    super();
    Object.assign(this, { map, told, pane, box: null, zoom: null, points: [], isShown: false, hasFailed: false });
    this.family = STYLES[told.name] ? told.name : "other";
    this.renderer = L.canvas({ pane, padding: 0.3 });
    this.shapes = L.geoJSON(null, { renderer: this.renderer, interactive: false, filter: ({ geometry }) => Boolean(geometry) && !/Point$/.test(geometry.type), style: ({ properties }) => STYLES[this.family](properties, map.getZoom()) });
    this.askSoon = sparing(() => this.ask(), AT_MOST_ONCE_MS);
  }

  show(isShown) {
    if (isShown === this.isShown) return;
    this.isShown = isShown;
    if (isShown) (this.shapes.addTo(this.map), this.look());
    else (this.shapes.remove(), this.tell());
  }

  /** The view moved: ask when it left what is known, or when the zoom wants other shapes. */
  look() {
    if (!this.isShown) return;
    const isSameZoom = this.zoom === this.map.getZoom() || !FINE.has(this.told.name);
    if (!isSameZoom || !holds(this.box, this.view())) this.askSoon();
  }

  hear(entries) {
    if (!isStale(this.told.stale_after ?? [], entries)) return;
    this.box = null;
    if (this.isShown) this.askSoon();
  }

  view() {
    const bounds = this.map.getBounds();
    return [Math.max(-180, bounds.getWest()), Math.max(-90, bounds.getSouth()), Math.min(180, bounds.getEast()), Math.min(90, bounds.getNorth())];
  }

  async ask() {
    if (!this.isShown || !this.map.getSize().x) return;
    const [box, zoom] = [widened(this.view()), this.map.getZoom()];
    this.leaving?.abort();
    this.leaving = new AbortController();
    try {
      const features = await fetchFeatures(this.told.name, `bbox=${boxText(box)}&zoom=${zoom}`, zoom, { signal: this.leaving.signal, patience: PATIENCE_MS });
      Object.assign(this, { box, zoom, hasFailed: false });
      this.take(features);
    } catch (problem) {
      if (problem.name !== "AbortError") (this.hasFailed = true, this.tell());
    }
  }

  take(features) {
    this.features = features;
    this.shapes.clearLayers();
    this.shapes.addData({ type: "FeatureCollection", features });
    this.tell();
  }

  paintAgain() {
    this.shapes.setStyle(({ properties }) => STYLES[this.family](properties, this.map.getZoom()));
  }

  /** Marks and names of the features for the canvas of the marks. */
  marks() {
    if (!this.isShown || !this.features) return [];
    const isNaming = this.map.getZoom() >= NAMED_FROM_ZOOM;
    return this.features.flatMap((feature) => (feature.geometry?.type === "Point" ? [this.pointMark(feature)] : isNaming || this.family === "heat" || this.family === "hotspots" ? this.nameMark(feature) : []));
  }

  pointMark({ id, geometry: { coordinates: [lon, lat] }, properties }) {
    const label = (LABELS[this.told.name] ?? LABELS.other)(properties);
    return { id: `feature-${id}`, kind: "place", layer: this.told.name, lon, lat, shape: SHAPES[this.told.name] ?? "unit", colour: { calls: "p2", landmarks: "soft", bulletins: "amber", stations: "unit" }[this.told.name] ?? "soft", isHollow: this.told.name === "landmarks" || properties.stands === false || properties.is_old === true, rank: 20, label };
  }

  nameMark({ geometry, properties }) {
    const label = (LABELS[this.family] ?? LABELS.other)(properties);
    const [lon, lat] = (label && geometry && middleOf(geometry)) || [];
    return Number.isFinite(lon) ? [{ kind: "name", layer: this.told.name, lon, lat, label, font: "11px system-ui, sans-serif", order: 30 }] : [];
  }

  tell() {
    this.dispatchEvent(new CustomEvent("features"));
  }
}

const VILLAGE = 4;
const levelFor = (zoom) => (zoom >= 10 ? VILLAGE : zoom >= 8.5 ? 3 : 2);

// Boundaries have a door of their own, which keeps them thinned for the zoom; where a level was not imported, the next finer.
async function fetchFeatures(name, query, zoom, options) {
  if (name !== "boundaries") return (await get(`/layers/${encodeURIComponent(name)}?${query}`, options)).features;
  for (let level = levelFor(zoom); level <= VILLAGE; level += 1) {
    const { features, capped } = await get(`/boundaries?level=${level}&${query}`, options);
    if (features.length || capped) return features;
  }
  return [];
}

/** A layer that lies elsewhere: nothing is asked of it until it is switched on, and what it does not answer is left out. */
export class OnlineLayer extends EventTarget {
  constructor(map, told, pane) {
    super();
    Object.assign(this, { map, told, isShown: false, hasFailed: false });
    this.tiles = told.kind === "wms" ? wms(told, pane) : L.tileLayer(told.source, { pane, maxZoom: 19, attribution: told.attribution });
    this.tiles.on("tileerror", () => this.sayFailure(true));
    this.tiles.on("tileload", () => this.sayFailure(false));
  }

  show(isShown) {
    if (isShown === this.isShown) return;
    this.isShown = isShown;
    if (isShown) this.tiles.addTo(this.map);
    else this.tiles.remove();
  }

  sayFailure(hasFailed) {
    if (this.hasFailed === hasFailed) return;
    this.hasFailed = hasFailed;
    this.dispatchEvent(new CustomEvent("features"));
  }

  look() {}

  hear() {}

  paintAgain() {}

  marks() {
    return [];
  }
}

// "https://host/wms?layers=a,b" -> the address, and what to ask of it.
function wms({ source, attribution }, pane) {
  const address = new URL(source);
  const said = Object.fromEntries([...address.searchParams].map(([name, value]) => [name.toLowerCase(), value]));
  address.search = "";
  return L.tileLayer.wms(address.href, { layers: said.layers ?? "", styles: said.styles ?? "", version: said.version ?? "1.1.1", format: "image/png", transparent: true, pane, attribution });
}
