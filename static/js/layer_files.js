// A layer to take along: a link for each form of file that the server writes.
import { h } from "./dom.js";
import { t } from "./words.js";

const FORMS = { gpkg: "GPKG", kml: "KML", gpx: "GPX", csv: "CSV", geojson: "GeoJSON" };

export const fileAddress = (name, form) => `/api/v1/layers/${encodeURIComponent(name)}.${form}`;

/** The line of links, or nothing for a layer that lies elsewhere. */
export const fileLinks = (told) => told.can_export && h("p.layer-files.line.small", {},
  h("span.muted", {}, t("berkas")),
  Object.entries(FORMS).map(([form, words]) => h("a", { href: fileAddress(told.name, form), download: "", "aria-label": t("{name} sebagai berkas {form}", { name: told.words, form: words }) }, words)));
