// The words of the screen: Bahasa Indonesia is the key, another language comes with the page as a dictionary.
const dictionary = readDictionary();

function readDictionary() {
  const holder = globalThis.document?.getElementById("words");
  return holder ? JSON.parse(holder.textContent) : {};
}

/** The sentence in the page's language with its {gaps} filled; what fills them is text, never markup. */
export function t(sentence, gaps = {}) {
  const said = dictionary[sentence] || sentence;
  return counted(said, gaps).replace(/\{(\w+)\}/g, (gap, name) => (name in gaps ? String(gaps[name]) : gap));
}

/** A word that means another thing elsewhere, by the context the catalogue keeps it under: "Siaran" of a page is more than one. */
export const pgettext = (context, word) => dictionary[`${context}\u0004${word}`] || word;

/** "{n} unit(s)" -> "{n} unit" of one, "{n} units" of any other number: a plural as English makes it. */
const counted = (said, gaps) => said.replace(/(\{(\w+)\}[\w ]*)\(s\)/g, (_, words, name) => (String(gaps[name]) === "1" ? words : `${words}s`));

/** Words in a row: "a", "a dan b", "a, b dan c". */
export function listed(words) {
  if (words.length < 2) return words[0] ?? "";
  return `${words.slice(0, -1).join(", ")} ${t("dan")} ${words.at(-1)}`;
}

const LANGUAGE = globalThis.document?.documentElement.lang || "id";
const number = new Intl.NumberFormat(LANGUAGE);

/** 8412 -> "8.412" (or "8,412"). */
export const numberText = (value) => number.format(value);

/** 230 -> "230 m"; 3140 -> "3,1 km". */
export function distanceText(metres) {
  if (metres < 950) return `${Math.round(metres / 10) * 10} m`;
  const km = metres / 1000;
  return `${new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: km < 10 ? 1 : 0 }).format(km)} km`;
}

export const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);
