// What is said of a thing when it is pressed: made of text alone.
import { STAGE_LOOKS, facilityLook, own, typeWord, zoneLook } from "./kinds.js";
import { el } from "./parts.js";
import { stageAt } from "./picture.js";
import { prioritySign } from "./sheet.js";
import { ageText, languageNow, numberText, shortText, t } from "./words.js";

const LISTED = 12;

export function incidentCard(one, { made, types, moment }) {
  const stage = STAGE_LOOKS()[stageAt(one, moment)];
  return el("div.card", {},
    el("h3", {}, prioritySign(one.rank, 22), typeWord(types, one.type, languageNow())),
    el("p.where", {}, one.place || t("tempat belum jelas")),
    el("p", {}, el(`i.dot.fill-${stage.colour}`), stage.word),
    el("p.soft", {}, [one.number, shortText(made, one.opened), t("{age} berjalan", { age: ageText(moment - one.opened) })].join(" · ")),
    one.calls > 1 && el("p.soft", {}, t("{n} laporan tentang kejadian ini", { n: numberText(one.calls) })),
    one.doubt > 0 && el("p.soft", {}, t("letak ± {n} m", { n: numberText(Math.round(one.doubt)) })));
}

export function listCard(many, facts) {
  const row = (one) => el("li", {}, prioritySign(one.rank, 18), el("span", {}, el("b", {}, typeWord(facts.types, one.type, languageNow())), ` ${one.place}`));
  const sorted = [...many].sort((a, b) => a.rank - b.rank || a.opened - b.opened);
  return el("div.card", {},
    el("h3", {}, t("{n} kejadian di sini", { n: numberText(many.length) })),
    el("ul", {}, sorted.slice(0, LISTED).map(row)),
    many.length > LISTED && el("p.soft", {}, t("dan {n} lagi", { n: numberText(many.length - LISTED) })));
}

export function zoneCard(zone, made) {
  return el("div.card", {},
    el("h3", {}, zoneLook(zone.kind).word),
    zone.words && el("p", {}, zone.words),
    el("p.soft", {}, t("digambar {when}", { when: shortText(made, zone.drawn) })),
    zone.expires !== null && el("p.soft", {}, t("berlaku sampai {when}", { when: shortText(made, zone.expires) })));
}

export function facilityCard([kind, name, , , capacity, occupied]) {
  return el("div.card", {},
    el("h3", {}, name),
    el("p", {}, facilityLook(kind).word),
    capacity !== null && el("p.soft", {}, t("daya tampung {n}", { n: numberText(capacity) })),
    occupied !== null && el("p.soft", {}, t("terisi {n}", { n: numberText(occupied) })));
}

export function unitCard([name, , , state, age], words) {
  return el("div.card", {},
    el("h3", {}, name),
    el("p", {}, own(words, state) ?? state),
    el("p.soft", {}, age === null ? t("umur posisi tidak diketahui") : t("posisi {age} sebelum gambar ini", { age: ageText(age) })));
}
