// The bar of an alert: only what a person saw is filled; all that merely went out is an outline. Its legend says each part in words.
import { barWords, segments, totalOf } from "./alerts_words.js";
import { h } from "./dom.js";
import { numberText } from "./words.js";

/** A picture of the counts {state: n}, told in words to who cannot see it. */
export function countBar(counts, { isSmall = false } = {}) {
  const bar = h("div.count-bar", { role: "img", "aria-label": barWords(counts), class: isSmall ? "is-small" : "" }, segments(counts).map(part));
  if (!totalOf(counts)) bar.classList.add("is-bare");
  return bar;
}

function part({ name, n }) {
  const element = h("span.count-part", { class: `count-${name}` });
  element.style.flexGrow = String(n);
  return element;
}

/** Each part in words: its drawing, its number, what it means. */
export const countLegend = (counts) =>
  h("ul.count-legend", {}, segments(counts).map(({ name, n, words }) => h("li", {}, h("span.count-swatch", { class: `count-${name}`, "aria-hidden": "true" }), h("b.num", {}, numberText(n)), " ", words)));
