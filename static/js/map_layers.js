// The layers on the board's map: told by the server, chosen by the person, kept in the URL, each in a pane of its own.
import { get } from "./api.js";
import { GroundLayer, OnlineLayer } from "./ground_layers.js";
import { readLayers, stackOf, writeLayers } from "./layers.js";
import { t } from "./words.js";

const LOWEST = 410; // above Leaflet's overlay pane, where coast and outline lie

/** Tells: "stack" when the choice changed, "state" when a layer failed or came back, "features" when there is more to draw. */
export class MapLayers extends EventTarget {
  constructor(map, live) {
    super();
    Object.assign(this, { map, live, told: [], stack: [], grounds: new Map() });
    map.on("moveend", () => this.eachGround((layer) => layer.look()));
    live.addEventListener("change", ({ detail: { entries, isSnapshot } }) => this.hear(entries, isSnapshot));
    addEventListener("posko:theme", () => this.eachGround((layer) => layer.paintAgain()));
    this.load();
  }

  async load() {
    const { layers, attribution } = await get("/layers").catch(() => ({ layers: [] }));
    Object.assign(this, { told: layers, attribution });
    this.admitted ??= new Set(layers.map(({ name }) => name));
    this.stack = stackOf(layers, this.stack.length ? this.stack : readLayers(location.search));
    for (const one of layers) this.prepare(one);
    for (const [name, layer] of this.grounds) if (!layers.some((one) => one.name === name)) (layer.show(false), this.grounds.delete(name));
    this.settle();
  }

  prepare(told) {
    const pane = this.paneOf(told.name);
    if (told.cards || this.grounds.has(told.name)) return;
    const layer = new (told.is_online ? OnlineLayer : GroundLayer)(this.map, told, pane);
    layer.addEventListener("features", () => (this.tell("features"), this.tell("state")));
    this.grounds.set(told.name, layer);
  }

  paneOf(name) {
    const id = `layer-${name}`;
    if (!this.map.getPane(id)) this.map.createPane(id).classList.add("map-layer-pane");
    return id;
  }

  setStack(stack) {
    this.stack = stack;
    history.replaceState(null, "", location.pathname + writeLayers(stack, this.told, location.search));
    if (stack.some(({ name, isOn }) => isOn && !this.isAdmitted(name))) return location.reload(); // the page's policy is older than the layer
    this.settle();
  }

  // What lies elsewhere may be fetched by pages that were opened after it was added; the address keeps the choice.
  isAdmitted(name) {
    return this.admitted.has(name) || !this.told.find((one) => one.name === name)?.is_online;
  }

  settle() {
    this.stack.forEach(({ name, isOn, opacity }, place) => {
      const pane = this.map.getPane(this.paneOf(name));
      Object.assign(pane.style, { zIndex: String(LOWEST + place), opacity: String(opacity) });
      this.grounds.get(name)?.show(isOn);
    });
    this.tell("stack");
  }

  /** Whether a layer is shown; before the server told, what is usual. */
  isOn(name) {
    return this.stack.find((one) => one.name === name)?.isOn ?? !this.told.length;
  }

  toggle(name) {
    this.setStack(this.stack.map((one) => (one.name === name ? { ...one, isOn: !one.isOn } : one)));
  }

  get order() {
    return this.stack.map(({ name }) => name);
  }

  get opacity() {
    return Object.fromEntries(this.stack.map(({ name, opacity }) => [name, opacity]));
  }

  /** The marks and names of the layers the picture does not hold. */
  marks() {
    return [...this.grounds.values()].flatMap((layer) => (layer.isShown ? layer.marks() : []));
  }

  /** What the layers that are shown must be credited to. */
  get credits() {
    const shown = this.told.filter(({ name, attribution }) => attribution && this.isOn(name));
    return [this.attribution, ...shown.map(({ attribution }) => attribution)];
  }

  stateOf(name) {
    const layer = this.grounds.get(name);
    if (!layer?.isShown || !layer.hasFailed) return "";
    return layer instanceof OnlineLayer ? t("tidak terjangkau; peta dasar tetap ada") : t("belum dapat dimuat; dicoba lagi saat peta digeser");
  }

  hear(entries, isSnapshot) {
    if (isSnapshot && this.told.length) this.eachGround((layer) => layer.hear([{ kind: `${layer.told.stale_after?.[0]}.` }]));
    if (entries.length) this.eachGround((layer) => layer.hear(entries));
    if (entries.some(({ kind }) => kind.startsWith("overlay."))) this.load();
  }

  eachGround(work) {
    for (const layer of this.grounds.values()) work(layer);
  }

  tell(name) {
    this.dispatchEvent(new Event(name));
  }
}
