// Where an alert is for: an area drawn on the map, or villages picked by name or by a click; what the area touches is told.
import * as L from "../vendor/leaflet-src.esm.js";
import { get, post } from "./api.js";
import { toggled } from "./compose_rules.js";
import { DeskMap } from "./desk_map.js";
import { fill, h } from "./dom.js";
import { PlaceBox } from "./place_box.js";
import { aim, clickMiddle, spotButtons } from "./spots.js";
import { toast } from "./toast.js";
import { listed, numberText, t } from "./words.js";

const $ = (id) => document.getElementById(id);
const PLAIN = { tooltips: false, snappable: true, snapDistance: 12, allowSelfIntersection: false, continueDrawing: false, cursorMarker: true };
const LEVEL = 4; // villages
const NEAREST = 10; // farther off there are too many to pick one
const SHOWN = 12;

export class ComposeArea {
  /** `read()` gives the form's {area, villages}; `change(facts)` changes it. */
  constructor(live, { read, change }) {
    Object.assign(this, { live, read, change, isPicking: false });
    this.map = new DeskMap($("area-map"), { live, onPlace: () => {} });
    this.shapes = L.geoJSON(null, { interactive: false, style: () => ({ color: ink("--focus"), weight: 3, fillColor: ink("--focus"), fillOpacity: 0.15 }) }).addTo(this.map.map);
    this.borders = L.layerGroup().addTo(this.map.map);
    this.box = new PlaceBox($("village"), $("village-list"), { find: (text, signal) => get(`/places?q=${encodeURIComponent(text)}`, { signal }), onText: () => {}, onPick: (option) => this.picked(option) });
    $("area-draw").addEventListener("click", () => this.draw());
    $("area-pick").addEventListener("click", () => this.pick(!this.isPicking));
    $("area-clear").addEventListener("click", () => this.clear());
    $("area-villages").addEventListener("click", ({ target }) => target.closest("[data-village]") && this.drop(target.closest("[data-village]").dataset.village));
    this.map.map.on("moveend", () => this.isPicking && this.loadBorders());
    addEventListener("posko:theme", () => this.paint());
  }

  // ---- what stands

  paint() {
    const { area, villages } = this.read();
    this.shapes.clearLayers();
    if (area) this.shapes.addData(area);
    const more = villages.length - SHOWN;
    fill($("area-villages"), more > 0 && h("span.chip", {}, t("{n} desa lain", { n: numberText(more) })), villages.slice(0, SHOWN).map(({ code, name }) => h("button.chip.chip-blue", { type: "button", data: { village: code }, title: t("Keluarkan {name}", { name }) }, name, " ×")));
    $("area-clear").hidden = !area && !villages.length;
    this.styleBorders();
  }

  /** Show what the draft held. */
  goTo() {
    const { area } = this.read();
    if (area) this.map.map.fitBounds(L.geoJSON(area).getBounds().pad(0.3), { animate: false });
  }

  clear() {
    this.end();
    this.change({ area: null, villages: [] });
    fill($("area-touches"));
  }

  drop(code) {
    this.change({ villages: this.read().villages.filter((one) => one.code !== code) });
    $("village").focus();
  }

  picked(option) {
    const code = option.point?.area_code;
    if (!code) return toast(t("Tempat itu bukan desa; gambar wilayahnya di peta."), { isBad: true });
    this.change({ villages: toggled(this.read().villages, { code, name: option.name }) });
    this.map.goTo(option.point);
    $("village").value = "";
    $("village").focus();
  }

  // ---- picking on the map

  async pick(isOn) {
    this.isPicking = isOn;
    $("area-pick").setAttribute("aria-pressed", String(isOn));
    if (!isOn) return this.borders.clearLayers();
    if (this.map.map.getZoom() < NEAREST) this.map.map.setZoom(NEAREST, { animate: false });
    await this.loadBorders();
  }

  async loadBorders() {
    const view = this.map.map.getBounds();
    const bbox = [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()].map((degrees) => degrees.toFixed(4)).join(",");
    const answer = await get(`/boundaries?level=${LEVEL}&zoom=${this.map.map.getZoom()}&bbox=${bbox}`).catch(() => null);
    if (!answer || !this.isPicking) return;
    this.borders.clearLayers();
    if (!answer.features.length) toast(t("Batas desa di sini tidak terpasang; cari namanya, atau gambar wilayahnya."));
    this.lines = L.geoJSON(answer, { style: (one) => this.styleOf(one), onEachFeature: (one, layer) => layer.on("click", () => this.toggle(one.properties)).bindTooltip(one.properties.name) }).addTo(this.borders);
  }

  toggle({ code, name }) {
    this.change({ villages: toggled(this.read().villages, { code, name }) });
  }

  styleOf({ properties }) {
    const isIn = this.read().villages.some(({ code }) => code === properties.code);
    return { color: ink(isIn ? "--focus" : "--site-edge"), weight: isIn ? 3 : 1, fillColor: ink("--focus"), fillOpacity: isIn ? 0.25 : 0.02 };
  }

  styleBorders() {
    this.lines?.setStyle((one) => this.styleOf(one));
  }

  // ---- drawing

  async draw() {
    const pm = await this.tools().catch(() => null);
    if (!pm) return toast(t("Alat gambar tidak dapat dimuat; periksa jaringan ke server, lalu coba lagi."), { isBad: true });
    this.pick(false);
    this.end();
    const { map } = this.map;
    const color = ink("--focus");
    const deeds = { add: () => clickMiddle(map), undo: () => this.undo(), done: () => this.finish(), cancel: () => this.end() };
    fill($("area-tool"), h("div.box.stack", {}, h("p.small", {}, t("Tandai sudut-sudutnya; klik titik pertama lagi atau tekan Selesai untuk menutupnya.")), spotButtons(deeds)));
    this.wait = ({ layer }) => this.take(layer);
    map.once("pm:create", this.wait);
    pm.enableDraw("Polygon", { ...PLAIN, markerStyle: { icon: L.divIcon({ className: "draw-spot", iconSize: [18, 18] }) }, templineStyle: { color, weight: 3 }, hintlineStyle: { color, weight: 2, dashArray: "5 5" }, pathOptions: { color } });
    this.stopAiming = aim($("area-box"), map, deeds);
  }

  // Nothing of it is loaded before someone draws.
  async tools() {
    const { map } = this.map;
    if (!map.pm) {
      const { default: PM } = await import("../vendor/leaflet-geoman.js");
      PM.reInitLayer(map);
      map.pm.setGlobalOptions({});
    }
    return map.pm;
  }

  get tool() {
    return this.map.map.pm.Draw.Polygon;
  }

  undo() {
    return corners(this.tool) > 1 ? this.tool._removeLastVertex() : this.draw();
  }

  finish() {
    if (corners(this.tool) < 3) return toast(t("Perlu paling sedikit {n} titik.", { n: 3 }), { isBad: true });
    this.tool._finishShape();
  }

  take(layer) {
    const { geometry } = layer.toGeoJSON(5);
    layer.remove();
    this.end();
    this.change({ area: geometry });
    this.tellTouched(geometry);
  }

  end() {
    const { map } = this.map;
    map.pm?.disableDraw();
    if (this.wait) map.off("pm:create", this.wait);
    this.stopAiming?.();
    Object.assign(this, { wait: null, stopAiming: null });
    fill($("area-tool"));
  }

  // Which villages the area touches, for whoever wants to say so by name.
  async tellTouched(shape) {
    const { villages } = await post("/within", { shape }).catch(() => ({ villages: [] }));
    if (!villages.length || this.read().area !== shape) return fill($("area-touches"));
    const use = () => (this.change({ villages: villages.map(({ code, name }) => ({ code, name })) }), fill($("area-touches")));
    const names = listed([...villages.slice(0, SHOWN).map(({ name }) => name), ...(villages.length > SHOWN ? [t("{n} desa lain", { n: numberText(villages.length - SHOWN) })] : [])]);
    fill($("area-touches"), h("p.small", {}, t("Wilayah ini menyentuh {names}.", { names }), " ", h("button.btn.btn-small", { type: "button", onclick: use }, t("Pakai nama desa-desa ini"))));
  }
}

const corners = (tool) => tool._layer?.getLatLngs().flat().length ?? 0;

const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
