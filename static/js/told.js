// What the machine wrote down in Bahasa Indonesia, said in the language of the page: places, reasons, how a way out is. Pure.
// A proposal or a channel's health is written once, for everybody, and read by people of two languages. Its sentences are
// listed in told_words.js; one with gaps is known by its shape. What is not listed is said as it was written.
import { TOLD } from "./told_words.js";
import { t } from "./words.js";

const LONGEST = 600; // letters of a sentence that is looked through for shapes
const DEEPEST = 3; // a place in a title, a reason in the words of a source
const GAP = /\{(\w+)\}/;
const isForeign = (globalThis.document?.documentElement.lang || "id") !== "id";

const plain = new Set(TOLD.filter((key) => !GAP.test(key)));
const bare = (key) => key.split(/\{\w+\}/).join("").length;
const shaped = TOLD.filter((key) => GAP.test(key)).sort((a, b) => bare(b) - bare(a)).map((key) => ({ key, shape: shapeOf(key) }));

function shapeOf(key) {
  const parts = key.split(/\{(\w+)\}/).map((part, at) => (at % 2 ? `(?<${part}>.+?)` : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")));
  return new RegExp(`^${parts.join("")}$`, "s");
}

/** The sentence in the language of the page. */
export function told(sentence, depth = 0) {
  const words = String(sentence ?? "");
  if (!isForeign || !words) return words;
  if (plain.has(words)) return t(words);
  if (words.length > LONGEST || depth > DEEPEST) return words;
  for (const { key, shape } of shaped) {
    const met = shape.exec(words);
    if (met) return t(key, Object.fromEntries(Object.entries(met.groups).map(([name, said]) => [name, filled(said, depth)])));
  }
  return asPart(words);
}

// A lamp says a sentence without its capital and its point: "kartu SIM rusak atau longgar".
function asPart(words) {
  const whole = `${words[0].toUpperCase()}${words.slice(1)}.`;
  if (!plain.has(whole)) return words;
  const said = t(whole);
  return said[0].toLowerCase() + said.slice(1, -1);
}

/** What fills a gap: a number with the point of the language, words of the list, or a name left as it is. */
const filled = (said, depth) => (/^-?\d+,\d+$/.test(said) ? said.replace(",", ".") : told(said, depth + 1));
