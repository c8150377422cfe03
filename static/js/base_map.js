// What lies under the marks: tiles installed on this machine, an online map where the site allows it, or the coast alone.
// Each person chooses for themselves; nothing outside is asked while no online map is switched on and chosen.
import { get } from "./api.js";
import { BaseMenu } from "./base_menu.js";
import { NONE, choiceOf, isVector, readBase, titleOf, writeBase } from "./base_words.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const KEY = "posko.base";
const PANES = { ground: 150, base: 190, hatch: 195 }; // the coast, tiles, hatch: all under what is drawn on them
const ASK_AGAIN_MS = 60_000;
const kept = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
const keep = (name) => { try { localStorage.setItem(KEY, name); } catch { /* for this page alone */ } };

/**
 * map: Leaflet's; element: what its tools lie in; live: where news of a switch comes from; onChange: paint what depends
 * on it; isInUrl: whether the page's address names the choice, and is asked for it first.
 */
export class BaseMap {
  constructor({ map, element, live, onChange = () => {}, isInUrl = false }) {
    Object.assign(this, { map, live, onChange, isInUrl, told: { tiles: [], online: [] }, chosen: null, layers: [], turn: 0 });
    for (const [name, level] of Object.entries(PANES)) map.createPane(name).style.zIndex = level;
    this.menu = new BaseMenu(this, element);
    addEventListener("posko:theme", () => this.layers.forEach((layer) => layer.restyle?.()));
    live.addEventListener("change", ({ detail: { entries } }) => entries.some(({ kind }) => kind.startsWith("basemap.")) && this.refresh());
    setInterval(() => this.isOnline && this.refresh(), ASK_AGAIN_MS);
    this.ready = this.begin();
  }

  async begin() {
    const told = await get("/basemaps").catch(() => null);
    if (!told) return;
    this.told = told;
    this.admitted = new Set(told.online.map(({ id }) => id));
    await this.untilPlaced();
    await this.choose((this.isInUrl && readBase(location.search)) || kept());
  }

  // Which map is the best is known once the first picture has said where this room is.
  untilPlaced() {
    return this.live.hasPicture || !this.told.tiles.length ? null : new Promise((done) => this.live.addEventListener("change", done, { once: true }));
  }

  /** Whether something covers the coast. */
  get isOn() {
    return this.chosen !== null;
  }

  get isOnline() {
    return this.isOn && !this.chosen.container;
  }

  /** What the map stands on, in a few words. */
  get says() {
    if (!this.chosen) return t("luring, tanpa peta dasar");
    return this.chosen.container ? t("luring, peta dasar {name}", { name: titleOf(this.chosen) }) : t("peta daring {name}", { name: this.chosen.name });
  }

  // ---- choosing

  /** Show the map of that name; an unknown or no name: the best that is installed. */
  async choose(name, { isKept = false } = {}) {
    if (isKept) keep(name);
    const wish = this.find(name);
    if (wish && !wish.container && !this.admitted.has(wish.id)) return location.reload(); // the page's policy is older than the switch
    const turn = ++this.turn;
    const layers = wish ? await this.layersOf(wish).catch(() => null) : [];
    if (turn !== this.turn) return;
    this.show(layers ? wish : null, layers ?? []);
    if (!layers) toast(t("Peta dasar {name} tidak dapat dibuka.", { name: titleOf(wish) }), { isBad: true });
  }

  find(name) {
    if (name === NONE) return null;
    return [...this.told.online, ...this.told.tiles].find((one) => choiceOf(one) === name) ?? this.best;
  }

  // One that lies here; vectors first, for they have both themes and names; then the one that goes closest.
  get best() {
    const { lat, lng } = this.map.getCenter();
    const isHere = ({ bounds: [west, south, east, north] }) => Number(lng > west && lng < east && lat > south && lat < north);
    const order = (a, b) => isHere(b) - isHere(a) || Number(isVector(b)) - Number(isVector(a)) || b.maxzoom - a.maxzoom;
    return [...this.told.tiles].sort(order)[0] ?? null;
  }

  // What draws tiles is loaded when there are some: a room without them opens its board as quickly as before.
  async layersOf(wish) {
    if (wish.container) return (await import("./installed_tiles.js")).installedLayers(wish);
    const { onlineLayer } = await import("./online_tiles.js");
    return [onlineLayer(wish, () => this.goOffline(t("Peta daring tidak terjangkau; kembali ke peta luring.")))];
  }

  show(chosen, layers) {
    for (const layer of this.layers) layer.remove();
    Object.assign(this, { chosen, layers });
    for (const layer of layers) layer.addTo(this.map);
    if (this.isInUrl) this.keepInUrl();
    this.menu.draw();
    this.onChange();
  }

  // What a stranger would see here anyway is not said.
  keepInUrl() {
    const query = writeBase(choiceOf(this.chosen), choiceOf(this.best), location.search);
    if (query !== location.search) history.replaceState(null, "", location.pathname + query + location.hash);
  }

  // ---- online maps come and go

  goOffline(words) {
    toast(words);
    return this.choose(this.best?.name ?? NONE);
  }

  async refresh() {
    this.told = await get("/basemaps").catch(() => this.told);
    const isGone = this.isOn && !(this.isOnline ? this.told.online.some(({ id }) => id === this.chosen.id) : this.told.tiles.some(({ name }) => name === this.chosen.name));
    if (isGone) await this.goOffline(this.isOnline ? t("Peta daring dimatikan; kembali ke peta luring.") : t("Peta dasar itu dikeluarkan; kembali ke yang masih ada."));
    this.menu.draw();
  }
}
