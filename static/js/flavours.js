// The colours of vector tiles in the house's two themes: quiet ground, roads and names that can be read under the marks.
// The keys are those that protomaps-leaflet's rules read; each colour is opaque, because tiles cover the coast.

const covers = (forest, field, bare, town) => ({ grassland: field, barren: bare, urban_area: town, farmland: field, glacier: bare, scrub: field, forest });

const of = ({ sea, land, town, green, wood, sand, road, edge, name, soft, halo }) => ({
  background: sea, water: sea, earth: land, glacier: land, sand, beach: sand,
  park_a: green, park_b: green, scrub_a: green, scrub_b: green, wood_a: wood, wood_b: wood, zoo: green,
  hospital: town, industrial: town, school: town, pedestrian: town, aerodrome: town, military: town, buildings: edge,
  major: road, pier: road, runway: road, railway: edge, boundaries: edge,
  city_label: name, city_label_halo: halo, country_label: name, state_label: soft, state_label_halo: halo,
  ocean_label: soft, roads_label_major: name, roads_label_major_halo: halo, roads_label_minor: soft, roads_label_minor_halo: halo,
  landcover: covers(wood, green, sand, town),
});

export const FLAVOURS = {
  dark: of({ sea: "#0a1723", land: "#182530", town: "#1f2d39", green: "#18302d", wood: "#163228", sand: "#2a2f30", road: "#4d6579", edge: "#6b8197", name: "#c9d6e4", soft: "#9fb0c3", halo: "#0a1723" }),
  light: of({ sea: "#d6e4ee", land: "#f4f2ea", town: "#ebe6dc", green: "#e0ecd6", wood: "#d0e4c8", sand: "#f3ead0", road: "#c3b59b", edge: "#8c98a6", name: "#2c3a49", soft: "#4c5c6e", halo: "#ffffff" }),
};
