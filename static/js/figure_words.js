// What the figures of a rapid assessment are called, in the order of the form. The codes are those of incident/assessments/rules.py.
import { numberText, t } from "./words.js";

export const PEOPLE = {
  dead: t("meninggal"), badly_hurt: t("luka berat"), slightly_hurt: t("luka ringan"), missing: t("hilang"),
  displaced: t("mengungsi (jiwa)"), displaced_families: t("mengungsi (KK)"), suffering: t("menderita"),
};
export const HOUSES = {
  houses_badly: t("rumah rusak berat"), houses_fairly: t("rumah rusak sedang"), houses_slightly: t("rumah rusak ringan"), houses_flooded: t("rumah terendam"),
};
export const NEEDS = {
  tents: t("tenda"), blankets: t("selimut"), food_packs: t("makanan siap saji (bungkus)"), water_litres: t("air bersih (liter)"),
  medicine_sets: t("obat (paket)"), boats: t("perahu"), machines: t("alat berat"),
};
export const GROUPS = [[t("Korban"), PEOPLE], [t("Rumah"), HOUSES], [t("Kebutuhan mendesak"), NEEDS]];
export const FIGURES = { ...PEOPLE, ...HOUSES, ...NEEDS };

export const SOURCES = {
  own_eyes: t("lihat sendiri"), village: t("perangkat desa"), health: t("puskesmas atau rumah sakit"), agency: t("OPD lain"),
  post: t("posko atau pos lapangan"), residents: t("warga"), media: t("media"),
};
export const METHODS = { counted: t("dihitung satu per satu"), estimated: t("perkiraan"), told: t("dikatakan orang"), from_air: t("dari udara") };

/** A figure in words: "3", "NIHIL", "dalam pendataan"; nothing known is never 0. */
export function figureText({ state, value }) {
  if (state === "number") return numberText(value);
  return state === "nihil" ? t("NIHIL") : t("dalam pendataan");
}

export const figureName = (what) => FIGURES[what] ?? what;

/** "3 meninggal", "hilang: NIHIL": a figure with its name. */
export const figureSaid = (figure) =>
  figure.state === "number" ? `${figureText(figure)} ${figureName(figure.what)}` : `${figureName(figure.what)}: ${figureText(figure)}`;
