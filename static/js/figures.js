// The page of figures: what is asked stands in the URL; each chart has its numbers beside it.
import { get } from "./api.js";
import { atFully } from "./clock.js";
import { fill, h, setText } from "./dom.js";
import { BarChart } from "./figure_chart.js";
import { MEANINGS, MEASURES, REASONS, excludedText, shareText, spanText, targetText } from "./figure_table.js";
import { CALL_CLASSES, named } from "./names.js";
import { page } from "./page.js";
import { dateText } from "./time.js";
import { numberText, t } from "./words.js";

const element = (id) => document.getElementById(id);
const BY = {
  type: t("jenis"), priority: t("prioritas"), agency: t("instansi"), district: t("kecamatan"), village: t("desa"),
  shift: t("giliran piket"), hour: t("jam"), day: t("hari"), month: t("bulan"),
};
const ASKED = ["from", "to", "by", "type", "priority", "agency", "area"];
const PATIENCE_MS = 30_000;

const form = element("figures-ask");
const query = new URLSearchParams(location.search);
let told = null;

fill(form.elements.by, page.by.map((code) => h("option", { value: code }, BY[code])));
fill(form.elements.measure, Object.entries(MEASURES).map(([code, name]) => h("option", { value: code }, name)));
const charts = { groups: new BarChart(element("figures-chart"), spanText), calls: new BarChart(element("calls-chart"), (value) => (Number.isInteger(value) ? numberText(value) : "")) };

// ---- asking

function fillForm() {
  for (const name of ["from", "to", "by", "type", "priority", "measure"]) form.elements[name].value = query.get(name) ?? { by: "type", measure: "total" }[name] ?? "";
}

function change({ target }) {
  target.value ? query.set(target.name, target.value) : query.delete(target.name);
  history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}`);
  target.name === "measure" ? drawGroups() : ask();
}

const asked = () => new URLSearchParams([...query].filter(([name, value]) => ASKED.includes(name) && value)).toString();

async function ask() {
  const mine = (ask.newest = Symbol());
  setText(element("figures-problem"), "");
  element("figures-about").setAttribute("aria-busy", "true");
  try {
    const answer = await get(`/figures?${asked()}`, { patience: PATIENCE_MS });
    if (mine === ask.newest) show(answer);
  } catch (problem) {
    if (mine === ask.newest) setText(element("figures-problem"), problem.message);
  } finally {
    element("figures-about").removeAttribute("aria-busy");
  }
}

// ---- showing

function show(answer) {
  told = answer;
  Object.assign(form.elements.from, { value: told.from });
  Object.assign(form.elements.to, { value: told.to });
  for (const kind of ["csv", "xlsx"]) element(`figures-${kind}`).href = `/api/v1/figures.${kind}?${asked()}`;
  setText(element("figures-about"), aboutText());
  fill(element("figures-total"), measuresTable());
  drawGroups();
  drawCalls();
}

// A day is named at its noon in UTC: the same day everywhere in Indonesia.
const dayText = (day) => dateText(new Date(`${day}T12:00:00Z`), "UTC");

function aboutText() {
  const facts = { from: dayText(told.from), to: dayText(told.to), zone: told.zone, at: atFully(told.made_at) };
  const whose = told.filters.agency ? t("hanya kejadian yang ditangani {agency}", { agency: told.filters.agency }) : "";
  return [t("{from} sampai {to} ({zone}), dihitung {at}", facts), whose, told.exercise ? t("LATIHAN: semua angka ini dari latihan") : ""].filter(Boolean).join(" · ");
}

const cell = (text) => h("td.num", {}, text);
const head = (words) => h("thead", {}, h("tr", {}, words.map((word) => h("th", { scope: "col" }, word))));
const count = ({ n, few }) => `${numberText(n)}${few ? "*" : ""}`;

const leftOut = ({ left_out, excluded }) => h("td", {}, left_out ? h("b.num", {}, numberText(left_out)) : "0", left_out ? h("span.small.muted", {}, ` ${excludedText(excluded)}`) : null);

const targets = (within) => h("td", {}, within.filter(({ n }) => n).map((one) => h("div", { class: one.met === false ? "bad" : one.met ? "good" : "" }, one.met === null ? "" : one.met ? "✓ " : "✗ ", targetText(one))));

function measuresTable() {
  const line = ([code, name]) => {
    const figure = told.total[code];
    return h("tr", {}, h("th", { scope: "row" }, name, h("span.small.muted.figures-meaning", {}, MEANINGS[code])), cell(count(figure)), cell(spanText(figure.p50_s)), cell(spanText(figure.p90_s)), leftOut(figure), targets(figure.within));
  };
  return h("table.figures-table", {}, head([t("Waktu"), "n", "P50", "P90", t("Tidak dihitung"), t("Sasaran")]), h("tbody", {}, Object.entries(MEASURES).map(line)));
}

function drawGroups() {
  if (!told) return;
  const code = form.elements.measure.value;
  const groups = told.groups.map((group) => ({ ...group, figure: group.measures[code] })).filter(({ figure }) => figure.n + figure.left_out);
  const line = ({ name, figure }) => h("tr", {}, h("th", { scope: "row" }, name), cell(count(figure)), cell(spanText(figure.p50_s)), cell(spanText(figure.p90_s)), leftOut(figure), targets(figure.within));
  const empty = h("p.empty", {}, t("Tidak ada yang tercatat pada masa ini. Pilih tanggal lain."));
  const rest = told.groups_left_out ? h("p.small.muted", {}, t("dan {n} kelompok lagi; ada batasnya, persempit pilihannya", { n: numberText(told.groups_left_out) })) : null;
  fill(element("figures-groups"), groups.length ? h("table.figures-table", {}, head([BY[told.by], "n", "P50", "P90", t("Tidak dihitung"), t("Sasaran")]), h("tbody", {}, groups.map(line))) : empty, rest);
  const drawn = groups.filter(({ figure }) => figure.n);
  const values = (name) => drawn.map(({ figure }) => figure[name]);
  charts.groups.show({
    names: drawn.map(({ name }) => name), label: t("P50 dan P90 {measure} menurut {by}; angkanya di tabel", { measure: MEASURES[code], by: BY[told.by] }),
    series: [{ label: "P50", colour: "unit", values: values("p50_s") }, { label: "P90", colour: "p2", values: values("p90_s") }],
  });
}

function drawCalls() {
  const { shares, recorded, unanswered, all, exercise, rung } = told.calls;
  const line = (name, n, ofRecorded, ofAll) => h("tr", {}, h("th", { scope: "row" }, name), cell(numberText(n)), cell(shareText(ofRecorded)), cell(shareText(ofAll)));
  const classes = Object.entries(shares).map(([name, one]) => line(named(CALL_CLASSES, name), one.count, one.of_recorded, one.of_all));
  const rings = rung ? [line(t("tak terjawab dan belum tercatat"), unanswered, null, all ? (100 * unanswered) / all : null), line(t("tak terangkat"), rung.missed, null, null), line(t("terputus"), rung.dropped, null, null)] : [];
  fill(element("figures-calls"),
    h("table.figures-table", {}, head([t("Golongan"), "n", t("dari yang tercatat"), t("dari semua yang masuk")]), h("tbody", {}, classes, line(t("tercatat"), recorded, recorded ? 100 : null, null), rings)),
    exercise ? h("p.small.muted", {}, t("{n} panggilan {reason} tidak ikut dihitung", { n: numberText(exercise), reason: REASONS.exercise })) : null);
  const bars = [...Object.entries(shares).map(([name, one]) => [named(CALL_CLASSES, name), one.count]), ...(rung ? [[t("tak terjawab"), unanswered]] : [])];
  charts.calls.show({ names: bars.map(([name]) => name), label: t("Panggilan menurut golongan; angkanya di tabel"), series: [{ label: t("panggilan"), colour: "unit", values: bars.map(([, n]) => n) }] });
}

form.addEventListener("change", change);
form.addEventListener("submit", (event) => event.preventDefault());
fillForm();
ask();
