// Which layers lie on the map, in which order and how strong: kept in the URL, so that a view can be sent to someone. Pure.
const MARK = "~";
const OFF = "-";

/** The layers the server told of, the lowest first, as they are before anyone chose: [{name, isOn, opacity}]. */
export const usual = (told) => told.map(({ name, default: isOn, opacity = 1 }) => ({ name, isOn: Boolean(isOn), opacity }));

/** "?layers=boundaries~60,-heat,incidents" -> [{name, isOn, opacity}], null when the URL says nothing of layers. */
export function readLayers(search) {
  const said = new URLSearchParams(search).get("layers");
  if (said === null) return null;
  return said.split(",").filter(Boolean).map((part) => {
    const isOn = !part.startsWith(OFF);
    const [name, percent] = (isOn ? part : part.slice(OFF.length)).split(MARK);
    return { name, isOn, opacity: fraction(percent) };
  });
}

const fraction = (percent) => {
  const share = Number(percent ?? 100) / 100;
  return Number.isFinite(share) ? Math.min(1, Math.max(0.1, share)) : 1;
};

/** The stack the URL asks for: what it names in its order, on or off; the others are off and stay where they were. */
export function stackOf(told, asked) {
  const stack = usual(told);
  if (asked === null) return stack;
  const known = new Set(stack.map(({ name }) => name));
  const wanted = asked.filter(({ name }, place) => known.has(name) && asked.findIndex((one) => one.name === name) === place);
  const named = new Set(wanted.map(({ name }) => name));
  return stack.map((one) => (named.has(one.name) ? wanted.shift() : { ...one, isOn: false }));
}

/** The query with the stack in it; what is usual is left out, what else stood there is kept. */
export function writeLayers(stack, told, search = "") {
  const query = new URLSearchParams(search);
  if (inFull(stack) === inFull(usual(told))) query.delete("layers");
  else query.set("layers", shortest(stack, told));
  const text = query.toString().replaceAll("%2C", ",").replaceAll("%7E", MARK);
  return text ? `?${text}` : "";
}

// What is off is named only where its place would be lost: it keeps it for the hand that switches it on.
function shortest(stack, told) {
  const shown = inFull(stack.filter(({ isOn }) => isOn));
  const again = stackOf(told, readLayers(`?${new URLSearchParams({ layers: shown })}`));
  return inFull(again) === inFull(stack) ? shown : inFull(stack);
}

const inFull = (stack) =>
  stack.map(({ name, isOn, opacity }) => `${isOn ? "" : OFF}${name}${opacity < 1 ? `${MARK}${Math.round(opacity * 100)}` : ""}`).join(",");

/** The stack with one layer changed. */
export const changed = (stack, name, facts) => stack.map((one) => (one.name === name ? { ...one, ...facts } : one));

/** The stack with one layer moved: +1 is one up on the map, -1 one down; at the ends nothing moves. */
export function moved(stack, name, step) {
  const from = stack.findIndex((one) => one.name === name);
  return placed(stack, name, from + step);
}

/** The stack with one layer put at a place, 0 the lowest. */
export function placed(stack, name, place) {
  const one = stack.find((each) => each.name === name);
  if (!one) return stack;
  const others = stack.filter((each) => each !== one);
  const at = Math.min(others.length, Math.max(0, place));
  return [...others.slice(0, at), one, ...others.slice(at)];
}

/** Whether these journal entries make the layer's features old; `staleAfter` are the first words of kinds. */
export const isStale = (staleAfter, entries) => entries.some(({ kind }) => staleAfter.includes(kind.split(".")[0]));

/** [west, south, east, north] widened by a share of its size, so that a small pan asks nobody. */
export function widened([west, south, east, north], share = 0.4) {
  const [w, h] = [(east - west) * share, (north - south) * share];
  return [Math.max(-180, west - w), Math.max(-90, south - h), Math.min(180, east + w), Math.min(90, north + h)];
}

/** Whether the outer box holds the inner one. */
export const holds = (outer, inner) => Boolean(outer) && outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3];

export const boxText = (box) => box.map((degrees) => Number(degrees.toFixed(5))).join(",");

/** Calls back at most once in `ms`, and always once more after the last wish; `later` is setTimeout or a test's own. */
export function sparing(callback, ms, { later = setTimeout, now = () => performance.now() } = {}) {
  let [last, isWaiting] = [-Infinity, false];
  const run = () => { isWaiting = false; last = now(); callback(); };
  return () => {
    if (isWaiting) return;
    isWaiting = true;
    later(run, Math.max(0, last + ms - now()));
  };
}
