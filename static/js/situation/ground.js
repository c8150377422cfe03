// What the marks stand on: coast, the site's outline, the lines between its areas, and what was drawn by hand.
import { coloursOf } from "./parts.js";
import { zoneLook } from "./kinds.js";

const TOKENS = ["coast", "land", "site-fill", "site-edge", "soft", "amber", "red", "green", "blue", "grey"];

export class Ground {
  constructor(map, ground) {
    this.map = map;
    this.sheets = [
      this.lay(ground.coast, (c) => ({ color: c.coast, weight: 1, fillColor: c.land, fillOpacity: 1 })),
      this.lay(ground.borders, (c) => ({ color: c.coast, weight: 1, dashArray: "4 4", fill: false })),
      this.lay(ground.outline, (c) => ({ color: c["site-edge"], weight: 1.8, fillColor: c["site-fill"], fillOpacity: 1 })),
      this.lay(ground.villages, (c) => ({ color: c["site-edge"], weight: 0.6, opacity: 0.45, fill: false }), 10),
      this.lay(ground.districts, (c) => ({ color: c["site-edge"], weight: 1.1, opacity: 0.75, dashArray: "6 3", fill: false })),
    ].filter(Boolean);
    this.zones = L.layerGroup().addTo(map);
    map.on("zoomend", () => this.thin());
    this.thin();
  }

  lay(geometry, style, fromZoom = 0) {
    if (!geometry) return null;
    const layer = L.geoJSON(geometry, { interactive: false, style: () => style(coloursOf(TOKENS)) }).addTo(this.map);
    return { layer, style, fromZoom };
  }

  // Lines between villages are noise from afar.
  thin() {
    for (const { layer, fromZoom } of this.sheets) {
      const isSeen = this.isBounded !== false || fromZoom === 0;
      this.map.getZoom() >= fromZoom && isSeen ? layer.addTo(this.map) : layer.remove();
    }
  }

  setBounded(isBounded) {
    this.isBounded = isBounded;
    this.thin();
  }

  paintAgain() {
    const colours = coloursOf(TOKENS);
    for (const { layer, style } of this.sheets) layer.setStyle(() => style(colours));
  }

  /** Lay the areas anew; `pressed` is told which one was pressed and where. */
  showZones(zones, pressed) {
    this.zones.clearLayers();
    const colours = coloursOf(TOKENS);
    for (const zone of zones) {
      const look = zoneLook(zone.kind);
      const style = () => ({ color: colours[look.colour], weight: look.weight ?? 2, dashArray: look.dash, fillColor: colours[look.colour], fillOpacity: look.fill });
      const layer = L.geoJSON(zone.shape, { style, bubblingMouseEvents: false, pointToLayer: (_, spot) => L.circleMarker(spot, { radius: 4 }) });
      layer.on("click", (event) => pressed(zone, event)).addTo(this.zones);
    }
  }
}

