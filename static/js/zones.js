// Areas drawn by hand: each kind with a pattern, a line and a label of its own, so that none is told by colour alone.
import * as L from "../vendor/leaflet-src.esm.js";
import { atFully, now } from "./clock.js";
import { h } from "./dom.js";
import { ageWords, secondsBetween } from "./time.js";
import { t } from "./words.js";
import { middleOf } from "./middle.js";
import { ZONE_KINDS, stands, zoneLabel, zoneWord } from "./zone_words.js";

const SVG = "http://www.w3.org/2000/svg";
const AREAS = ["affected", "isolated"];

const svg = (name, facts = {}, ...children) => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(facts)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

const line = (facts, kind) => svg("path", { ...facts, class: `zone-ink zone-ink-${kind}`, fill: "none" });

// Stripes one way, a lattice, crosses along a road, arrows along a way out.
const patterns = () => [
  svg("pattern", { id: "zone-affected", width: 9, height: 9, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, line({ d: "M0 0V9", "stroke-width": 5 }, "affected")),
  svg("pattern", { id: "zone-isolated", width: 11, height: 11, patternUnits: "userSpaceOnUse" }, line({ d: "M0 0L11 11M11 0L0 11", "stroke-width": 2 }, "isolated")),
  svg("marker", { id: "zone-cross", markerWidth: 16, markerHeight: 16, refX: 8, refY: 8, markerUnits: "userSpaceOnUse" }, line({ d: "M3 3L13 13M13 3L3 13", "stroke-width": 4 }, "road_cut")),
  svg("marker", { id: "zone-arrow", markerWidth: 16, markerHeight: 16, refX: 8, refY: 8, orient: "auto", markerUnits: "userSpaceOnUse" }, line({ d: "M4 2L12 8L4 14", "stroke-width": 3.5 }, "evacuation_route")),
];

const styleOf = (kind, renderer) => ({
  renderer, className: `zone zone-${kind}`, weight: AREAS.includes(kind) ? 3 : 4, opacity: 1, lineJoin: "round", bubblingMouseEvents: true,
  fill: AREAS.includes(kind), fillColor: AREAS.includes(kind) ? `url(#zone-${kind})` : undefined, fillOpacity: 1,
  dashArray: { isolated: "10 6", road_cut: "2 9", evacuation_route: "14 7" }[kind],
});

/** The shapes of the zones in a pane of their own; their points and names are drawn with the other marks. */
export class Zones {
  constructor(map, pane) {
    this.map = map;
    this.renderer = L.svg({ pane, padding: 0.5 });
    this.group = L.layerGroup().addTo(map);
    this.shown = new Map();
    this.under = null;
  }

  /** Draw these cards and no others; what did not change is not touched. */
  show(cards) {
    const wanted = new Map(cards.filter(({ shape }) => shape.type !== "Point").map((card) => [card.id, card]));
    for (const [id, { card, layer }] of this.shown) if (wanted.get(id) !== card) (layer.remove(), this.shown.delete(id));
    for (const [id, card] of wanted) if (!this.shown.has(id)) this.shown.set(id, { card, layer: this.layerOf(card).addTo(this.group) });
    this.laySigns();
  }

  layerOf(card) {
    const layer = L.geoJSON({ type: "Feature", geometry: card.shape, properties: {} }, { style: () => styleOf(card.kind, this.renderer) });
    layer.on("click", () => { this.under = card.id; });
    layer.eachLayer((path) => path.on("add", () => this.mark(path, card.kind)));
    return layer;
  }

  mark(path, kind) {
    const facts = { road_cut: { "marker-start": "url(#zone-cross)", "marker-mid": "url(#zone-cross)", "marker-end": "url(#zone-cross)" }, evacuation_route: { "marker-mid": "url(#zone-arrow)", "marker-end": "url(#zone-arrow)" } }[kind];
    for (const [name, value] of Object.entries(facts ?? {})) path.getElement()?.setAttribute(name, value);
  }

  // The patterns live in the drawing that uses them; Leaflet makes it when the first path comes.
  laySigns() {
    const box = this.renderer._container;
    if (box && !box.querySelector("defs")) box.prepend(svg("defs", {}, ...patterns()));
  }

  /** The zone the last click of the map went through, once. */
  takeUnder() {
    const id = this.under;
    this.under = null;
    return id;
  }

  boundsOf(card) {
    return L.geoJSON(card.shape).getBounds();
  }
}

/** Cards that hold at this moment. */
export const standing = (zones, moment = now()) => [...zones.values()].filter((card) => stands(card, moment));

/** The marks of a zone: its point with an icon, or its name inside its shape. */
export function zoneMark(card) {
  const [lon, lat] = middleOf(card.shape) ?? [];
  const common = { id: `zone-${card.id}`, layer: "zones", lon, lat, label: zoneLabel(card), rank: 3 };
  if (card.shape.type !== "Point") return { ...common, kind: "name", font: "600 12px system-ui, sans-serif", order: 2, radius: card.shape.type.endsWith("LineString") ? 5 : 0 }; // beside a line, inside an area
  return { ...common, kind: "zone", shape: card.kind === "post" ? "plate" : "drop", colour: `zone-${card.kind}`, glyph: ZONE_KINDS[card.kind]?.icon };
}

/** What a click on a zone tells: what, who, since when, until when, and how to strike it. */
export function zoneFacts(card, { incident, onStrike, onIncident }) {
  const facts = [
    [t("Digambar"), t("{by}, {age} lalu", { by: card.by, age: ageWords(secondsBetween(card.drawn_at, now())) }), atFully(card.drawn_at)],
    [t("Berlaku"), card.expires_at ? t("sampai {time}", { time: atFully(card.expires_at) }) : t("sampai dicoret"), ""],
  ];
  const link = incident && h("button.btn.btn-small", { type: "button", onclick: () => onIncident(incident.id) }, incident.number);
  return h("div.stack.map-facts", {},
    h("h3", {}, zoneWord(card.kind).toUpperCase()),
    card.words && h("p", {}, card.words),
    h("dl.facts", {}, facts.flatMap(([name, words, title]) => [h("dt", {}, name), h("dd", { title }, words)])),
    h("div.line", {}, link, onStrike && h("button.btn.btn-small", { type: "button", onclick: () => onStrike(card) }, t("Coret area ini"))));
}
