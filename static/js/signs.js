// A line of the legend, drawn as the map draws it. The code of a sign comes with the layer it belongs to.
import { h, icon } from "./dom.js";
import { ZONE_KINDS, facilityIcon } from "./zone_words.js";

const SVG = "http://www.w3.org/2000/svg";

const drawings = {
  prio: (level) => h(`span.prio.prio-P${level}`, {}, level),
  unit: (which) => h("span.key-unit", { class: which === "stale" ? "key-stale" : "" }),
  zone: (kind) => zoneSign(kind),
  facility: (kind) => h("span.key-facility", {}, icon(facilityIcon(kind))),
  heat: (step) => h(`span.key-box.key-heat-${step}`),
  bulletin: (what) => h("span.key-dot.key-bulletin", { class: what === "area" ? "key-bulletin-area" : "" }),
  station: (which) => h("span.key-dot.key-station", { class: which === "old" ? "key-station-old" : "" }),
  boundary: (level) => h(`span.key-line.key-boundary-${level}`),
};

/** An element for a sign: "P1", "unit-stale", "zone-affected", "facility-shelter", "heat-3", "track"... */
export function signMark(sign) {
  const [, level] = /^P([1-4])$/.exec(sign) ?? [];
  if (level) return hidden(drawings.prio(level));
  const [family, rest] = [sign.split("-")[0], sign.slice(sign.indexOf("-") + 1)];
  return hidden(drawings[family]?.(rest) ?? h(`span.key-dot.key-${family}`));
}

const hidden = (mark) => (mark.setAttribute("aria-hidden", "true"), mark);

function zoneSign(kind) {
  if (ZONE_KINDS[kind]?.draws === "Marker") return h(`span.key-zone-point.key-zone-${kind}`, {}, icon(ZONE_KINDS[kind].icon));
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "key-zone");
  svg.setAttribute("viewBox", "0 0 28 16");
  const isArea = ZONE_KINDS[kind]?.draws === "Polygon";
  svg.append(path(kind, isArea ? "M2 2H26V14H2Z" : "M2 8H26"));
  if (kind === "road_cut") svg.append(ink(kind, "M9 3L19 13M19 3L9 13"));
  if (kind === "evacuation_route") svg.append(ink(kind, "M17 3L24 8L17 13"));
  if (isArea) svg.append(ink(kind, kind === "affected" ? "M4 14L12 2M12 14L20 2M20 14L26 5" : "M3 3L25 13M25 3L3 13M14 2V14"));
  return svg;
}

const DASHES = { isolated: "6 3", evacuation_route: "7 4", road_cut: "2 4" };

const path = (kind, d) => stroke(`zone zone-${kind}`, d, DASHES[kind]);

const ink = (kind, d) => stroke(`zone-ink zone-ink-${kind}`, d);

function stroke(names, d, dashes) {
  const one = document.createElementNS(SVG, "path");
  const facts = { class: names, d, fill: "none", "stroke-width": "2.5", ...(dashes && { "stroke-dasharray": dashes }) };
  for (const [name, value] of Object.entries(facts)) one.setAttribute(name, value);
  return one;
}
