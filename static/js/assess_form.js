// What a rapid-assessment form holds and the message it becomes: each figure a number, nihil, being counted, or not said. Pure.
const MOST = 10_000_000;

export const emptyAssessment = (uid) => ({ uid, source: "own_eyes", source_words: "", method: "counted", counted_at: null, figures: {} });

/** A number was typed: digits alone count, an empty box says nothing. 0 is no number here: it is NIHIL, said on purpose. */
export function withNumber(form, what, text) {
  const typed = text.replace(/[.\s]/g, "");
  return withFigure(form, what, typed === "" ? null : { state: "number", text: typed });
}

/** A state was pressed; pressed again it is taken back, and nothing is said. */
export function withState(form, what, state) {
  return withFigure(form, what, form.figures[what]?.state === state ? null : { state });
}

function withFigure(form, what, figure) {
  const { [what]: before, ...others } = form.figures;
  return { ...form, figures: figure ? { ...others, [what]: figure } : others };
}

export const isSaid = (form) => Object.keys(form.figures).length > 0;

/** what -> "zero" or "no number", for figures that cannot be told as they are. */
export function wrongFigures(form) {
  const wrong = Object.entries(form.figures).map(([what, figure]) => [what, faultOf(figure)]);
  return Object.fromEntries(wrong.filter(([, fault]) => fault));
}

function faultOf({ state, text }) {
  if (state !== "number") return null;
  if (/^0+$/.test(text)) return "zero";
  return /^\d+$/.test(text) && Number(text) <= MOST ? null : "no number";
}

/** The body of POST /incidents/{id}/assessments. */
export function toAssessment(form, now_ms) {
  const figures = Object.entries(form.figures).map(([what, { state, text }]) => ({ what, state, ...(state === "number" ? { value: Number(text) } : {}) }));
  const words = form.source_words.trim();
  return { uid: form.uid, figures, source: form.source, method: form.method, at: new Date(form.counted_at ?? now_ms).toISOString(), ...(words ? { source_words: words } : {}) };
}
