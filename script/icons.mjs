// Makes one small sprite of the icons named in static/img/icons.txt. Usage: node script/icons.mjs OUTPUT
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const NAMES = "static/img/icons.txt";
const SET = "node_modules/@tabler/icons/icons";
const STROKED = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';

const listed = (text) => text.split("\n").map((line) => line.trim()).filter((line) => line && !line.startsWith("#"));

const place = (line) => (line.startsWith("filled/") ? `${SET}/${line}.svg` : `${SET}/outline/${line}.svg`);

const idOf = (line) => (line.startsWith("filled/") ? `${line.slice(7)}-filled` : line);

function drawing(svg) {
  const inner = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
  return inner.replace(/\s*\n\s*/g, "").replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "");
}

function symbol(line) {
  const ink = line.startsWith("filled/") ? 'fill="currentColor"' : STROKED;
  const lines = drawing(readFileSync(place(line), "utf8"));
  return `<symbol id="${idOf(line)}" viewBox="0 0 24 24" ${ink}>${lines}</symbol>`;
}

const names = [...new Set(listed(readFileSync(NAMES, "utf8")))];
const unknown = names.filter((line) => !existsSync(place(line)));
if (unknown.length) {
  console.error(`${NAMES} names icons that the Tabler set does not have: ${unknown.join(", ")}. Mend the names.`);
  process.exit(1);
}
writeFileSync(process.argv[2], `<svg xmlns="http://www.w3.org/2000/svg">\n${names.map(symbol).join("\n")}\n</svg>\n`);
