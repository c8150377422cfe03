// Correcting type, priority and place; only what was changed is sent, and a point is picked on the map.
import { post } from "../api.js";
import { sayCoordinates } from "../coordinates.js";
import { h, icon, setText } from "../dom.js";
import { ActionForm, choiceField, longField, textField } from "../form.js";
import { PRIORITIES, named, typeCodes, typeName } from "../names.js";
import { confirmable } from "../sure.js";
import { t } from "../words.js";
import { changed } from "./correct_words.js";

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

const written = (point) => sayCoordinates(point, document.documentElement.lang);

function pointLine(panel, spot) {
  const { lon, lat } = panel.incident;
  const said = h("span.muted.num", {}, Number.isFinite(lon) ? written({ lon, lat }) : t("belum ada titik"));
  const take = (point) => {
    spot.point = point;
    setText(said, written(point));
    button.focus();
  };
  const button = h("button.btn.btn-small", { type: "button", data: { pick: "point" }, onclick: () => panel.dispatchEvent(new CustomEvent("pick", { detail: take })) }, icon("map-pin"), t("Pilih titik di peta"));
  return h("div.line", { data: { field: "lon" } }, button, said);
}
