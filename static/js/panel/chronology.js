// Everything that was written down about the incident, newest first.
import { chronology as lines } from "../incident_lists.js";
import { t } from "../words.js";

export const chronology = {
  name: "chronology",
  label: t("Kronologi"),
  count: ({ facts }) => facts.entries.length,
  facts: ({ facts: { entries } }) => [entries.length, entries.at(-1)?.seq],
  body: ({ facts }) => [lines(facts.entries)],
};
