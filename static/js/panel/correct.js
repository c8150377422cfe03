// Correcting type, priority and place; only what was changed is sent, and a point is picked on the map.
import { post } from "../api.js";
import { sayCoordinates } from "../coordinates.js";
import { h, icon, setText } from "../dom.js";
import { ActionForm, choiceField, longField, textField } from "../form.js";
import { PRIORITIES, named, typeCodes, typeName } from "../names.js";
import { confirmable } from "../sure.js";
import { t } from "../words.js";

const PICKED_RADIUS_M = 50;

export function correctForm(panel, ends) {
  const { incident } = panel;
  const spot = { point: null };
  const types = Object.fromEntries(typeCodes().map((code) => [code, typeName(code)]));
  const priorities = Object.fromEntries(["P1", "P2", "P3", "P4"].map((code) => [code, `${code} ${named(PRIORITIES, code)}`]));
  return confirmable(new ActionForm({
    title: t("Perbaiki {number}", { number: incident.number }), submit: t("Simpan perbaikan"),
    fields: [
      h("div.field-pair", {}, choiceField("type", t("Jenis"), types, { value: incident.type }), choiceField("priority", t("Prioritas"), priorities, { value: incident.priority })),
      textField("place", t("Tempat"), { value: incident.place ?? "" }),
      pointLine(panel, spot),
      longField("text", t("Alasan"), { required: true }),
    ],
    send: (values, uid, form) => post(`/incidents/${incident.id}/correct`, { uid, text: values.text, confirmed: values.confirmed || undefined, seen: form?.seen ?? incident.changed_at, ...changed(incident, values, spot.point) }),
    ...ends,
  }));
}

/** {type?, priority?, place?}: what differs from the incident. */
export function changed(incident, { type, priority, place }, point) {
  const words = place.trim();
  const isMoved = point !== null || words !== (incident.place ?? "");
  return {
    ...(type !== incident.type ? { type } : {}),
    ...(priority !== incident.priority ? { priority } : {}),
    ...(isMoved ? { place: placeOf(incident, words, point) } : {}),
  };
}

// New words for an old point leave the point where it is.
function placeOf(incident, text, point) {
  if (point) return { method: "map", radius_m: PICKED_RADIUS_M, ...point, text };
  const { lon, lat, radius_m, method, area_code } = incident;
  const known = Number.isFinite(lon) ? { lon, lat } : {};
  return { method: method || "text", ...known, text, ...(radius_m ? { radius_m } : {}), ...(area_code ? { area_code } : {}) };
}

function pointLine(panel, spot) {
  const { lon, lat } = panel.incident;
  const said = h("span.muted.num", {}, Number.isFinite(lon) ? sayCoordinates({ lon, lat }) : t("belum ada titik"));
  const take = (point) => {
    spot.point = point;
    setText(said, sayCoordinates(point));
    button.focus();
  };
  const button = h("button.btn.btn-small", { type: "button", data: { pick: "point" }, onclick: () => panel.dispatchEvent(new CustomEvent("pick", { detail: take })) }, icon("map-pin"), t("Pilih titik di peta"));
  return h("div.line", { data: { field: "lon" } }, button, said);
}
