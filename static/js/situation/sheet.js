// The sheet beside the map: counts, stages, what is worst, what the signs mean; each line of the legend is a switch.
import { corners } from "../marks.js";
import { PRIORITIES, STAGE_LOOKS, facilityLook, typeWord, zoneLook } from "./kinds.js";
import { el, svg } from "./parts.js";
import { STAGES, worst } from "./picture.js";
import { ageText, languageNow, numberText, t } from "./words.js";

const WORST_SHOWN = 8;
const TYPES_SHOWN = 5;

/** The sign of a priority as a drawing: shape, number, colour. */
export function prioritySign(rank, size = 26) {
  const points = corners(`P${rank}`, 13, 13, 10);
  const shape = points ? svg("polygon", { points: points.map((pair) => pair.join(",")).join(" ") }) : svg("circle", { cx: 13, cy: 13, r: 10 });
  const number = svg("text", { x: 13, y: rank === 1 ? 19 : 17.5, "text-anchor": "middle" }, String(rank));
  return svg(`svg.sign.sign-p${rank}`, { viewBox: "0 0 26 26", width: size, height: size, "aria-hidden": "true" }, shape, number);
}

export function counts(sum) {
  const tile = (word, place) =>
    el(`div.tile.tile-p${place + 1}`, {}, prioritySign(place + 1), el("b", {}, numberText(sum.priorities[place])), el("span", {}, word));
  return el("section.part", {},
    el("h2", {}, t("Kejadian terbuka"), el("b.total", {}, numberText(sum.open))),
    el("div.tiles", {}, PRIORITIES().map(tile)));
}

export function stages(sum) {
  const looks = STAGE_LOOKS();
  const shown = STAGES.filter((name) => name !== "closed");
  const strip = shown.map((name) => sum.stages[name] > 0 && el(`i.fill-${looks[name].colour}`, { vars: { "flex-grow": String(sum.stages[name]) } }));
  const row = (name) => el("li", {}, el(`i.dot.fill-${looks[name].colour}`), el("span", {}, looks[name].word), el("b", {}, numberText(sum.stages[name])));
  return el("section.part.part-stages", {}, el("h2", {}, t("Keadaan penanganan")), el("div.strip", { "aria-hidden": "true" }, strip), el("ul.rows", {}, STAGES.map(row)));
}

export function kinds(sum, types) {
  if (!sum.types.length) return null;
  const most = sum.types[0][1];
  const row = ([type, n]) =>
    el("li", {}, el("span", {}, typeWord(types, type, languageNow())), el("i.bar", {}, el("i", { vars: { width: `${(n / most) * 100}%` } })), el("b", {}, numberText(n)));
  const rest = sum.types.slice(TYPES_SHOWN).reduce((total, [, n]) => total + n, 0);
  return el("section.part.part-kinds", {}, el("h2", {}, t("Jenis kejadian")),
    el("ul.rows.bars", {}, sum.types.slice(0, TYPES_SHOWN).map(row)),
    rest > 0 && el("p.soft", {}, t("dan {n} kejadian jenis lain", { n: numberText(rest) })));
}

export function urgent(incidents, moment, types, choose) {
  const found = worst(incidents, moment, WORST_SHOWN);
  if (!found.length) return el("section.part.part-urgent", {}, el("h2", {}, t("Paling mendesak")), el("p.soft", {}, t("Tidak ada kejadian yang terbuka pada saat ini.")));
  const row = (one) =>
    el("li", {}, el("button", { type: "button", onclick: () => choose(one) }, prioritySign(one.rank, 22),
      el("span.what", {}, el("b", {}, typeWord(types, one.type, languageNow())), el("span.where", {}, one.place || t("tempat belum jelas"))),
      el("span.since", {}, ageText(moment - one.opened))));
  return el("section.part.part-urgent", {}, el("h2", {}, t("Paling mendesak")), el("ol.worst", {}, found.map(row)));
}

// ---- the legend, whose lines are switches

export function legend(picture, hidden, flip) {
  const zones = [...new Set(picture.zones.map(({ kind }) => kind))];
  const facilities = [...new Set(picture.facilities.map(([kind]) => kind))];
  const line = (name, sign, word, n, more = "li") =>
    el(more, {}, el("label", {}, el("input", { type: "checkbox", checked: !hidden.has(name), onchange: () => flip(name) }), sign, el("span", {}, word), n === null ? null : el("b", {}, numberText(n))));
  return el("section.part.part-legend", {}, el("h2", {}, t("Arti tanda")), el("ul.legend", {},
    PRIORITIES().map((word, place) => line(`p${place + 1}`, prioritySign(place + 1, 20), word, null, "li.priority")),
    el("li.plain", {}, el("i.sign-waiting"), el("span", {}, t("lingkaran putus: belum ada satuan"))),
    el("li.plain", {}, el("i.sign-ring", {}, "12"), el("span", {}, t("beberapa kejadian berdekatan"))),
    zones.map((kind) => line(`zone-${kind}`, zoneSign(kind), zoneLook(kind).word, picture.zones.filter((one) => one.kind === kind).length)),
    facilities.map((kind) => facilityLine(kind, picture, line)),
    picture.units.length > 0 && line("units", el("i.sign-unit"), t("Satuan (berongga: posisi lama)"), picture.units.length),
    (picture.ground.outline || picture.ground.districts) && line("bounds", el("i.sign-bounds"), t("Batas wilayah"), null)));
}

const zoneSign = (kind) => {
  const look = zoneLook(kind);
  return el(`i.sign-zone.ink-${look.colour}`, {}, look.sign);
};

function facilityLine(kind, picture, line) {
  const look = facilityLook(kind);
  return line(`facility-${kind}`, el("i.sign-facility", {}, look.sign), look.word, picture.facilities.filter(([other]) => other === kind).length);
}

export function footnotes(picture) {
  const unplaced = picture.unplaced;
  return el("footer.notes", {},
    unplaced > 0 && el("p", {}, t("{n} kejadian terbuka belum bertitik: terhitung, tidak tergambar.", { n: numberText(unplaced) })),
    el("p", {}, t("Gambar diam dari Posko, entri jurnal {n}. Tanpa nama, nomor telepon, dan kata-kata pelapor.", { n: numberText(picture.made.seq) })),
    el("p", {}, [t("Garis pantai: Natural Earth."), picture.ground.source && t("Batas wilayah: {source}.", { source: picture.ground.source }), t("Peta: Leaflet.")].filter(Boolean).join(" ")));
}
