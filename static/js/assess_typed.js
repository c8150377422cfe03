// Figures of a rapid assessment as they are typed into one field each: a number, "n" for NIHIL, "d" for being counted. Pure.
const MOST = 10_000_000;

/** "12" -> a number, "n" or "nihil" -> nihil, "d", "c" or "?" -> counting, "" -> null; undefined for what is none of them. */
export function figureTyped(text) {
  const typed = text.trim().toLowerCase();
  if (typed === "") return null;
  if (/^n(il|ihil)?$/.test(typed)) return { state: "nihil" };
  if (/^([dc?]|didata|dalam pendataan|counting)$/.test(typed)) return { state: "counting" };
  const digits = typed.replace(/[.,\s]/g, "");
  return /^\d+$/.test(digits) && Number(digits) > 0 && Number(digits) <= MOST ? { state: "number", value: Number(digits) } : undefined;
}

/** The figures that were typed, and the first field that says none of the three (0 is no number: it is NIHIL, said on purpose). */
export function figuresTyped(values, whats) {
  const read = whats.map((what) => [what, figureTyped(values[what] ?? "")]);
  const wrong = read.find(([, figure]) => figure === undefined);
  return { figures: read.filter(([, figure]) => figure).map(([what, figure]) => ({ what, ...figure })), wrong: wrong ? wrong[0] : null };
}
