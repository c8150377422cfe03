// Clusters the server counted, as marks of the map: the count, and the worst priority by shape, letter and colour. Pure.
import { restOf } from "./picture.js";
import { t } from "./words.js";

/** Above so many incidents the board asks the server for the view instead of drawing every card. */
export const OWN_CARDS = 1500;

/** Whether the picture cannot draw the map alone: too many cards, or not all of them are here. */
export const needsView = (picture) => picture.incidents.size > OWN_CARDS || restOf(picture) > 0;

const rankOf = (priority) => Number(priority?.[1] ?? 4);

/** A cluster {lon, lat, count, worst, bbox} as a mark. */
export function clusterMark({ lon, lat, count, worst, bbox }, place, numberText = String) {
  const priority = worst ?? "P4";
  const label = t("{n} kejadian, terburuk {priority}", { n: numberText(count), priority });
  return { id: `cluster-${place}`, kind: "incident", layer: "incidents", lon, lat, shape: priority, colour: priority.toLowerCase(), letter: priority[1], rank: rankOf(priority), count, label, isCluster: true, box: bbox };
}

const tenths = new Intl.NumberFormat(globalThis.document?.documentElement.lang || "id", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** Counts as they fit into a mark: 7, 84, 999, "1,2 rb", "14 rb", "1,2 jt". */
export function shortCount(count) {
  if (count < 1000) return String(count);
  const [value, unit] = count < 999_500 ? [count / 1000, t("rb")] : [count / 1_000_000, t("jt")];
  return `${value < 9.95 ? tenths.format(value) : Math.round(value)} ${unit}`;
}

/** The answer of /view as {clusters, cards}: what to draw as clusters, and single cards by their layer. */
export function sorted({ clusters = [], points = [] }) {
  const cards = { incidents: [], units: [], facilities: [], calls: [] };
  for (const card of points) (cards[card.layer ?? kindOf(card)] ??= []).push(card);
  return { clusters: clusters.filter(({ layer }) => !layer || layer === "incidents"), cards };
}

// The cards of the picture do not name themselves: what they hold does.
const kindOf = (card) => ("call_sign" in card ? "units" : "priority" in card ? "incidents" : "facilities");
