// The geometry of the map's marks: a shape for each priority, near marks gathered, and what lies under the pointer. Pure.
const SHAPES = {
  P1: [[0, -1.1], [1.05, 0.85], [-1.05, 0.85]],
  P2: [[0, -1.1], [1.1, 0], [0, 1.1], [-1.1, 0]],
  P4: [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]],
  unit: [[-0.75, -0.75], [0.75, -0.75], [0.75, 0.75], [-0.75, 0.75]],
  plate: [[-1, -0.7], [-0.7, -1], [0.7, -1], [1, -0.7], [1, 0.7], [0.7, 1], [-0.7, 1], [-1, 0.7]],
  drop: [[0, 1.1], [-0.8, -0.1], [-0.8, -0.7], [-0.4, -1.1], [0.4, -1.1], [0.8, -0.7], [0.8, -0.1]],
};

/** The corners of a mark's shape round x, y; null for the round one. */
export function corners(shape, x, y, radius) {
  return SHAPES[shape]?.map(([dx, dy]) => [x + dx * radius, y + dy * radius]) ?? null;
}

/** Points {id, x, y, rank, count?} that fall in one cell become one mark, the lowest rank on top: {x, y, ids, top, count}. */
export function gather(points, cell) {
  const cells = new Map();
  for (const point of points) {
    const key = cell ? `${Math.floor(point.x / cell)}:${Math.floor(point.y / cell)}` : point.id;
    if (!cells.has(key)) cells.set(key, []);
    cells.get(key).push(point);
  }
  return [...cells.values()].map(oneMark);
}

function oneMark(points) {
  const top = points.reduce((best, point) => (point.rank < best.rank ? point : best));
  return { x: top.x, y: top.y, top, count: points.reduce((sum, { count }) => sum + (count ?? 1), 0), ids: points.map((point) => point.id) };
}

/** The mark nearest to the pointer within its reach, or null; later marks lie on top. */
export function under(marks, x, y, reach) {
  let [best, nearest] = [null, reach * reach];
  for (const mark of marks) {
    const distance = (mark.x - x) ** 2 + (mark.y - y) ** 2;
    if (distance <= nearest) [best, nearest] = [mark, distance];
  }
  return best;
}

const STEPS_DEGREES = [20, 10, 5, 2, 1, 30 / 60, 20 / 60, 10 / 60, 5 / 60, 2 / 60, 1 / 60];

/** Whole degrees or minutes inside the bounds, at most `wanted` lines across: {step, lons, lats}. */
export function graticule([west, south, east, north], wanted = 6) {
  const step = STEPS_DEGREES.findLast((size) => (east - west) / size <= wanted) ?? STEPS_DEGREES[0];
  return { step, lons: multiples(west, east, step), lats: multiples(south, north, step) };
}

function multiples(from, to, step) {
  const first = Math.ceil(from / step);
  const count = Math.max(0, Math.floor(to / step) - first + 1);
  return Array.from({ length: count }, (_, place) => Number(((first + place) * step).toFixed(9)));
}

/** "8°20′ LS", "116°30′ BT". */
export function degreesText(value, [positive, negative]) {
  const minutes = Math.round(Math.abs(value) * 60 * 10) / 10;
  const whole = Math.floor(minutes / 60);
  const rest = minutes - whole * 60;
  return `${whole}°${rest ? `${String(Number(rest.toFixed(1))).replace(".", ",")}′` : ""} ${value < 0 ? negative : positive}`;
}

/** The box round all positions {lon, lat}, widened by a margin in degrees: [w, s, e, n], or null when there are none. */
export function boxRound(positions, margin = 0.02) {
  const known = positions.filter(({ lon, lat }) => Number.isFinite(lon) && Number.isFinite(lat));
  if (!known.length) return null;
  const [lons, lats] = [known.map((one) => one.lon), known.map((one) => one.lat)];
  return [Math.min(...lons) - margin, Math.min(...lats) - margin, Math.max(...lons) + margin, Math.max(...lats) + margin];
}

const GAP = 4;
const LINE = 15;

/**
 * Where names can stand without covering a mark, another name or a box of `kept` ([left, top, right, bottom]): below,
 * above or beside their mark, else nowhere; one without a radius stands on its point or a line off it.
 * `marks` come with the most important first, each {x, y, radius, label}; `widthOf` measures a text.
 */
export function placeNames(marks, widthOf, kept = []) {
  const taken = [...kept, ...marks.filter(({ radius }) => radius).map(({ x, y, radius }) => [x - radius, y - radius, x + radius, y + radius])];
  return marks.flatMap((mark) => {
    const spot = mark.label && spots(mark, widthOf(mark.label)).find(({ box }) => !taken.some((other) => overlap(box, other)));
    if (!spot) return [];
    taken.push(spot.box);
    return [{ ...mark, x: spot.x, y: spot.y }];
  });
}

function spots({ x, y, radius }, width) {
  const half = width / 2;
  const centres = !radius ? [0, -1, 1, -2, 2].map((lines) => [x, y + lines * LINE]) : [[x, y + radius + GAP + LINE / 2], [x, y - radius - GAP - LINE / 2], [x + radius + GAP + half, y], [x - radius - GAP - half, y]];
  return centres.map(([cx, cy]) => ({ x: cx, y: cy, box: [cx - half, cy - LINE / 2, cx + half, cy + LINE / 2] }));
}

const overlap = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
