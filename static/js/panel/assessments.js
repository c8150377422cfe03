// Kaji cepat of the incident: what each source says, where they differ, and which number a named person made the official one.
import { Problem, post } from "../api.js";
import { figuresTyped } from "../assess_typed.js";
import { atFully, atMinute, now } from "../clock.js";
import { h, icon } from "../dom.js";
import { FIGURES, METHODS, SOURCES, figureName, figureText } from "../figure_words.js";
import { ActionForm, choiceField, longField, textField } from "../form.js";
import { named } from "../names.js";
import { may } from "../page.js";
import { toast } from "../toast.js";
import { t } from "../words.js";

const ME = document.documentElement.dataset.person ?? "";

const figuresOf = ({ whole }) => whole?.assessments ?? [];

export const assessments = {
  name: "assessments",
  label: t("Kaji cepat"),
  count: (panel) => figuresOf(panel).length,
  facts: (panel) => figuresOf(panel),
  body: (panel) => {
    const figures = figuresOf(panel);
    const write = may("assessment.write") && h("button.btn.btn-small", { type: "button", data: { key: "assess" }, onclick: () => panel.showForm(assessForm(panel), panel.tab) }, icon("plus"), t("Tulis kaji cepat"));
    if (!figures.length) return [h("p.empty", {}, h("strong", {}, t("Belum ada angka")), t("Yang tidak disebut tidak diketahui, bukan nol. Tim lapangan mengirim kaji cepat dari teleponnya.")), write];
    return [write, h("ul.figure-rows", {}, figures.map((one) => matter(panel, one)))];
  },
};

const WHATS = Object.keys(FIGURES);

/** What somebody says over the telephone: each figure a number, n (NIHIL) or d (being counted); what is left empty is not said. */
const assessForm = (panel) => new ActionForm({
  title: t("Kaji cepat {number}", { number: panel.incident.number }), submit: t("Simpan angka"),
  fields: [
    h("p.small.muted", {}, t("Angka, n untuk NIHIL, d untuk dalam pendataan; yang kosong tidak disebut.")),
    choiceField("source", t("Sumber"), SOURCES, { value: "village" }), textField("source_words", t("Keterangan sumber (boleh kosong)")),
    choiceField("method", t("Cara"), METHODS, { value: "told" }),
    ...WHATS.map((what) => textField(what, FIGURES[what])),
  ],
  send: (values, uid) => post(`/incidents/${panel.incident.id}/assessments`, { uid, ...assessment(values) }),
  onDone: () => panel.done("assessments"), onClose: () => panel.closeForm(),
});

function assessment(values) {
  const { figures, wrong } = figuresTyped(values, WHATS);
  if (wrong) throw new Problem(422, { detail: t("Tulis angka, n atau d."), field: wrong });
  if (!figures.length) throw new Problem(422, { detail: t("Isi paling sedikit satu angka."), field: WHATS[0] });
  return { figures, source: values.source, method: values.method, at: new Date(now()).toISOString(), ...(values.source_words.trim() ? { source_words: values.source_words.trim() } : {}) };
}

function matter(panel, { what, official, sources, conflict, newer }) {
  return h("li.figure-row", {},
    h("div.line", {}, h("b", {}, figureName(what)), h("span.push.num", {}, official ? h("strong.figure-official", {}, figureText(official)) : h("span.muted", {}, t("belum resmi")))),
    official && h("p.small.muted", {}, t("resmi menurut {by}, {at}", { by: official.official_by, at: atFully(official.official_at) })),
    newer && h("p.small.late", {}, icon("alert-triangle"), " ", t("ada angka yang lebih baru")),
    conflict && h("p.small.late", {}, icon("alert-triangle"), " ", t("sumber berbeda angka")),
    h("ul.figure-sources", {}, sources.map((figure) => source(panel, figure, official?.id === figure.id))));
}

function source(panel, figure, isOfficial) {
  const from = [named(SOURCES, figure.source), figure.source_words, named(METHODS, figure.method)].filter(Boolean).join(" · ");
  return h("li.line", {},
    h("b.num", {}, figureText(figure)),
    h("span.small.muted", { title: `${figure.by} · ${atFully(figure.at)}` }, `${from} · ${atMinute(figure.at)}`),
    h("span.push.line", {}, isOfficial ? icon("circle-check") : chooseButton(panel, figure), strikeButton(panel, figure)));
}

const chooseButton = (panel, figure) =>
  may("assessment.judge") && h("button.btn.btn-small", { type: "button", data: { key: `choose-${figure.id}` }, onclick: () => choose(panel, figure) }, t("Jadikan resmi"));

async function choose(panel, figure) {
  try {
    await post(`/assessments/${figure.id}/choose`);
    panel.done("assessments");
  } catch (problem) {
    toast(problem.message, { isBad: true });
  }
}

const strikeButton = (panel, figure) =>
  (figure.by === ME || may("assessment.judge")) && may("assessment.write") &&
  h("button.btn.btn-small.btn-quiet", { type: "button", data: { key: `strike-figure-${figure.id}` }, "aria-label": t("Coret {what}", { what: figureName(figure.what) }), onclick: () => panel.showForm(strikeForm(panel, figure), panel.tab) }, t("Coret"));

const strikeForm = (panel, figure) => new ActionForm({
  title: t("Coret {what}: {figure}", { what: figureName(figure.what), figure: figureText(figure) }),
  submit: t("Coret"), isDangerous: true,
  fields: [longField("why", t("Mengapa tidak berlaku lagi"), { required: true, maxlength: 200 })],
  send: ({ why }, uid) => post(`/assessments/${figure.id}/strike`, { uid, why }),
  onDone: () => panel.done("assessments"), onClose: () => panel.closeForm(),
});
