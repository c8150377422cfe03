// The map: coast, the site's own outline, layers, graticule and marks; every file from our own origin, no tiles needed.
import * as L from "../vendor/leaflet-src.esm.js";
import { BaseMap } from "./base_map.js";
import { at, now, onTick } from "./clock.js";
import { fill, h, oncePerFrame, setText } from "./dom.js";
import { Drawing } from "./drawing.js";
import { facilityFacts, facilityMark } from "./facilities.js";
import { readGlyphs } from "./glyphs.js";
import { Ink } from "./ink.js";
import { LayerPanel } from "./layer_panel.js";
import { boxRound } from "./marks.js";
import { Measuring } from "./measuring.js";
import { MapLayers } from "./map_layers.js";
import { typeName } from "./names.js";
import { may, page } from "./page.js";
import { PrintMap } from "./print_map.js";
import { Sheet } from "./sheet.js";
import { signMark } from "./signs.js";
import { STALE_S } from "./units_strip.js";
import { secondsBetween } from "./time.js";
import { View } from "./view.js";
import { numberText, t } from "./words.js";
import { Zones, standing, zoneFacts, zoneMark } from "./zones.js";

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
    Object.assign(this, { live, element, chosen: null, isBusy: false });
    this.canvas = L.canvas({ padding: 0.4 });
    this.map = L.map(element.querySelector("#map"), { preferCanvas: true, renderer: this.canvas, zoomControl: false, attributionControl: false, zoomAnimation: false, fadeAnimation: false, zoomSnap: 0.5, minZoom: 4, maxZoom: 18, worldCopyJump: false });
    this.map.fitBounds(toBounds(INDONESIA));
    this.ink = new Ink().addTo(this.map);
    this.ink.keptFree = () => this.boxesOfTools();
    this.stamp = element.querySelector("#map-stamp");
    this.draw = oncePerFrame(() => this.drawNow());
    this.base = new BaseMap({ map: this.map, element, live, onChange: () => (this.paintAgain(), this.sayStamp()), isInUrl: true });
    this.takeTools();
    this.listen();
    this.layCoast();
    readGlyphs().then(() => this.draw());
    if (live.hasPicture) this.look({ isSnapshot: true }); // the first snapshot is often here before this map
  }

  takeTools() {
    this.layers = new MapLayers(this.map, this.live);
    this.zones = new Zones(this.map, this.layers.paneOf("zones"));
    this.view = new View(this.map, this.live);
    this.sheet = new Sheet(this.element.querySelector("#map-sheet"));
    this.panel = new LayerPanel(this.sheet, this.layers);
    this.measuring = new Measuring(this, this.sheet);
    this.drawing = new Drawing(this, this.sheet);
    this.printing = new PrintMap(this);
    this.popup = L.popup({ closeButton: false, minWidth: 220, maxWidth: 320, autoPanPadding: [20, 60], className: "map-popup" });
  }

  listen() {
    this.live.addEventListener("change", ({ detail }) => this.look(detail));
    this.layers.addEventListener("stack", () => this.settle());
    this.layers.addEventListener("features", () => this.draw());
    this.view.addEventListener("view", () => this.draw());
    this.sheet.addEventListener("turn", () => this.sayPressed());
    this.map.getContainer().addEventListener("keydown", (event) => event.key.startsWith("Arrow") && event.preventDefault()); // they move the map here, not the queue
    this.map.on("click", (event) => this.chooseAt(event));
    this.map.on("mousemove", (event) => this.point(event));
    addEventListener("posko:theme", () => this.paintAgain());
    new ResizeObserver(() => this.resize()).observe(this.element);
    onTick((moment) => (this.sayStamp(), this.dropWhatEnded(moment)));
    const deeds = {
      in: () => this.map.zoomIn(), out: () => this.map.zoomOut(), fit: () => this.fit(), units: () => this.layers.toggle("units"),
      layers: () => this.panel.toggle(), draw: () => this.drawing.toggle(), measure: () => this.measuring.toggle(), print: () => this.printing.print(),
    };
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
    if (isSnapshot || changed.incidents.size || changed.zones?.size || changed.facilities?.size) this.draw();
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
    const zones = this.layers.isOn("zones") ? standing(this.live.picture.zones) : [];
    this.zones.show(zones);
    this.ink.chosen = this.chosen;
    this.ink.show([...this.marksOfCards(zones), ...this.layers.marks()], { layers: this.layers.order, opacity: this.layers.opacity });
    this.sayLegend(zones);
  }

  marksOfCards(zones) {
    const { units, facilities } = this.live.picture;
    const moment = now();
    const placed = (name, cards, mark) => (this.layers.isOn(name) ? [...cards].filter(isPlaced).map(mark) : []);
    return [
      ...zones.map(zoneMark),
      ...placed("facilities", facilities.values(), facilityMark),
      ...placed("units", units.values(), (one) => this.unitPoint(one, moment)),
      ...(this.layers.isOn("incidents") ? this.incidentMarks() : []),
    ];
  }

  // More than a screen can hold as cards: the server counts them for the view.
  incidentMarks() {
    const [clusters, cards] = this.view.isOn ? [this.view.clusters, this.view.incidents] : [[], [...this.live.picture.incidents.values()]];
    const chosen = this.view.isOn && this.live.picture.incidents.get(this.chosenId);
    const all = chosen && !cards.some(({ id }) => id === chosen.id) ? [...cards, chosen] : cards;
    return [...clusters, ...all.filter(isPlaced).map((one) => this.incidentPoint(one))];
  }

  incidentPoint({ id, lon, lat, priority, type, number, radius_m }) {
    const key = `incident-${id}`;
    return { id: key, kind: "incident", layer: "incidents", lon, lat, shape: priority, colour: priority.toLowerCase(), letter: priority[1], rank: Number(priority[1]), label: `${typeName(type)} ${number}`, isChosen: key === this.chosen, radiusM: radius_m };
  }

  unitPoint(unit, moment) {
    const { id, lon, lat, call_sign, state, position_at } = unit;
    const isStale = !position_at || secondsBetween(position_at, moment) > STALE_S;
    return { id: `unit-${id}`, kind: "unit", layer: "units", lon, lat, shape: "unit", colour: COLOUR_OF_UNIT[state] ?? "unit", rank: state === "mayday" ? 0 : 5 + Number(isStale), label: call_sign, isHollow: isStale };
  }

  // A zone leaves every screen when its time is over, also one that hears nothing.
  dropWhatEnded(moment) {
    const ends = [...this.live.picture.zones?.values() ?? []].some(({ expires_at }) => expires_at && Math.abs(Date.parse(expires_at) - moment) < 1500);
    if (ends) this.draw();
  }

  settle() {
    this.element.querySelector('[data-map="units"]').setAttribute("aria-pressed", String(this.layers.isOn("units")));
    this.draw();
  }

  sayPressed() {
    for (const name of ["layers", "draw", "measure"]) this.element.querySelector(`[data-map="${name}"]`)?.setAttribute("aria-pressed", String(this.sheet.name === name));
    this.draw(); // names find their places anew beside the sheet
  }

  // ---- words round the map

  sayStamp() {
    if (!this.live.hasPicture) return setText(this.stamp, t("belum ada gambar"));
    const facts = { time: at(this.live.freshAt), n: numberText(this.live.picture.seq), ground: this.base.says };
    setText(this.stamp, t("gambar pukul {time} · entri {n} · {ground}", facts));
  }

  sayLegend(zones = standing(this.live.picture.zones)) {
    if (!this.layers.told.length) return;
    const legend = this.element.querySelector("#map-legend");
    const signs = this.signsShown(zones).filter(({ sign }) => !sign.startsWith("facility-")); // their icons and names say it
    const signature = JSON.stringify(signs);
    if (signature !== this.legendSaid) (fill(legend, signs.map(signLine)), (this.legendSaid = signature));
    this.sayCredits([...new Set([page.places_credit, ...this.layers.credits])].filter(Boolean)); // the ground says its own
  }

  // Each in an element of its own: the letters of one may not turn the order of the next.
  sayCredits(credits) {
    if (credits.join() === this.creditsSaid) return;
    this.creditsSaid = credits.join();
    fill(this.element.querySelector("#map-credits"), credits.flatMap((words, place) => [place ? " · " : "", h("bdi", {}, words)]));
  }

  // Of what is drawn by kind only the kinds that are there; of the boundaries nothing, lines explain themselves.
  signsShown(zones) {
    const there = new Set([...zones.map(({ kind }) => `zone-${kind}`), ...[...this.live.picture.facilities.values()].map(({ kind }) => `facility-${kind}`)]);
    const shown = [...this.layers.stack].reverse().filter(({ isOn, name }) => isOn && name !== "boundaries");
    const legends = shown.flatMap(({ name }) => this.layers.told.find((one) => one.name === name).legend);
    return legends.filter(({ sign }) => !/^(zone|facility)-/.test(sign) || there.has(sign));
  }

  fillLegend(list) {
    fill(list, this.signsShown(standing(this.live.picture.zones)).map(signLine));
  }

  /** What the map must be credited to: its ground, the names of its places, its layers. */
  credits() {
    return [...new Set([this.base.chosen?.attribution, page.places_credit, ...this.layers.credits].filter(Boolean))];
  }

  // Names keep off the tools that lie on the map.
  boxesOfTools() {
    const { x, y } = this.map.getContainer().getBoundingClientRect();
    const tools = this.element.querySelectorAll(".map-stamp, .map-tools, .map-legend, .map-sheet:not([hidden])");
    return [...tools].map((one) => one.getBoundingClientRect()).filter(({ width }) => width).map(({ left, top, right, bottom }) => [left - x, top - y, right - x, bottom - y]);
  }

  // ---- looking and choosing

  fit() {
    const { site, incidents, units } = this.live.picture;
    const box = site?.bounds ?? boxRound([...incidents.values()]) ?? boxRound([...units.values()]) ?? INDONESIA;
    this.map.fitBounds(toBounds(box), { paddingTopLeft: [30, 50], paddingBottomRight: [60, 80], animate: false, maxZoom: 14 });
  }

  chooseAt({ containerPoint, originalEvent, latlng }) {
    const zoneId = this.zones.takeUnder();
    if (this.isBusy) return;
    const mark = this.ink.at(containerPoint, REACH[originalEvent.pointerType] ?? REACH.mouse);
    if (mark) return this.chooseMark(mark);
    const zone = zoneId !== null && this.live.picture.zones.get(zoneId);
    if (zone) this.openZone(zone, latlng);
  }

  chooseMark(mark) {
    const { top } = mark;
    if (top.isCluster && top.box) return this.map.fitBounds(toBounds(top.box), { animate: false, maxZoom: Math.max(this.map.getZoom() + 2, 12) });
    if (mark.count > 1 && this.map.getZoom() < 15) return this.map.setView(this.map.containerPointToLatLng([mark.x, mark.y]), this.map.getZoom() + 2, { animate: false });
    const [kind, id] = [top.id.slice(0, top.id.indexOf("-")), Number(top.id.slice(top.id.indexOf("-") + 1))];
    const { zones, facilities } = this.live.picture;
    if (kind === "zone") return this.openZone(zones.get(id), [top.lat, top.lon]);
    if (kind === "facility") return this.openFacility(facilities.get(id));
    if (kind === "incident" || kind === "unit") return this.dispatchEvent(new CustomEvent("choose", { detail: { kind, id } }));
    this.openPopup([top.lat, top.lon], h("p", {}, top.label));
  }

  openZone(card, latlng) {
    if (!card) return;
    const incident = this.live.picture.incidents.get(card.incident_id);
    const onIncident = (id) => (this.closePopup(), this.dispatchEvent(new CustomEvent("choose", { detail: { kind: "incident", id } })));
    this.openPopup(latlng, zoneFacts(card, { incident, onIncident, onStrike: may("zone.draw") && ((one) => this.drawing.strike(one)) }));
  }

  openFacility(card) {
    if (!card) return;
    const isMine = may("facility.manage");
    this.openPopup([card.lat, card.lon], facilityFacts(card, { onChange: isMine && ((one) => this.drawing.changeFacility(one)), onClose: (one) => this.drawing.closeFacility(one) }));
  }

  openPopup(latlng, content) {
    this.popup.setLatLng(latlng).setContent(content).openOn(this.map);
  }

  closePopup() {
    this.map.closePopup(this.popup);
  }

  /** Bring a facility into view and say what is known of it. */
  showFacility(card) {
    this.sheet.close();
    this.map.setView([card.lat, card.lon], Math.max(this.map.getZoom(), 12), { animate: false });
    this.openFacility(card);
    this.focusPopup();
  }

  /** Bring a zone into view and say what it is. */
  showZone(card) {
    const bounds = this.zones.boundsOf(card);
    this.sheet.close();
    this.map.fitBounds(bounds, { animate: false, maxZoom: 13, padding: [60, 60] });
    this.openZone(card, bounds.getCenter());
    this.focusPopup();
  }

  focusPopup() {
    const facts = this.popup.getElement()?.querySelector(".map-facts");
    facts?.setAttribute("tabindex", "-1");
    facts?.focus({ preventScroll: true });
  }

  /** Close what lies on top of the map; whether there was anything. */
  leave() {
    if (!this.popup.isOpen()) return this.sheet.close();
    this.closePopup();
    this.map.getContainer().focus({ preventScroll: true });
    return true;
  }

  point({ containerPoint }) {
    const mark = this.isBusy ? null : this.ink.at(containerPoint, REACH.mouse);
    this.map.getContainer().classList.toggle("is-over-mark", Boolean(mark));
    this.map.getContainer().title = mark ? this.title(mark) : "";
  }

  title({ count, top }) {
    return count > 1 && !top.isCluster ? t("{label} dan {n} lagi di dekatnya", { label: top.label, n: count - 1 }) : top.label;
  }

  get chosenId() {
    return this.chosen === null ? null : Number(this.chosen.slice("incident-".length));
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

const signLine = ({ sign, words }) => h("li", {}, signMark(sign), words);
