// Everything that was written down about the incident, newest first; what people wrote can be struck through.
import { chronology as lines } from "../incident_lists.js";
import { t } from "../words.js";
import { strikeButton } from "./strike.js";

export const chronology = {
  name: "chronology",
  label: t("Kronologi"),
  count: ({ facts }) => facts.entries.length,
  facts: ({ facts: { entries } }) => [entries.length, entries.at(-1)?.seq, entries.filter(({ body }) => body?.struck).length],
  body: (panel) => [lines(panel.facts.entries, Infinity, (entry) => strikeButton(panel, entry))],
};
