// Which key means what on the call desk. Pure: a keystroke and where it happened in, an action out.

export const TYPE_KEYS = "1234567890QWERYUOASDFJZXVM";
const CLASSES = { KeyN: "normal", KeyG: "ghost", KeyP: "prank", KeyI: "info" };
const DEEDS = { KeyH: "link", KeyB: "card", KeyK: "paper" };
const PLACES = { KeyL: "place", KeyC: "narrative", KeyT: "phone" };

/**
 * -> {do, what} or null. `stroke` is a KeyboardEvent or its facts, `inText` whether it was typed into a text box,
 * `letters` whether single letters are on. Codes, not characters: another keyboard layout changes nothing.
 */
export function actionOf(stroke, { inText = false, letters = true } = {}) {
  if (stroke.isComposing || stroke.metaKey) return null;
  if (stroke.ctrlKey) return !stroke.altKey && isEnter(stroke) ? { do: "save" } : null;
  if (stroke.code === "F2") return { do: "answer" };
  if (stroke.altKey) return letterAction(stroke);
  return inText || !letters ? null : plainAction(stroke);
}

const isEnter = ({ code, key }) => key === "Enter" || code === "NumpadEnter";

function plainAction(stroke) {
  if (stroke.key === "?") return { do: "keys" };
  if (stroke.key === "/") return { do: "focus", what: "place" };
  return (stroke.shiftKey ? priorityAction(stroke) : null) ?? (stroke.shiftKey ? null : letterAction(stroke) ?? typeAction(stroke));
}

function letterAction({ code }) {
  if (CLASSES[code]) return { do: "class", what: CLASSES[code] };
  if (PLACES[code]) return { do: "focus", what: PLACES[code] };
  return DEEDS[code] ? { do: DEEDS[code] } : null;
}

function priorityAction({ code }) {
  const digit = /^(?:Digit|Numpad)([1-4])$/.exec(code ?? "")?.[1];
  return digit ? { do: "priority", what: `P${digit}` } : null;
}

function typeAction({ code }) {
  const sign = /^(?:Digit|Numpad|Key)([0-9A-Z])$/.exec(code ?? "")?.[1];
  const rank = sign ? TYPE_KEYS.indexOf(sign) : -1;
  return rank < 0 ? null : { do: "type", what: rank };
}
