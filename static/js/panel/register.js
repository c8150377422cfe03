// The sections of the chosen incident, in the order of their tabs: one file and one line each.
// A section is {name, label, body(panel)} (one without a label has no tab, only deeds), and where it wants them `isShown()`,
// `count(panel)`, `facts(panel)` (what decides that it is drawn anew), `keys` [[key, words, deed(panel)]] and `deeds` [{verb, words, icon, key, isOn(panel)}] with `form(panel, ends)`.
import { alerts } from "./alerts.js";
import { areas } from "./areas.js";
import { assessments } from "./assessments.js";
import { attachments } from "./attachments.js";
import { calls } from "./calls.js";
import { chronology } from "./chronology.js";
import { notes } from "./notes.js";
import { regroup } from "./regroup.js";
import { tasks } from "./tasks.js";
import { times } from "./times.js";
import { units } from "./units.js";

export const SECTIONS = [
  units,
  tasks,
  chronology,
  notes,
  calls,
  attachments,
  alerts,
  areas,
  assessments,
  times,
  regroup,
].filter((section) => section.isShown?.() ?? true);

export const sectionOf = (name) => SECTIONS.find((section) => section.name === name);
