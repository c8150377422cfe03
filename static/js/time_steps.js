// The times of an incident with what each step took: the time since the one before it that is known. Pure.
import { ageText } from "./time.js";

// Word from the field and to the reporter, and a place found, come whenever they come: they are no step of the way.
const LOOSE = new Set(["t3", "t12", "t13", "t15"]);

/** [{which, at, ..., step}] of what GET times answers: "+00.42" since the step before, "" where it says nothing. */
export function stepsOf(times) {
  let before = null;
  return times.map((one) => {
    const isStep = !LOOSE.has(one.which);
    const took = isStep && before !== null ? (Date.parse(one.at) - before) / 1000 : null;
    if (isStep) before = Date.parse(one.at);
    return { ...one, step: took === null ? "" : `${took < 0 ? "−" : "+"}${ageText(Math.abs(took))}` };
  });
}
