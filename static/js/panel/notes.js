// What people wrote about the incident, apart from what happened; a line that no longer holds is struck, never deleted.
import { at, atFully } from "../clock.js";
import { h } from "../dom.js";
import { struckWords } from "../incident_lists.js";
import { t } from "../words.js";
import { strikeButton } from "./strike.js";

export const notes = {
  name: "notes",
  label: t("Catatan"),
  count: ({ facts }) => written(facts.entries).length,
  facts: ({ facts }) => written(facts.entries).map(({ seq, body }) => [seq, body.struck]),
  body: (panel) => {
    const entries = written(panel.facts.entries).reverse();
    if (!entries.length) return [h("p.empty", {}, h("strong", {}, t("Belum ada catatan")), t("Tekan N untuk menulis catatan."))];
    return [h("ol.note-rows", {}, entries.map((entry) => row(panel, entry)))];
  },
};

const written = (entries) => entries.filter(({ kind, body }) => kind === "incident.noted" && body?.text);

function row(panel, entry) {
  const { struck, text } = entry.body;
  return h("li.note-row", {},
    h("div.line", {}, h("b", {}, entry.by), h("time.num.muted.small", { datetime: entry.at, title: atFully(entry.at) }, at(entry.at)), strikeButton(panel, entry)),
    h("p.call-words", {}, struck ? h("s", {}, text) : text),
    struck && h("p.small.muted", {}, struckWords(struck)));
}
