// Bars of P50 and P90, or of counts, drawn by uPlot, which is fetched when there is something to draw.
import { t } from "./words.js";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const HEIGHT = 320;
const LONGEST = 14;

const brief = (name) => (name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name);

/** Groups as bars. `series` are [{label, colour, values}], `valueText` says a value; a chart without groups says so. */
export class BarChart {
  constructor(element, valueText) {
    Object.assign(this, { element, valueText, facts: null });
    addEventListener("posko:theme", () => this.draw());
    new ResizeObserver(() => this.resize()).observe(element);
  }

  async show(facts) {
    this.facts = facts;
    this.uPlot ??= (await import("../vendor/uPlot.esm.js")).default;
    this.draw();
  }

  draw() {
    if (!this.facts || !this.uPlot) return;
    this.plot?.destroy();
    this.plot = null;
    const { names, series, label } = this.facts;
    this.element.setAttribute("aria-label", label);
    if (!names.length || !this.element.clientWidth) return;
    this.plot = new this.uPlot(this.options(names, series), [names.map((_, place) => place), ...series.map(({ values }) => values)], this.element);
  }

  options(names, series) {
    const bars = (place) => this.uPlot.paths.bars({ size: [0.7 / series.length, 48], align: series.length < 2 ? 0 : place ? 1 : -1 });
    const axis = { stroke: colour("soft"), grid: { stroke: colour("edge"), width: 1 }, ticks: { stroke: colour("edge") }, font: "13px system-ui, sans-serif" };
    const every = Math.max(1, Math.ceil((names.length * 90) / Math.max(1, this.element.clientWidth - 80)));
    return {
      width: this.element.clientWidth, height: HEIGHT,
      scales: { x: { time: false, range: [-0.6, names.length - 0.4] }, y: { range: (_, __, most) => [0, Math.max(1, most * 1.1)] } },
      legend: { live: false }, cursor: { show: false },
      axes: [
        { ...axis, grid: { show: false }, splits: () => names.map((_, place) => place).filter((place) => place % every === 0), values: (_, places) => places.map((place) => brief(names[place] ?? "")) },
        { ...axis, size: 112, values: (_, values) => values.map((value) => this.valueText(value)) },
      ],
      series: [{ label: t("kelompok") }, ...series.map((one, place) => ({ label: one.label, stroke: colour(one.colour), fill: colour(one.colour), width: 0, paths: bars(place), points: { show: false } }))],
    };
  }

  resize() {
    if (this.plot && Math.abs(this.plot.width - this.element.clientWidth) > 4) this.draw();
    else if (!this.plot) this.draw();
  }
}
