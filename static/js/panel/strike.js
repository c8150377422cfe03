// Striking a line through: its writer or a supervisor may, with a reason; who, when and why stand beside the struck words.
import { post } from "../api.js";
import { h, icon } from "../dom.js";
import { ActionForm, longField } from "../form.js";
import { may } from "../page.js";
import { t } from "../words.js";
import { STRIKABLE } from "./strike_words.js";

export { struckWords } from "../incident_lists.js";

const ME = document.documentElement.dataset.person ?? "";

// Of those who approve alerts are the supervisors.
const isSupervisor = () => may("alert.approve");

const maybe = (entry) => STRIKABLE.has(entry.kind) && entry.body?.text && !entry.body.struck && may("incident.note") && (entry.by === ME || isSupervisor());

/** The button that strikes an entry, for those who may. */
export function strikeButton(panel, entry) {
  if (!maybe(entry)) return null;
  return h("button.btn.btn-small.btn-quiet.strike.push", { type: "button", data: { key: `strike-${entry.seq}` }, title: t("Coret"), "aria-label": t("Coret: {text}", { text: entry.body.text }), onclick: () => panel.showForm(form(panel, entry), panel.tab) }, icon("eraser"));
}

function form(panel, entry) {
  return new ActionForm({
    title: t("Coret baris ini"), submit: t("Coret"),
    fields: [h("blockquote.call-words", {}, entry.body.text), longField("text", t("Mengapa tidak berlaku lagi"), { required: true, maxlength: 500 })],
    send: ({ text }, uid) => post(`/incidents/${panel.id}/chronology/${entry.seq}/strike`, { uid, text }),
    onDone: () => panel.done("strike"), onClose: () => panel.closeForm(),
  });
}
