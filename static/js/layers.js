// Which layers lie on the map, in which order and how strong: kept in the URL, so that a view can be sent to someone. Pure.
const MARK = "~";

/** The layers the server told of, the lowest first, as they are before anyone chose: [{name, isOn, opacity}]. */
export const usual = (told) => told.map(({ name, default: isOn, opacity = 1 }) => ({ name, isOn: Boolean(isOn), opacity }));

/** "?layers=boundaries~60,incidents" -> [{name, opacity}], null when the URL says nothing of layers. */
export function readLayers(search) {
  const said = new URLSearchParams(search).get("layers");
  if (said === null) return null;
  return said.split(",").filter(Boolean).map((part) => {
    const [name, percent] = part.split(MARK);
    return { name, opacity: fraction(percent) };
  });
}

const fraction = (percent) => {
  const share = Number(percent ?? 100) / 100;
  return Number.isFinite(share) ? Math.min(1, Math.max(0.1, share)) : 1;
};

/** The stack the URL asks for: those it names are on, in its order; the others are off and stay where they were. */
export function stackOf(told, asked) {
  const stack = usual(told);
  if (asked === null) return stack;
  const known = new Set(stack.map(({ name }) => name));
  const wanted = asked.filter(({ name }, place) => known.has(name) && asked.findIndex((one) => one.name === name) === place);
  const named = new Set(wanted.map(({ name }) => name));
  const inOrder = wanted.map((one) => ({ ...one, isOn: true }));
  return stack.map((one) => (named.has(one.name) ? inOrder.shift() : { ...one, isOn: false }));
}

/** The query with the stack in it; what is usual is left out, what else stood there is kept. */
export function writeLayers(stack, told, search = "") {
  const query = new URLSearchParams(search);
  const shown = inWords(stack);
  if (shown === inWords(usual(told))) query.delete("layers");
  else query.set("layers", shown);
  const text = query.toString().replaceAll("%2C", ",").replaceAll("%7E", MARK);
  return text ? `?${text}` : "";
}

const inWords = (stack) =>
  stack.filter(({ isOn }) => isOn).map(({ name, opacity }) => (opacity < 1 ? `${name}${MARK}${Math.round(opacity * 100)}` : name)).join(",");

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
