// The question card in the form: each answer by one key, what it does to the priority at once, and what is read out.
import { answersOf, cardOf } from "./call_form.js";
import { toFirst } from "./desk_fields.js";
import { fill, h, setText } from "./dom.js";
import { adviceOf, answerOfKey, nextOpen } from "./question_card.js";
import { Section } from "./section.js";
import { t } from "./words.js";

const $ = (id) => document.getElementById(id);

export class QuestionCard {
  /** `types` carry their cards; `onAnswer(question, answer)` changes the form, null takes an answer back. */
  constructor({ types, faults, onAnswer, onDone }) {
    Object.assign(this, { types, onAnswer, onDone, card: null, given: {} });
    this.box = $("card");
    this.rows = $("card-questions");
    this.advice = new Section($("advice-list"));
    this.box.addEventListener("change", ({ target }) => this.chosen(target));
    this.box.addEventListener("keydown", (event) => this.pressed(event));
    setText($("card-fault"), faultWords(faults));
  }

  paint(form) {
    const card = form.class === null || form.class === "normal" ? cardOf(form, this.types) : null;
    this.given = answersOf(form, this.types);
    if (card !== this.card) this.show(card);
    for (const input of this.rows.querySelectorAll("input")) input.checked = this.given[input.name.slice(2)] === input.value;
    this.paintAdvice();
  }

  show(card) {
    this.card = card;
    this.box.hidden = !card;
    fill(this.rows, ...(card?.questions ?? []).map(questionRow));
  }

  paintAdvice() {
    const words = this.card ? adviceOf(this.card, this.given) : [];
    $("advice").hidden = words.length === 0;
    this.advice.show([words], () => words.map((one) => h("li", {}, one)));
  }

  // ---- answering

  chosen({ name, value }) {
    if (name?.startsWith("q-")) this.onAnswer(name.slice(2), value);
  }

  /** To the first question without an answer, else to the first. */
  focus() {
    if (!this.card) return false;
    this.focusQuestion(nextOpen(this.card, this.given) ?? this.card.questions[0]);
    return true;
  }

  // Inside the card its own keys come first: they answer the question that has the focus and lead to the next.
  pressed(event) {
    const question = this.questionOf(event.target);
    if (!question || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const answer = answerOfKey(question, event.key.toLowerCase());
    if (answer) return this.take(event, () => this.answered(question, answer));
    if (event.key === "Backspace") return this.take(event, () => this.onAnswer(question.code, null));
    if (event.key === "Enter") return this.take(event, () => this.goOn(question));
    if (event.key === "Escape") return this.take(event, toFirst);
    if (/^[a-z0-9]$/i.test(event.key)) this.take(event, () => {}); // a slip here must not make it a prank or another type
  }

  take(event, deed) {
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) deed();
  }

  answered(question, answer) {
    this.onAnswer(question.code, answer.code);
    this.goOn(question);
  }

  goOn(question) {
    const next = this.card.questions[this.card.questions.indexOf(question) + 1];
    return next ? this.focusQuestion(next) : this.onDone();
  }

  questionOf(element) {
    const code = element.closest?.("[data-question]")?.dataset.question;
    return this.card?.questions.find((one) => one.code === code) ?? null;
  }

  focusQuestion({ code }) {
    const row = this.rows.querySelector(`[data-question="${code}"]`);
    (row.querySelector("input:checked") ?? row.querySelector("input")).focus({ preventScroll: false });
  }
}

function questionRow(question) {
  return h("fieldset.card-question", { data: { question: question.code } },
    h("legend", {}, question.text),
    h("div.card-answers", {}, question.answers.map((answer) => answerPick(question, answer))));
}

function answerPick(question, answer) {
  const leads = answer.raise ?? answer.set;
  return h("label.pick.pick-answer", { class: leads ? `leads-${leads}` : "", title: leads ? `${leads}: ${answer.because}` : null },
    h("input", { type: "radio", name: `q-${question.code}`, value: answer.code }),
    h("span", {}, answer.text, " ", h("kbd", {}, answer.key.toUpperCase())));
}

const faultWords = (faults = []) => (faults.length ? t("Kartu {file} tidak dapat dipakai; kartu bawaan yang tampil.", { file: faults.map((one) => one.file).join(", ") }) : "");
