// The list of alerts: what waits for a second person first, then what stands, newest first; then what is over.
import { countBar } from "./alerts_bar.js";
import { seenOf, totalOf } from "./alerts_words.js";
import { ageMark } from "./ages.js";
import { atFully } from "./clock.js";
import { arrange, fill, h } from "./dom.js";
import { ALERT_STATES, ORDERS, named } from "./names.js";
import { whereWords } from "./alerts_picture.js";
import { numberText, t } from "./words.js";

export const STANDING = ["draft", "active"];
export const isStanding = ({ state }) => STANDING.includes(state);

/** What waits for somebody stands above what runs, and the newest above the older. */
export const inListOrder = (a, b) => Number(b.state === "draft") - Number(a.state === "draft") || b.id - a.id;

export class AlertList extends EventTarget {
  constructor(list, { countsOf }) {
    super();
    Object.assign(this, { list, countsOf, made: new Map(), ids: [] });
    list.addEventListener("click", ({ target }) => target.closest("[data-alert]") && this.dispatchEvent(new CustomEvent("choose", { detail: Number(target.closest("[data-alert]").dataset.alert) })));
  }

  draw(alerts, chosen) {
    this.ids = alerts.map(({ id }) => id);
    arrange(this.list, alerts.map((alert) => this.row(alert, alert.id === chosen)));
  }

  // A row is drawn anew only when what it says changed, so that nothing moves under the pointer.
  row(alert, isChosen) {
    const known = this.made.get(alert.id) ?? { element: h("li"), shown: "" };
    const counts = this.countsOf(alert);
    const shown = JSON.stringify([alert.state, alert.headline, counts, isChosen]);
    if (shown !== known.shown) {
      const hadFocus = known.element.contains(document.activeElement);
      fill(known.element, rowButton(alert, counts, isChosen));
      known.shown = shown;
      if (hadFocus) known.element.firstElementChild.focus({ preventScroll: true });
    }
    this.made.set(alert.id, known);
    return known.element;
  }

  bring(id) {
    this.made.get(id)?.element.scrollIntoView({ block: "nearest" });
  }
}

const rowButton = (alert, counts, isChosen) =>
  h("button.alert-row", { type: "button", class: `alert-${alert.state}`, "aria-current": isChosen ? "true" : null, data: { alert: alert.id } },
    h("span.alert-row-top", {}, h("b", { class: lookOf(alert) }, stateWords(alert)), h("span.muted.small", {}, named(ORDERS, alert.order)), h("span.push.muted.small", {}, isStanding(alert) ? ageMark(alert.written_at) : h("time.num", { datetime: alert.written_at }, atFully(alert.written_at)))),
    h("span.alert-row-words", {}, alert.exercise ? `${t("LATIHAN")} · ` : "", alert.exercise ? alert.headline.replace(/^LATIHAN[.:]?\s+/, "") : alert.headline),
    h("span.muted.small", {}, whereWords(alert)),
    alert.state !== "draft" && h("span.alert-row-sums", {}, countBar(counts, { isSmall: true }), h("span.small.num", {}, t("{n} dari {total} dilihat", { n: numberText(seenOf(counts)), total: numberText(totalOf(counts)) }))));

const stateWords = ({ state }) => named(ALERT_STATES, state);

const lookOf = ({ state }) => ({ draft: "late", active: "good", cancelled: "bad" })[state] ?? "muted";
