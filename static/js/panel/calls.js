// What callers told us, word for word, for those who may read it.
import { h } from "../dom.js";
import { callList } from "../incident_lists.js";
import { may } from "../page.js";
import { t } from "../words.js";

export const calls = {
  name: "calls",
  label: t("Laporan"),
  count: ({ facts, incident, whole }) => (whole ? facts.calls.length : incident.calls),
  facts: ({ facts }) => facts.calls,
  body: ({ facts }) => [may("call.read") ? callList([...facts.calls].reverse()) : h("p.empty", {}, t("Peran Anda tidak melihat kata-kata pelapor."))],
};
