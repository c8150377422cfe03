// What can be done with the incident: the four that matter stand always at the same place; what the state or the role forbids is plainly off.
import { AlertForm } from "../alert_form.js";
import { h, icon } from "../dom.js";
import { may } from "../page.js";
import { SendForm } from "../send_form.js";
import { asksFirst, verbForm } from "../verb_forms.js";
import { t } from "../words.js";
import { correctForm } from "./correct.js";
import { SECTIONS } from "./register.js";

const NEEDED = { note: "incident.note", correct: "incident.correct", feedback: "incident.feedback" };
const OF_LIFE = ["obstruct", "close", "verify", "resume", "control", "reopen", "note", "correct", "feedback"];
const FORMS = {
  send: (panel, ends) => new SendForm(panel.incident, panel.live, ends),
  correct: (panel, ends) => correctForm(panel, ends),
  alert: (panel, ends) => new AlertForm(panel.incident, panel.live, ends),
};
const SMALL = [
  { verb: "verify", words: t("Verifikasi"), icon: "check", key: "V" },
  { verb: "resume", words: t("Lanjutkan"), icon: "player-play", key: "R" },
  { verb: "control", words: t("Terkendali"), icon: "shield-check", key: "O" },
  { verb: "reopen", words: t("Buka kembali"), icon: "refresh", key: "R" },
  { verb: "note", words: t("Catatan"), icon: "note", key: "N" },
  { verb: "feedback", words: t("Umpan balik"), icon: "message-report", key: "W" },
  { verb: "correct", words: t("Perbaiki"), icon: "pencil", key: "C" },
];

const ofSections = () => SECTIONS.flatMap((section) => section.deeds ?? []);

/** Verb -> whether it may be done now, by this role. */
export function deedsOf(panel) {
  const { incident, whole } = panel;
  const allowed = whole?.allowed ?? [];
  const isOpen = incident.state !== "closed";
  return {
    send: isOpen && may("assignment.create"), alert: isOpen && may("alert.write"),
    ...Object.fromEntries(OF_LIFE.map((verb) => [verb, allowed.includes(verb) && may(NEEDED[verb] ?? "incident.verb")])),
    ...Object.fromEntries(ofSections().map((deed) => [deed.verb, Boolean(deed.isOn(panel))])),
  };
}

export function deedButtons(panel, can) {
  const button = (verb, words, iconName, key, isOn, look = "") =>
    h("button.btn", { type: "button", class: look, data: { key: verb }, disabled: !isOn, "aria-keyshortcuts": key ?? null, onclick: () => panel.open(verb) }, icon(iconName), h("span", {}, words), key && h("kbd", {}, key));
  return [
    h("div.deeds", {},
      button("send", t("Kirim satuan"), "truck", "U", can.send, "btn-primary"),
      button("alert", t("Siaran"), "speakerphone", "S", can.alert),
      button("obstruct", t("Kendala"), "barrier-block", "B", can.obstruct),
      button("close", t("Selesai"), "circle-check", "X", can.close)),
    h("div.deeds-more", {}, [...SMALL, ...ofSections()].filter(({ verb }) => can[verb]).map((deed) => button(deed.verb, deed.words, deed.icon, deed.key, true, "btn-small"))),
  ];
}

/** [[key, words, verbs], ...] of the small deeds, for the page's keys: one key may do one deed or the other. */
export function smallKeys() {
  const all = [...SMALL, ...ofSections()].filter(({ key }) => key);
  return [...new Set(all.map(({ key }) => key))].map((key) => {
    const mine = all.filter((deed) => deed.key === key);
    return [key.toLowerCase(), mine.map(({ words }) => words.toLowerCase()).join(" / "), mine.map(({ verb }) => verb)];
  });
}

/** The form of a deed, or null for one that is done at once. */
export function formOf(verb, panel, ends) {
  const own = FORMS[verb] ?? ofSections().find((deed) => deed.verb === verb)?.form;
  if (own) return own(panel, ends);
  return asksFirst(verb) ? verbForm(verb, panel.incident, ends) : null;
}
