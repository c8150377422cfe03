// Kaji cepat on a phone: for each figure a number, NIHIL or "dalam pendataan"; what is not touched is not said.
import { newUid } from "./api.js";
import { emptyAssessment, isSaid, toAssessment, withNumber, withState, wrongFigures } from "./assess_form.js";
import { now, zone } from "./clock.js";
import { fill, h, setText } from "./dom.js";
import { createDrafts } from "./drafts.js";
import { GROUPS, METHODS, SOURCES, figureSaid } from "./figure_words.js";
import { momentOfTime } from "./next_word.js";
import { minuteText } from "./time.js";
import { t } from "./words.js";

const DAY_MS = 86_400_000;
const FAULTS = { zero: t("Nol? Tekan NIHIL."), "no number": t("Angka saja.") };
const $ = (id) => document.getElementById(id);

export class AssessDialog {
  /** `say(path, body, label)` hands the figures to the outbox; drafts are kept for each incident as `person`'s. */
  constructor({ opening, person, say }) {
    Object.assign(this, { opening, person, say, drafts: null, rows: new Map() });
    this.dialog = $("assess");
    $("assess-form").addEventListener("submit", (event) => (event.preventDefault(), this.send()));
    $("assess-form").addEventListener("input", ({ target }) => this.typed(target));
    $("assess-form").addEventListener("click", ({ target }) => this.pressed(target.closest("[data-state]")));
    $("assess-close").addEventListener("click", () => this.dialog.close());
    this.build();
  }

  build() {
    fill($("assess-figures"), ...GROUPS.map(([title, figures]) =>
      h("fieldset.figures", {}, h("legend", {}, title), Object.entries(figures).map(([what, name]) => this.row(what, name)))));
    for (const [id, words] of [["assess-source", SOURCES], ["assess-method", METHODS]]) fill($(id), ...Object.entries(words).map(([code, said]) => h("option", { value: code }, said)));
  }

  row(what, name) {
    const input = h("input.input", { id: `figure-${what}`, type: "text", inputmode: "numeric", autocomplete: "off", maxlength: 12, data: { what }, "aria-describedby": `figure-${what}-error` });
    const states = [["nihil", t("NIHIL")], ["counting", t("didata")]].map(([state, words]) =>
      h("button.btn", { type: "button", data: { what, state }, "aria-pressed": "false", "aria-label": `${name}: ${words}`, title: state === "counting" ? t("dalam pendataan") : null }, words));
    const error = h("span.field-error", { id: `figure-${what}-error`, role: "alert" });
    this.rows.set(what, { input, states, error });
    return h("div.figure", {}, h("label", { for: input.id }, name), input, states, error);
  }

  async open(incident) {
    this.incident = incident;
    this.drafts = createDrafts({ opening: this.opening, person: this.person, tab: String(incident.id), room: "assess" });
    this.form = (await this.drafts.load()) ?? emptyAssessment(newUid());
    setText($("assess-title"), t("Kaji cepat {number}", { number: incident.number }));
    setText($("assess-problem"), "");
    this.paint();
    this.dialog.showModal();
  }

  change(form) {
    this.form = form;
    this.drafts.save(form);
    this.paint();
  }

  typed({ id, value, dataset }) {
    if (dataset.what) this.change(withNumber(this.form, dataset.what, value));
    if (id === "assess-source") this.change({ ...this.form, source: value });
    if (id === "assess-method") this.change({ ...this.form, method: value });
    if (id === "assess-words") this.change({ ...this.form, source_words: value });
    if (id === "assess-time" && value) this.change({ ...this.form, counted_at: pastMoment(value) });
  }

  pressed(button) {
    if (button) this.change(withState(this.form, button.dataset.what, button.dataset.state));
  }

  paint() {
    const { figures, source, method, source_words, counted_at } = this.form;
    for (const [what, row] of this.rows) paintRow(row, figures[what]);
    for (const [id, value] of [["assess-source", source], ["assess-method", method], ["assess-words", source_words]]) if ($(id).value !== value) $(id).value = value;
    if (document.activeElement !== $("assess-time")) $("assess-time").value = minuteText(counted_at ?? now(), zone).replace(".", ":");
    setText($("assess-count"), t("{n} hal disebut; yang tidak disentuh tetap tidak diketahui.", { n: Object.keys(figures).length }));
  }

  send() {
    const wrong = wrongFigures(this.form);
    for (const [what, { error }] of this.rows) setText(error, FAULTS[wrong[what]] ?? "");
    setText($("assess-problem"), isSaid(this.form) ? "" : t("Isi paling sedikit satu hal."));
    const [first] = Object.keys(wrong);
    if (first) return this.rows.get(first).input.focus();
    if (isSaid(this.form)) this.hand();
  }

  hand() {
    const body = toAssessment(this.form, now());
    this.say(`/incidents/${this.incident.id}/assessments`, body, t("Kaji cepat: {figures}", { figures: body.figures.map(figureSaid).join(", ") }));
    this.drafts.clear();
    this.dialog.close();
  }
}

function paintRow({ input, states, error }, figure) {
  const text = figure?.state === "number" ? figure.text : "";
  if (document.activeElement !== input && input.value !== text) input.value = text;
  if (figure?.state !== "number" && figure && input.value) input.value = "";
  for (const button of states) button.setAttribute("aria-pressed", String(figure?.state === button.dataset.state));
  if (figure?.state !== "number") setText(error, "");
}

// "14:32" is the last time it was that late: figures are of the past.
const pastMoment = (text) => Date.parse(momentOfTime(text, now() - DAY_MS, zone));
