// The ruler: points on the map, how far along them, and how much lies between.
import * as L from "../vendor/leaflet-src.esm.js";
import { h, setText } from "./dom.js";
import { measured } from "./measure.js";
import { aim, clickMiddle, spotButtons } from "./spots.js";
import { t } from "./words.js";

export class Measuring {
  constructor(board, sheet) {
    Object.assign(this, { board, sheet, map: board.map, spots: [] });
    this.map.createPane("measure").classList.add("map-tool-pane");
    this.renderer = L.svg({ pane: "measure" });
    this.drawn = L.layerGroup();
  }

  toggle() {
    if (this.sheet.name === "measure") return this.sheet.close();
    this.spots = [];
    this.length = h("output.measure-length", {});
    this.area = h("output.measure-area", {});
    const said = h("dl.facts", {}, h("dt", {}, t("Jarak")), h("dd", {}, this.length), h("dt", {}, t("Luas")), h("dd", {}, this.area));
    const deeds = { add: () => clickMiddle(this.map), undo: () => this.put(this.spots.slice(0, -1)), cancel: () => this.sheet.close() };
    this.sheet.open("measure", t("Ukur jarak dan luas"), [said, spotButtons(deeds, t("Tutup"))], { onClose: () => this.end() });
    this.begin(deeds);
  }

  begin(deeds) {
    this.board.isBusy = true;
    this.drawn.addTo(this.map);
    this.listener = ({ latlng }) => this.put([...this.spots, [latlng.lng, latlng.lat]]);
    this.map.on("click", this.listener);
    this.map.doubleClickZoom.disable();
    this.stopAiming = aim(this.board.element, this.map, deeds);
    this.put([]);
  }

  put(spots) {
    this.spots = spots;
    const corners = spots.map(([lon, lat]) => [lat, lon]);
    const common = { renderer: this.renderer, interactive: false };
    this.drawn.clearLayers();
    if (corners.length > 2) L.polygon(corners, { ...common, className: "measure-ground", stroke: false }).addTo(this.drawn);
    L.polyline(corners, { ...common, className: "measure-line", weight: 3 }).addTo(this.drawn);
    for (const corner of corners) L.circleMarker(corner, { ...common, className: "measure-spot", radius: 5 }).addTo(this.drawn);
    this.say();
  }

  say() {
    const { length, area } = measured(this.spots);
    setText(this.length, this.spots.length > 1 ? length : t("belum ada; dua titik memberi jarak"));
    setText(this.area, area || t("belum ada; tiga titik memberi luas"));
  }

  end() {
    this.board.isBusy = false;
    this.map.off("click", this.listener);
    this.map.doubleClickZoom.enable();
    this.stopAiming?.();
    this.drawn.remove();
  }
}
