// The map: coast, the site's own outline, graticule and marks; every file from our own origin, no tiles needed.
import * as L from "../vendor/leaflet-src.esm.js";
import { BaseMap } from "./base_map.js";
import { at, now, onTick } from "./clock.js";
import { oncePerFrame, setText } from "./dom.js";
import { Ink } from "./ink.js";
import { boxRound } from "./marks.js";
import { typeName } from "./names.js";
import { STALE_S } from "./units_strip.js";
import { secondsBetween } from "./time.js";
import { numberText, t } from "./words.js";

const INDONESIA = [95, -11, 141, 6];
const COAST = new URL("../vendor/coastline.json", import.meta.url);
const MOVES_MS = 250;
const REACH = { mouse: 14, touch: 24 };
const COLOUR_OF_UNIT = { mayday: "p1", obstructed: "amber", out_of_service: "grey" };

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

const toBounds = ([west, south, east, north]) => [[south, west], [north, east]];

const isPlaced = ({ lon, lat }) => Number.isFinite(lon) && Number.isFinite(lat);

export class BoardMap extends EventTarget {
  constructor(live, element) {
    super();
    Object.assign(this, { live, element, chosen: null, showsUnits: true });
    this.canvas = L.canvas({ padding: 0.4 });
    this.map = L.map(element.querySelector("#map"), { preferCanvas: true, renderer: this.canvas, zoomControl: false, attributionControl: false, zoomAnimation: false, fadeAnimation: false, zoomSnap: 0.5, minZoom: 4, maxZoom: 18, worldCopyJump: false });
    this.map.fitBounds(toBounds(INDONESIA));
    this.base = new BaseMap({ map: this.map, element, live, onChange: () => (this.paintAgain(), this.sayStamp()) });
    this.ink = new Ink().addTo(this.map);
    this.stamp = element.querySelector("#map-stamp");
    this.draw = oncePerFrame(() => this.drawNow());
    this.listen();
    this.layCoast();
    if (live.hasPicture) this.look({ isSnapshot: true }); // the first snapshot is often here before this map
  }

  listen() {
    this.live.addEventListener("change", ({ detail }) => this.look(detail));
    this.map.on("click", (event) => this.chooseAt(event));
    this.map.on("mousemove", (event) => this.point(event));
    addEventListener("posko:theme", () => this.paintAgain());
    new ResizeObserver(() => this.resize()).observe(this.element);
    onTick(() => this.sayStamp());
    const deeds = { in: () => this.map.zoomIn(), out: () => this.map.zoomOut(), fit: () => this.fit(), units: () => this.toggleUnits() };
    this.element.addEventListener("click", ({ target }) => deeds[target.closest("[data-map]")?.dataset.map]?.());
  }

  // A map that was hidden had no size: what it should show, it shows when it is first seen.
  resize() {
    const wasHidden = this.map.getSize().x === 0;
    this.map.invalidateSize({ pan: false });
    if (wasHidden && this.isFitted && this.map.getSize().x > 0) this.fit();
  }

  // ---- the ground

  async layCoast() {
    const response = await fetch(COAST).catch(() => null);
    if (!response?.ok) return;
    this.coast = L.geoJSON(await response.json(), { renderer: L.canvas({ pane: "ground", padding: 0.4 }), interactive: false, style: ({ properties }) => this.coastStyle(properties.kind) }).addTo(this.map);
    this.coast.bringToBack();
    this.outline?.bringToFront();
  }

  coastStyle(kind) {
    return kind === "land"
      ? { color: colour("coast"), weight: 1, fillColor: colour("land"), fillOpacity: 1 }
      : { color: colour("coast"), weight: 1, dashArray: "4 4", fill: false };
  }

  layOutline({ outline }) {
    this.outline?.remove();
    this.outline = outline ? L.geoJSON(outline, { interactive: false, style: () => this.outlineStyle() }).addTo(this.map) : null;
  }

  outlineStyle() {
    return { color: colour("site-edge"), weight: 1.5, fillColor: colour("site-fill"), fillOpacity: this.base.isOn ? 0 : 1 };
  }

  paintAgain() {
    this.coast?.setStyle(({ properties }) => this.coastStyle(properties.kind));
    this.outline?.setStyle(() => this.outlineStyle());
    this.ink.readColours();
    this.ink.redraw();
  }

  // ---- the marks

  look({ changed, isSnapshot }) {
    if (isSnapshot && !this.isFitted) this.begin();
    if (isSnapshot || changed.incidents.size) this.draw();
    else if (changed.units.size) this.drawSoon();
  }

  // Units that move by the hundred are drawn a few times a second, not at each step.
  drawSoon() {
    this.soon ??= setTimeout(() => { this.soon = null; this.draw(); }, MOVES_MS);
  }

  begin() {
    this.isFitted = true;
    this.layOutline(this.live.picture.site ?? {});
    this.fit();
  }

  drawNow() {
    const { incidents, units } = this.live.picture;
    const moment = now();
    const points = [...incidents.values()].filter(isPlaced).map((one) => this.incidentPoint(one));
    if (this.showsUnits) points.push(...[...units.values()].filter(isPlaced).map((one) => this.unitPoint(one, moment)));
    this.ink.chosen = this.chosen;
    this.ink.show(points);
  }

  incidentPoint({ id, lon, lat, priority, type, number, radius_m }) {
    const key = `incident-${id}`;
    return { id: key, kind: "incident", lon, lat, shape: priority, colour: priority.toLowerCase(), rank: Number(priority[1]), label: `${typeName(type)} ${number}`, isChosen: key === this.chosen, radiusM: radius_m };
  }

  unitPoint(unit, moment) {
    const { id, lon, lat, call_sign, state, position_at } = unit;
    const isStale = !position_at || secondsBetween(position_at, moment) > STALE_S;
    return { id: `unit-${id}`, kind: "unit", lon, lat, shape: "unit", colour: COLOUR_OF_UNIT[state] ?? "unit", rank: state === "mayday" ? 0 : 5 + Number(isStale), label: call_sign, isHollow: isStale };
  }

  toggleUnits() {
    this.showsUnits = !this.showsUnits;
    this.element.querySelector('[data-map="units"]').setAttribute("aria-pressed", String(this.showsUnits));
    this.draw();
  }

  sayStamp() {
    if (!this.live.hasPicture) return setText(this.stamp, t("belum ada gambar"));
    const facts = { time: at(this.live.freshAt), n: numberText(this.live.picture.seq), ground: this.base.says };
    setText(this.stamp, t("gambar pukul {time} · entri {n} · {ground}", facts));
  }

  // ---- looking and choosing

  fit() {
    const { site, incidents, units } = this.live.picture;
    const box = site?.bounds ?? boxRound([...incidents.values()]) ?? boxRound([...units.values()]) ?? INDONESIA;
    this.map.fitBounds(toBounds(box), { paddingTopLeft: [30, 50], paddingBottomRight: [60, 80], animate: false, maxZoom: 14 });
  }

  chooseAt({ containerPoint, originalEvent }) {
    const mark = this.ink.at(containerPoint, REACH[originalEvent.pointerType] ?? REACH.mouse);
    if (!mark) return;
    if (mark.count > 1 && this.map.getZoom() < 15) return this.map.setView(this.map.containerPointToLatLng([mark.x, mark.y]), this.map.getZoom() + 2, { animate: false });
    const [kind, id] = mark.top.id.split("-");
    this.dispatchEvent(new CustomEvent("choose", { detail: { kind, id: Number(id) } }));
  }

  point({ containerPoint }) {
    const mark = this.ink.at(containerPoint, REACH.mouse);
    this.map.getContainer().classList.toggle("is-over-mark", Boolean(mark));
    this.map.getContainer().title = mark ? this.title(mark) : "";
  }

  title({ count, top }) {
    return count > 1 ? t("{label} dan {n} lagi di dekatnya", { label: top.label, n: count - 1 }) : top.label;
  }

  choose(id) {
    this.chosen = id === null ? null : `incident-${id}`;
    this.draw();
    this.showPlace(this.live.picture.incidents.get(id));
  }

  showPlace(card) {
    if (!card || !isPlaced(card)) return;
    const spot = [card.lat, card.lon];
    if (!this.map.getBounds().pad(-0.1).contains(spot)) this.map.panTo(spot, { animate: false });
  }
}

