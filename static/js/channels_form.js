// The settings of a way out as a form: made from the schema the server gives, secrets only written, never read. Pure.

/** [{name, label, hint, kind, required, options, value, isSet}] of a JSON schema; `values` are the settings that may be shown, `kept` the names of secrets that are set. */
export function fieldsOf({ properties = {}, required = [] }, values = {}, kept = []) {
  return Object.entries(properties).map(([name, part]) => ({
    name, label: part.title ?? name, hint: part.description ?? "", kind: kindOf(part), options: plain(part).enum ?? null,
    required: required.includes(name) && !kept.includes(name), most: plain(part).maxLength ?? null, least: plain(part).minimum ?? null, largest: plain(part).maximum ?? null,
    value: isSecret(part) ? "" : values[name] ?? part.default ?? "", isSet: kept.includes(name),
  }));
}

const LONG = 600; // letters: more than that is written on several lines

// "text or nothing" is text that may be left empty.
const plain = (part) => (part.anyOf ? { ...part, ...part.anyOf.find(({ type }) => type !== "null") } : part);

export const isSecret = (part) => Boolean(part.writeOnly) || plain(part).format === "password";

function kindOf(part) {
  if (isSecret(part)) return "secret";
  const { enum: choices, type, maxLength = 0 } = plain(part);
  if (choices) return "choice";
  if (type === "boolean") return "tick";
  if (type === "integer" || type === "number") return "number";
  return maxLength > LONG ? "long" : "text";
}

/** What of the form is sent: a secret that was left empty stays as it was and is not sent at all. */
export function settingsOf(fields, typed) {
  const entries = fields.map((field) => [field.name, valueOf(field, typed[field.name])]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function valueOf({ kind, required }, typed) {
  if (kind === "tick") return Boolean(typed);
  const words = String(typed ?? "").trim();
  if (kind === "secret") return words || undefined;
  if (kind === "number") return words === "" ? undefined : Number(words.replace(",", "."));
  return words === "" && !required ? "" : words;
}

/** "14 dari 16": how many of the trials of our own came home; null where none was made. */
export function scoreOf(trials = []) {
  const over = trials.filter(({ state }) => state === "home" || state === "lost");
  return over.length ? { home: over.filter(({ state }) => state === "home").length, total: over.length } : null;
}
