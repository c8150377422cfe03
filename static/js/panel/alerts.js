// The alerts about the incident, each with every recipient.
import { alertBox } from "../alert_box.js";
import { h } from "../dom.js";
import { pgettext, t } from "../words.js";

export const alertBoxes = (panel, cards, isWhole) =>
  cards.map((alert) => alertBox(alert, panel.facts.recipients.filter((one) => one.alert_id === alert.id), { isWhole, onDone: () => panel.done("alert-word") }));

export const alerts = {
  name: "alerts",
  label: pgettext("halaman", "Siaran"),
  count: ({ facts }) => facts.alerts.length,
  facts: ({ facts }) => [facts.alerts, facts.recipients],
  body: (panel) => {
    const cards = [...panel.facts.alerts].reverse();
    return cards.length ? alertBoxes(panel, cards, true) : [h("p.empty", {}, t("Belum ada siaran tentang kejadian ini."))];
  },
};
