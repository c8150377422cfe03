// What was drawn on the map for the incident; a press shows it there.
import { atFully } from "../clock.js";
import { h, icon } from "../dom.js";
import { t } from "../words.js";
import { ZONE_KINDS, zoneWord } from "../zone_words.js";

export const areas = {
  name: "areas",
  label: t("Area"),
  count: (panel) => ofIncident(panel).filter((zone) => !zone.gone).length,
  facts: (panel) => ofIncident(panel),
  body: (panel) => {
    const zones = [...ofIncident(panel)].reverse();
    if (!zones.length) return [h("p.empty", {}, h("strong", {}, t("Belum ada area")), t("Tekan G untuk menggambar di peta."))];
    return [h("ul.area-rows", {}, zones.map((zone) => row(panel, zone)))];
  },
};

const ofIncident = (panel) => panel.merged("zones", (zone) => zone.incident_id === panel.id);

function row(panel, zone) {
  const when = [t("digambar {by} {at}", { by: zone.by, at: atFully(zone.drawn_at) }), zone.expires_at && t("sampai {at}", { at: atFully(zone.expires_at) })];
  const show = h("button.btn.btn-small.btn-quiet.push", { type: "button", data: { key: `area-${zone.id}` }, onclick: () => panel.dispatchEvent(new CustomEvent("show", { detail: zone })) }, icon("map"), t("Lihat di peta"));
  return h("li.area-row", { class: zone.gone ? "is-over" : "" },
    h("div.line", {}, icon(ZONE_KINDS[zone.kind]?.icon ?? "polygon"), zone.struck ? h("s", {}, zoneWord(zone.kind)) : h("b", {}, zoneWord(zone.kind)), h("span.muted", {}, zone.words), !zone.gone && show),
    h("p.small.muted", {}, when.filter(Boolean).join(" · ")),
    zone.struck && h("p.small", {}, t("dicoret: {why}", { why: zone.struck_why ?? "" })));
}
