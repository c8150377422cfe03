// The head of the chosen incident and what is known of it; with none chosen, how one is.
import { ageMark } from "../ages.js";
import { at, atFully, atMinute, now } from "../clock.js";
import { h, icon } from "../dom.js";
import { DISPOSITIONS, INCIDENT_STATES, METHODS, PRIORITIES, named, typeIcon, typeName } from "../names.js";
import { secondsBetween } from "../time.js";
import { distanceText, t } from "../words.js";

export function head(incident, onClose) {
  return [
    h("span", { class: `prio prio-${incident.priority}`, role: "img", "aria-label": `${incident.priority} ${named(PRIORITIES, incident.priority)}` }, incident.priority.slice(1)),
    h("h2", {}, icon(typeIcon(incident.type)), " ", `${incident.number} · ${typeName(incident.type)}`),
    h("span.chip.push", { class: `state-${incident.state}` }, named(INCIDENT_STATES, incident.state)),
    h("button.btn.btn-quiet.btn-icon.panel-close", { type: "button", "aria-label": t("Tutup rincian"), onclick: onClose }, icon("x")),
  ];
}

/** What is known; `people` are the others here, `regroupings` what was merged and split. */
export function factLines(incident, phone, people, regroupings) {
  const rows = [
    [t("Tempat"), [h("b", {}, incident.place || t("belum diketahui")), " ", h("span.muted", {}, doubt(incident))]],
    [t("Pelapor"), [h("b", {}, t("{n} laporan", { n: incident.calls })), phone && ` · ${phone}`]],
    [t("Dibuka"), [h("b", {}, ageMark(incident.opened_at)), " ", h("span.muted", { title: atFully(incident.opened_at) }, openedAt(incident))]],
    incident.obstacle && [t("Kendala"), [h("b.late", {}, incident.obstacle)]],
    incident.feedback_at && [t("Umpan balik"), [h("b", {}, atMinute(incident.feedback_at)), " ", h("span.muted", {}, t("pelapor sudah dikabari"))]],
    incident.disposition && [t("Hasil"), [h("b", {}, named(DISPOSITIONS, incident.disposition))]],
    regroupings.length > 0 && [t("Gabungan"), regroupings],
    people.length > 0 && [t("Di sini"), people.map(person)],
  ].filter(Boolean);
  return [h("dl.facts", {}, rows.flatMap(([name, words]) => [h("dt", {}, name), h("dd", {}, words)]))];
}

// Of what was opened today the time is enough.
const openedAt = ({ opened_at }) => (secondsBetween(opened_at, now()) < 12 * 3600 ? at(opened_at) : atFully(opened_at));

const person = ({ name, doing }) => h("span.chip.person-here", { class: doing === "typing" ? "is-typing" : "" }, icon(doing === "typing" ? "pencil" : "eye"), " ", doing === "typing" ? t("{name} mengetik", { name }) : t("{name} membaca", { name }));

const doubt = ({ radius_m, method }) => [radius_m && `±${distanceText(radius_m)}`, method && named(METHODS, method)].filter(Boolean).join(", ");

export const noneHead = (isLoading) => [h("h2", {}, isLoading ? t("Kejadian") : t("Belum ada kejadian dipilih"))];

export const noneWords = (words) => [h("p.empty", {}, words, h("br"), h("span.small", {}, h("kbd", {}, "j"), " ", h("kbd", {}, "k"), " ", t("memilih"), " · ", h("kbd", {}, "?"), " ", t("semua tombol")))];
