// Every ticking age and countdown on the page, moved by the one ticker.
import { atFully, now, onTick } from "./clock.js";
import { h, setText } from "./dom.js";
import { ageText, secondsBetween } from "./time.js";
import { t } from "./words.js";

const textOf = ({ dataset }, moment) =>
  dataset.until ? ageText((Date.parse(dataset.until) - moment) / 1000) : ageText(secondsBetween(dataset.since, moment));

const show = (mark, moment) => setText(mark, textOf(mark, moment));

/** A <time> that ticks up since a moment; its exact time stands on hover. */
export const ageMark = (since, what = "time.num") => setMark(h(what), { since });

/** A <time> that ticks down until a moment. */
export const countdownMark = (until, what = "time.num") => setMark(h(what), { until });

/** Point a mark at another moment. */
export function setMark(mark, { since, until }) {
  const [name, moment] = until ? ["until", until] : ["since", since];
  if (mark.dataset[name] === moment) return mark;
  mark.dataset[name] = moment;
  mark.dateTime = moment;
  mark.title = since ? t("sejak {time}", { time: atFully(moment) }) : t("pada {time}", { time: atFully(moment) });
  show(mark, now());
  return mark;
}

onTick((moment) => {
  for (const mark of document.querySelectorAll("time[data-since], time[data-until]")) show(mark, moment);
});
