// The picture unpacked from its rows, and what was open when. Times are seconds from the moment of the picture. Pure.
const FIELDS = ["lon", "lat", "rank", "type", "state", "opened", "assigned", "controlled", "closed", "number", "place", "calls", "doubt"];
export const STAGES = ["waiting", "handled", "obstructed", "controlled", "closed"];
const STAGE_OF_STATE = { new: "waiting", verified: "waiting", responding: "handled", obstructed: "obstructed", controlled: "controlled", closed: "closed" };

/** Rows of values -> incidents with names; `doubt` is the radius of doubt in metres. */
export const incidentsOf = (rows, states) =>
  rows.map((row) => {
    const one = Object.fromEntries(FIELDS.map((name, place) => [name, row[place] ?? null]));
    return { ...one, state: states[one.state] };
  });

export const isOpenAt = ({ opened, closed }, moment) => opened <= moment && (closed === null || closed > moment);

/** How far an incident was at a moment: its state now, else what its times tell. */
export function stageAt(one, moment) {
  if (one.closed !== null && one.closed <= moment) return "closed";
  if (moment >= 0) return STAGE_OF_STATE[one.state];
  if (one.controlled !== null && one.controlled <= moment) return "controlled";
  return one.assigned !== null && one.assigned <= moment ? "handled" : "waiting";
}

/** Counts at a moment: {open, priorities: [P1..P4], stages: {...}, types: [[type, n]...] with the most first}. */
export function tally(incidents, moment) {
  const sum = { open: 0, priorities: [0, 0, 0, 0], stages: Object.fromEntries(STAGES.map((name) => [name, 0])), types: new Map() };
  for (const one of incidents) if (one.opened <= moment) count(sum, one, stageAt(one, moment));
  return { ...sum, types: [...sum.types].sort((a, b) => b[1] - a[1] || a[0] - b[0]) };
}

function count(sum, one, stage) {
  sum.stages[stage] += 1;
  if (stage === "closed") return;
  sum.open += 1;
  sum.priorities[one.rank - 1] += 1;
  sum.types.set(one.type, (sum.types.get(one.type) ?? 0) + 1);
}

/** How many stood open at each of `steps` + 1 moments, the urgent ones apart: [{open, urgent}...]. */
export function curve(incidents, from, steps) {
  const width = -from / steps;
  const change = Array.from({ length: steps + 2 }, () => [0, 0]);
  const at = (moment) => Math.min(steps + 1, Math.max(0, Math.ceil((moment - from) / width)));
  for (const one of incidents) {
    shift(change[at(one.opened)], one, 1);
    if (one.closed !== null) shift(change[at(one.closed)], one, -1);
  }
  return summed(change).slice(0, steps + 1);
}

function shift(step, { rank }, by) {
  step[0] += by;
  if (rank === 1) step[1] += by;
}

function summed(change) {
  let [open, urgent] = [0, 0];
  return change.map(([more, worse]) => ({ open: (open += more), urgent: (urgent += worse) }));
}

/** The worst that stand open: by priority, then by how long. */
export const worst = (incidents, moment, wanted) =>
  incidents.filter((one) => isOpenAt(one, moment) && stageAt(one, moment) !== "controlled").sort((a, b) => a.rank - b.rank || a.opened - b.opened).slice(0, wanted);

/** How wide a mark of so many is: more of them, wider, but never by much. */
export const radiusOf = (count) => (count === 1 ? 10.5 : 13 + 3.4 * Math.log10(count));

/** Points {x, y, rank} gathered by a grid that lies still under the map: {x, y, top, many: [...]}, the worst on top. */
export function gathered(points, cell) {
  const cells = new Map();
  for (const point of points) {
    const key = `${Math.floor(point.x / cell)}:${Math.floor(point.y / cell)}`;
    const found = cells.get(key);
    if (found) found.push(point);
    else cells.set(key, [point]);
  }
  return [...cells.values()].map((many) => middle(many, cell));
}

// Where most of them are, but inside the cell: two gatherings never lie on each other.
function middle(many, cell) {
  const top = many.reduce((best, one) => (one.rank < best.rank ? one : best));
  if (many.length === 1) return { x: top.x, y: top.y, top, many };
  const sum = many.reduce(([x, y], one) => [x + one.x, y + one.y], [0, 0]);
  return { x: inside(sum[0] / many.length, cell, many), y: inside(sum[1] / many.length, cell, many), top, many };
}

function inside(value, cell, many) {
  const room = Math.max(0, cell / 2 - radiusOf(many.length) - 2);
  const centre = (Math.floor(value / cell) + 0.5) * cell;
  return Math.min(centre + room, Math.max(centre - room, value));
}
