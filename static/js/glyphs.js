// The icons of the sprite as paths for a canvas: drawn by the hundred they cost no elements.
const SPRITE = new URL("../vendor/icons.svg", import.meta.url);
const SIZE = 24;
const glyphs = new Map();
let reading = null;

/** Reads the sprite once; afterwards `drawGlyph` knows its names. */
export function readGlyphs() {
  reading ??= readSprite().catch(() => { reading = null; });
  return reading;
}

async function readSprite() {
  const response = await fetch(SPRITE);
  if (!response.ok) throw new Error(`icons.svg: ${response.status}`);
  const sprite = new DOMParser().parseFromString(await response.text(), "image/svg+xml");
  for (const symbol of sprite.querySelectorAll("symbol")) glyphs.set(symbol.id, pathsOf(symbol));
}

function pathsOf(symbol) {
  const whole = new Path2D();
  for (const path of symbol.querySelectorAll("path")) whole.addPath(new Path2D(path.getAttribute("d")));
  return whole;
}

/** Draw an icon round x, y, `size` pixels wide; says whether it is known. */
export function drawGlyph(pen, name, x, y, size, colour) {
  const glyph = glyphs.get(name);
  if (!glyph) return false;
  pen.save();
  pen.translate(x - size / 2, y - size / 2);
  pen.scale(size / SIZE, size / SIZE);
  Object.assign(pen, { strokeStyle: colour, lineWidth: 2.2, lineCap: "round", lineJoin: "round" });
  pen.stroke(glyph);
  pen.restore();
  return true;
}
