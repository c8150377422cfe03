// Who must have the chosen alert: one row each, what is known of them, by which ways, and what a person may note for them.
import { GROUPS, deliveryWords, groupOf, segments, totalOf } from "./alerts_words.js";
import { get } from "./api.js";
import { atFully, atMinute } from "./clock.js";
import { arrange, fill, h, setText } from "./dom.js";
import { isSeen, recipientLook, recipientWords } from "./ladder.js";
import { OFFICES, named } from "./names.js";
import { may } from "./page.js";
import { toast } from "./toast.js";
import { numberText, t } from "./words.js";

const $ = (id) => document.getElementById(id);
const PAGE = 100;
const MOST_LIVE = 300; // of a longer list what is shown is asked again only when somebody wants it
const SOON_MS = 700;
const PAUSE_MS = 250;

export class AlertPeople extends EventTarget {
  constructor(live) {
    super();
    Object.assign(this, { live, alert: null, group: "", q: "", rows: [], cursor: null, made: new Map(), turn: 0 });
    $("people-shows").addEventListener("click", ({ target }) => target.closest("[data-group]") && this.show(target.closest("[data-group]").dataset.group));
    $("people-search").addEventListener("input", ({ target }) => ((this.q = target.value.trim()), this.again(PAUSE_MS)));
    $("people-more").addEventListener("click", () => this.read(true));
    $("people-rows").addEventListener("click", ({ target }) => target.closest("[data-seen]") && this.noteSeen(Number(target.closest("[data-seen]").dataset.seen)));
    this.counts = {};
  }

  /** Another alert is chosen, or the same one changed. */
  choose(alert, counts) {
    this.drawShows(counts);
    const isOther = alert?.id !== this.alert?.id || alert?.state !== this.alert?.state;
    this.alert = alert;
    if (!isOther) return;
    Object.assign(this, { rows: [], cursor: null });
    this.made.clear();
    this.draw();
    if (alert) this.read();
  }

  /** Something about it changed: asked anew, but not for each of a hundred entries. */
  heard() {
    if (this.rows.length <= MOST_LIVE) this.again(SOON_MS);
  }

  again(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.read(), ms);
  }

  show(group) {
    this.group = this.group === group ? "" : group;
    this.drawShows(this.counts);
    this.read();
  }

  // A group without anybody has no button, except the one that is shown.
  drawShows(counts) {
    const shown = JSON.stringify([counts, this.group]);
    if (shown === this.shown) return;
    Object.assign(this, { counts, shown });
    const groups = segments(counts);
    const gone = GROUPS.filter(({ name }) => name === this.group && !groups.some((one) => one.name === name)).map((one) => ({ ...one, n: 0 }));
    const key = document.activeElement?.dataset.group;
    fill($("people-shows"), [{ name: "", short: t("semua"), n: totalOf(counts) }, ...groups, ...gone].map(({ name, short, n }) => showButton(name, short, n, name === this.group)));
    if (key !== undefined) $("people-shows").querySelector(`[data-group="${key}"]`)?.focus({ preventScroll: true });
  }

  async read(isMore = false) {
    if (!this.alert) return;
    if (!may("contact.read")) return this.showUnits();
    const turn = ++this.turn;
    try {
      const answer = await get(this.path(isMore ? this.cursor : null, isMore ? PAGE : Math.max(PAGE, Math.min(this.rows.length, MOST_LIVE))));
      if (turn !== this.turn) return;
      this.rows = isMore ? [...this.rows, ...answer.recipients] : answer.recipients;
      this.cursor = answer.cursor ?? null;
      this.total = answer.total ?? this.rows.length;
      this.draw();
    } catch (problem) {
      if (problem.status) toast(problem.message, { isBad: true });
    }
  }

  // Who may not read the phone book sees the units, whose cards are in the picture.
  showUnits() {
    const words = this.q.toLowerCase();
    const mine = [...this.live.picture.recipients.values()].filter((one) => one.alert_id === this.alert.id && (!this.group || groupOf(one.state) === this.group) && one.call_sign.toLowerCase().includes(words));
    Object.assign(this, { rows: mine, cursor: null, total: mine.length });
    this.draw();
  }

  path(cursor, limit) {
    const states = GROUPS.find(({ name }) => name === this.group)?.states ?? [];
    const query = new URLSearchParams(Object.entries({ state: states.join(","), q: this.q, cursor: cursor ?? "", limit }).filter(([, value]) => value !== ""));
    return `/alerts/${this.alert.id}/recipients?${query}`;
  }

  draw() {
    arrange($("people-rows"), this.rows.map((one) => this.row(one)));
    $("people-none").hidden = this.rows.length > 0 || !this.alert;
    $("people-more").hidden = this.cursor === null;
    setText($("people-more"), t("Tampilkan {n} lagi", { n: numberText(Math.min(PAGE, Math.max(0, (this.total ?? 0) - this.rows.length)) || PAGE) }));
    setText($("people-count"), this.rows.length ? t("{n} dari {total} tampil", { n: numberText(this.rows.length), total: numberText(this.total ?? this.rows.length) }) : "");
  }

  // What did not change is not touched: focus and selection stay.
  row(one) {
    const shown = JSON.stringify([one, this.alert.state]);
    const known = this.made.get(one.id);
    if (known?.shown === shown) return known.element;
    const hadFocus = known?.element.contains(document.activeElement);
    const element = known?.element ?? h("tr");
    fill(element, ...this.cells(one));
    element.className = `person-${groupOf(one.state)}`;
    if (hadFocus) element.querySelector("button")?.focus({ preventScroll: true });
    this.made.set(one.id, { element, shown });
    return element;
  }

  cells(one) {
    return [
      h("td", { "data-label": t("Penerima") }, h("b", {}, nameOf(one)), h("span.muted.small.alert-sub", {}, aboutOf(one))),
      h("td", { "data-label": t("Yang diketahui") }, h("span", { class: this.alert.state === "draft" ? "muted" : recipientLook(one), title: one.seen_at ? atFully(one.seen_at) : null }, this.alert.state === "draft" ? t("menunggu persetujuan") : recipientWords({ ...one, call_sign: nameOf(one), deliveries: [], channel: wayOf(one) }, atMinute))),
      h("td", { "data-label": t("Lewat jalan") }, h("ul.ways", {}, (one.deliveries ?? []).map((delivery) => h("li", {}, h("span.way", { class: `way-${groupOf(delivery.state)}` }, deliveryWords({ reason: one.reasons?.[delivery.channel], ...delivery }, atMinute)))))),
      h("td", {}, this.canNote(one) && h("button.btn.btn-small", { type: "button", data: { seen: one.id }, title: t("Orangnya mengaku sudah melihatnya, misalnya lewat telepon") }, t("tandai dilihat"))),
    ];
  }

  canNote(one) {
    return this.alert.state === "active" && !isSeen(one) && may("alert.acknowledge");
  }

  noteSeen(id) {
    const one = this.rows.find((row) => row.id === id);
    if (one) this.dispatchEvent(new CustomEvent("seen", { detail: one }));
  }
}

const showButton = (name, words, n, isOn) => h("button.btn.btn-small", { type: "button", "aria-pressed": String(isOn), data: { group: name } }, words, " ", h("b.num", {}, numberText(n)));

export const nameOf = (one) => one.call_sign ?? one.name ?? t("penerima {n}", { n: one.id });

// What the person is called by in the room: the office, the agency, the village; never a number.
export const aboutOf = (one) => [one.office && one.office !== "other" && named(OFFICES, one.office), one.area ?? one.area_code, one.agency_code].filter(Boolean).join(" · ");

// The way whose delivery reached the state; where none did, the way of the rung.
const wayOf = ({ deliveries = [], state, channel }) => deliveries.find((one) => one.state === state)?.channel ?? channel;
