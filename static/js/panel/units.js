// The units on the incident, each with its own clock; below them what was said last.
import { h } from "../dom.js";
import { chronology } from "../incident_lists.js";
import { may } from "../page.js";
import { unitRow } from "../unit_rows.js";
import { t } from "../words.js";
import { alertBoxes } from "./alerts.js";

const LATEST = 6;

export const units = {
  name: "units",
  label: t("Satuan"),
  count: ({ facts }) => facts.assignments.filter((one) => !one.gone).length,
  facts: ({ facts: { assignments, alerts, recipients, entries } }) => [assignments, alerts, recipients, entries.length, entries.at(-1)?.seq],
  body: (panel) => [unitList(panel), ...alertBoxes(panel, standing(panel.facts.alerts), false), h("h3.body-head", {}, t("Terakhir")), chronology(panel.facts.entries, LATEST)],
};

const standing = (alerts) => alerts.filter((one) => one.state === "active" || one.state === "draft");

function unitList(panel) {
  const rows = [...panel.facts.assignments].sort((a, b) => Number(a.gone ?? false) - Number(b.gone ?? false) || a.id - b.id);
  if (!rows.length) return h("p.empty", {}, h("strong", {}, t("Belum ada satuan")), may("assignment.create") && t("Tekan U untuk mengirim yang terdekat."));
  return h("ul.unit-rows", {}, rows.map((one) => unitRow(one, panel.live.picture.units.get(one.unit_id), () => panel.done("unit"))));
}
