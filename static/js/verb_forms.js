// The short forms of an incident's verbs: obstacle, closing, note, and those that ask for one sentence.
import { post } from "./api.js";
import { now, zone } from "./clock.js";
import { ActionForm, choiceField, longField, textField, timeField } from "./form.js";
import { DISPOSITIONS, INCIDENT_STATES, OBSTACLES } from "./names.js";
import { momentOfTime } from "./next_word.js";
import { minuteText } from "./time.js";
import { t } from "./words.js";

// What the writer had before them goes along; after a refusal, what they have read since.
const sender = (incident, verb, shape = (values) => values) => (values, uid, form) =>
  post(`/incidents/${incident.id}/${verb}`, { ...shape(values), uid, seen: form?.seen ?? incident.changed_at });

const note = (label, required = false) => longField("text", label, { required });

const inHalfAnHour = () => minuteText(now() + 30 * 60_000, zone).replace(".", ":");

const FORMS = {
  obstruct: (incident) => ({
    title: t("Kendala"),
    submit: t("Catat kendala"),
    fields: [
      choiceField("reason", t("Apa yang menghalangi"), OBSTACLES, { blank: t("pilih") }),
      longField("text", t("Satu kalimat"), { required: true }),
      textField("unblock_by", t("Siapa yang dapat mengatasinya"), { required: true }),
      timeField("next_word_at", t("Kabar berikutnya kepada pelapor pukul"), { value: inHalfAnHour() }),
    ],
    send: sender(incident, "obstruct", (values) => ({ ...values, next_word_at: momentOfTime(values.next_word_at, now(), zone) })),
  }),
  close: (incident) => ({
    title: t("Selesai: tutup kejadian {number}", { number: incident.number }),
    submit: t("Tutup kejadian"),
    fields: [choiceField("disposition", t("Hasil"), DISPOSITIONS, { blank: t("pilih") }), note(t("Catatan (boleh kosong)"))],
    send: sender(incident, "close"),
  }),
  note: (incident) => ({ title: t("Catatan"), submit: t("Simpan catatan"), fields: [note(t("Catatan untuk kronologi"), true)], send: sender(incident, "note") }),
  reopen: (incident) => ({ title: t("Buka kembali"), submit: t("Buka kembali"), fields: [note(t("Alasan"), true)], send: sender(incident, "reopen") }),
  control: (incident) => ({
    title: t("Keadaan menjadi {state}", { state: INCIDENT_STATES.controlled.toUpperCase() }),
    submit: t("Nyatakan terkendali"),
    fields: [note(t("Catatan (boleh kosong)"))],
    send: sender(incident, "control"),
  }),
  feedback: (incident) => ({
    title: t("Umpan balik kepada pelapor"),
    submit: t("Catat umpan balik"),
    fields: [note(t("Apa yang dikabarkan"), true), timeField("next_word_at", t("Kabar berikutnya pukul (boleh kosong)"), { value: "", required: false })],
    send: sender(incident, "feedback", ({ next_word_at, ...values }) => (next_word_at ? { ...values, next_word_at: momentOfTime(next_word_at, now(), zone) } : values)),
  }),
};

/** Whether the verb asks something before it is done. */
export const asksFirst = (verb) => verb in FORMS;

export const verbForm = (verb, incident, ends) => new ActionForm({ ...FORMS[verb](incident), ...ends });

/** Do a verb that needs no words. */
export const doVerb = (incident, verb) => post(`/incidents/${incident.id}/${verb}`, { seen: incident.changed_at });
