// The fields of the call form: what is wrong stands beside its field, and the focus goes there.
import { setText } from "./dom.js";
import { WORDS_OF } from "./desk_words.js";

export const TEXTS = ["phone", "caller", "narrative", "reason"];
const PROBLEM_FIELDS = ["class", "type", "place", "radius", "reason", "phone", "caller", "narrative", "priority", "paper"];

const $ = (id) => document.getElementById(id);

/** Whether a key typed here is a letter of a text, not a command. */
export const isText = (element) => element instanceof HTMLElement && (element.isContentEditable || element.matches("textarea, select, input:not([type=radio], [type=checkbox], [type=button], [type=submit])"));

/** Where a call begins: the class that is chosen, else the first. */
export function toFirst() {
  (document.querySelector('input[name="class"]:checked') ?? $("class-normal")).focus({ preventScroll: true });
}

/** `wrong` as `missing` gives it: every field says what it lacks, the first one gets the focus. */
export function sayMissing(wrong) {
  for (const [field, code] of Object.entries(wrong)) sayProblem(field, WORDS_OF[code](), { focus: false });
  focusField(Object.keys(wrong)[0]);
}

export function sayProblem(field, words, { focus = true } = {}) {
  setText($(`${field}-error`) ?? $("form-problem"), words);
  if (focus) focusField(field);
}

function focusField(field) {
  const target = field === "paper" ? $("paper-t1") : field === "class" ? $("class-normal") : field === "type" ? document.querySelector('input[name="type"]') : $(field);
  target?.focus();
}

export function forgetProblems() {
  setText($("form-problem"), "");
  for (const field of PROBLEM_FIELDS) setText($(`${field}-error`), "");
}

/** The server names the field its own way: place.lon, caller.phone, incident. */
export function fieldOf(name = "") {
  const known = { "caller.phone": "phone", "caller.name": "caller", "place.radius_m": "radius", class_: "class" };
  const first = String(name ?? "").split(".")[0];
  return known[name] ?? (PROBLEM_FIELDS.includes(first) ? first : "form");
}
