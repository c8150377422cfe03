// A question card: what the answers make of the priority, why, and what is then read to the caller. Pure; as on the server.

/** {priority, because: [words]} from `given` (question -> answer codes); `usual` is the type's own priority. */
export function judge(card, given, usual) {
  const answers = chosen(card, given);
  const start = most(answers.map((one) => one.set)) ?? usual;
  const priority = most([start, ...answers.map((one) => one.raise)]) ?? null;
  return { priority, because: answers.filter((one) => priority && [one.set, one.raise].includes(priority)).map((one) => one.because) };
}

const most = (priorities) => priorities.filter(Boolean).sort()[0];

/** The answers that were given, in the card's order. */
export function chosen(card, given) {
  const found = (card?.questions ?? []).map((question) => question.answers.find((one) => one.code === given?.[question.code]));
  return found.filter(Boolean);
}

/** The sentences to read out now: those that are always read, and those for what was answered. */
export function adviceOf(card, given) {
  const isFor = ({ when }) => Object.entries(when).every(([code, answers]) => answers.includes(given?.[code]));
  return (card?.say ?? []).filter(isFor).map((one) => one.text);
}

/** The answer of a question that this key means: its own key, else its place in the row. */
export function answerOfKey(question, key) {
  const own = question.answers.find((one) => one.key === key);
  return own ?? (question.answers.some((one) => /\d/.test(one.key)) ? null : question.answers[Number(key) - 1]) ?? null;
}

/** The first question after `code` (or the first of all) that has no answer yet; null when none is left. */
export function nextOpen(card, given, code = null) {
  const from = code ? card.questions.findIndex((one) => one.code === code) + 1 : 0;
  return card.questions.slice(from).find((one) => !given?.[one.code]) ?? null;
}

/** Only the answers this card knows: another type, another card. */
export const keptAnswers = (card, given) =>
  Object.fromEntries((card?.questions ?? []).filter((one) => one.answers.some((answer) => answer.code === given?.[one.code])).map((one) => [one.code, given[one.code]]));
