// The queue: what is worst stands first, nothing moves under the pointer, and only what can be looked at is drawn.
import { at, now, onTick } from "./clock.js";
import { arrange, oncePerFrame, setText } from "./dom.js";
import { typeName } from "./names.js";
import { byIncident, hold, inQueueOrder, isMine, narrowed, passes, SHOWS, standing } from "./order.js";
import { page, tables } from "./page.js";
import { QueueRow } from "./queue_row.js";
import { Rest } from "./rest.js";
import { numberText, t } from "./words.js";

const AT_ONCE = 120;
const LOOK_AGAIN_S = 5;
const SHOW_NAMES = { open: t("Terbuka"), waiting: t("Menunggu"), late: t("Lewat"), obstructed: t("Kendala"), mine: t("Saya") };
const READS_MS = 8000; // so long after a key that chose a row the list stands still

const NONE = [];
const ME = { name: document.documentElement.dataset.person ?? "", ...page.own };

export class Queue extends EventTarget {
  constructor(live, element, filters) {
    super();
    Object.assign(this, { live, filters, rows: new Map(), shownIds: [], lines: new Map(), limit: AT_ONCE, chosen: null, gone: new Set(), asked: new Set(), rest: new Rest(live) });
    this.find(element);
    this.draw = oncePerFrame(() => this.drawNow());
    live.addEventListener("change", ({ detail }) => this.hear(detail));
    onTick((moment) => Math.floor(moment / 1000) % LOOK_AGAIN_S === 0 && this.recount());
    this.listen();
  }

  find(element) {
    this.list = element.querySelector("#queue-list");
    this.news = element.querySelector("#queue-news");
    this.empty = element.querySelector("#queue-empty");
    this.more = element.querySelector("#queue-more");
    this.box = element.querySelector("#queue-scroll");
    this.chips = new Map(SHOWS.map((show) => [show, element.querySelector(`[data-show="${show}"]`)]));
    this.search = element.querySelector("#queue-search");
  }

  listen() {
    this.list.addEventListener("click", (event) => this.chooseAt(event));
    this.news.addEventListener("click", () => this.showNews());
    this.box.addEventListener("pointerenter", () => { this.isHeld = true; });
    this.box.addEventListener("pointerleave", () => this.release());
    this.list.addEventListener("keydown", () => this.holdForReader());
    for (const [show, chip] of this.chips) chip.addEventListener("click", () => this.filter({ show }));
    this.search.addEventListener("input", () => this.filter({ q: this.search.value }));
    this.search.value = this.filters.q;
    new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.grow(), { root: this.box, rootMargin: "400px" }).observe(this.more);
  }

  // ---- what there is

  hear({ changed, isMore }) {
    if (isMore) for (const id of changed.incidents) this.asked.add(id);
    if (!this.all || isMore || changed.incidents.size || changed.assignments.size || changed.tasks.size || changed.alarms.size) this.recount();
  }

  recount() {
    const { incidents } = this.live.picture;
    const groups = Object.fromEntries(["assignments", "tasks", "alarms"].map((name) => [name, byIncident(this.live.picture[name].values())]));
    const moment = now();
    this.all = [...incidents.values()].map((incident) => this.line(incident, groups, moment));
    this.draw();
  }

  line(incident, groups, moment) {
    const [assignments, tasks, alarms] = ["assignments", "tasks", "alarms"].map((name) => groups[name].get(incident.id) ?? NONE);
    const stands = standing(incident, assignments, moment, tables.targets_s, { tasks, alarms });
    return { incident, unitCount: assignments.length, isMine: isMine(incident, tasks, ME), standing: stands };
  }

  wanted() {
    return this.all.filter((line) => passes(line, this.filters, typeName)).sort(inQueueOrder);
  }

  // ---- what is drawn

  drawNow() {
    if (!this.all) return;
    const lines = this.wanted();
    for (const line of lines) this.lines.set(line.incident.id, line);
    const wantedIds = lines.map((line) => line.incident.id);
    const held = (this.isHeld || this.isRead) && this.shownIds.length ? hold(this.shownIds, wantedIds, this.asked) : null;
    this.shownIds = held ? held.ids : wantedIds;
    if (!held) (this.forget(wantedIds), this.asked.clear());
    this.gone = held?.gone ?? new Set();
    this.paint(this.gone);
    this.announce(held?.fresh.length ?? 0);
    this.count(lines.length);
    if (lines.length < this.limit) this.rest.more(this.filters);
  }

  paint(gone) {
    const ids = this.shownIds.slice(0, this.reach());
    arrange(this.list, ids.map((id) => this.row(id, gone.has(id))));
    this.sayMore(ids.length < this.shownIds.length);
    this.dispatchEvent(new CustomEvent("painted"));
  }

  // A list that ends says so: how much of the queue is on this screen, and how to reach the rest.
  sayMore(isLonger) {
    this.more.hidden = !isLonger && !this.rest.hasMore(this.filters);
    const facts = { n: numberText(this.all.length), all: numberText(this.open) };
    setText(this.more, this.rest.count ? t("{n} terburuk dari {all} ada di layar ini; gulir atau cari untuk yang lain", facts) : t("gulir untuk yang berikut"));
  }

  /** How many incidents are open, also those that are not on this screen. */
  get open() {
    return this.all.length + this.rest.count;
  }

  // The chosen row is always drawn, however far down it stands.
  reach() {
    return Math.max(this.limit, this.shownIds.indexOf(this.chosen) + 10);
  }

  row(id, isGone) {
    if (!this.rows.has(id)) this.rows.set(id, new QueueRow(id));
    const row = this.rows.get(id);
    row.show(this.lines.get(id), id === this.chosen, isGone);
    return row.element;
  }

  forget(wantedIds) {
    const wanted = new Set(wantedIds);
    for (const id of [...this.lines.keys()]) if (!wanted.has(id)) (this.lines.delete(id), this.rows.delete(id));
  }

  announce(count) {
    this.news.hidden = count === 0;
    if (count) setText(this.news.querySelector("span"), t("{n} baru, tampilkan", { n: count }));
  }

  count(shown) {
    for (const [show, chip] of this.chips) {
      setText(chip.querySelector(".chip-name"), SHOW_NAMES[show]);
      setText(chip.querySelector(".chip-count"), this.countOf(show));
      chip.setAttribute("aria-pressed", String(show === this.filters.show));
    }
    this.empty.hidden = shown > 0 || this.rest.hasMore(this.filters);
    if (!shown) this.sayEmpty();
  }

  // Of what is not on this screen only the whole is counted: "300+" are those at least; of none here nothing is said.
  countOf(show) {
    const n = this.all.filter((line) => passes(line, { ...this.filters, show, q: "" }, typeName)).length;
    if (!this.rest.count) return numberText(n);
    if (show === "open" && !narrowed(this.filters)) return numberText(this.open);
    return n ? `${numberText(n)}+` : "";
  }

  sayEmpty() {
    const { seq } = this.live.picture;
    const facts = { n: numberText(seq), time: at(this.live.freshAt) };
    const isFiltered = this.all.length > 0;
    setText(this.empty.querySelector("strong"), isFiltered ? t("Tidak ada kejadian dalam saringan ini") : t("0 kejadian terbuka"));
    setText(this.empty.querySelector("span"), isFiltered ? t("{n} kejadian lain terbuka; hapus saringan untuk melihatnya.", { n: numberText(this.open) }) : t("pada entri {n}, pukul {time}", facts));
  }

  grow() {
    if (this.more.hidden) return;
    this.limit += AT_ONCE;
    this.draw(); // asks for more where the picture has no more
  }

  release() {
    this.isHeld = false;
    this.stopReading();
    this.draw();
  }

  // Who goes through the list by keys has it standing still too, until they pause.
  holdForReader() {
    this.isRead = true;
    clearTimeout(this.reading);
    this.reading = setTimeout(() => (this.stopReading(), this.draw()), READS_MS);
  }

  stopReading() {
    clearTimeout(this.reading);
    this.isRead = false;
  }

  /** What waits comes in now, the worst on top. */
  showNews() {
    this.release();
    this.box.scrollTo({ top: 0 });
  }

  // ---- choosing

  filter(change) {
    Object.assign(this.filters, change);
    this.limit = AT_ONCE;
    this.isHeld = false;
    this.stopReading();
    this.draw();
    this.dispatchEvent(new CustomEvent("filter", { detail: this.filters }));
  }

  chooseAt(event) {
    const row = event.target.closest(".queue-row");
    if (row) this.tellChosen(Number(row.dataset.id) || row.dataset.id);
  }

  move(step) {
    this.holdForReader();
    const place = this.shownIds.indexOf(this.chosen);
    const next = this.shownIds[place < 0 ? 0 : Math.min(this.shownIds.length - 1, Math.max(0, place + step))];
    if (next !== undefined) this.tellChosen(next);
  }

  // Two rows change their look; only a row not drawn yet needs the whole list.
  showChosen() {
    const isDrawn = this.rows.get(this.chosen)?.element.isConnected;
    if (isDrawn) this.mark(this.chosen);
    else if (this.all && this.chosen !== null) this.paint(this.gone);
  }

  mark(id) {
    this.rows.get(id)?.mark(id === this.chosen);
  }

  tellChosen(id) {
    this.dispatchEvent(new CustomEvent("choose", { detail: id }));
  }

  choose(id) {
    const before = this.chosen;
    this.chosen = id;
    this.mark(before);
    if (id === null) this.list.removeAttribute("aria-activedescendant");
    else this.list.setAttribute("aria-activedescendant", `row-${id}`);
    this.showChosen();
    this.showInSight(id);
  }

  // Rows out of sight have guessed heights: where one lies is known only when its neighbours are drawn.
  showInSight(id, tries = 3) {
    if (id !== this.chosen || !tries) return;
    document.getElementById(`row-${id}`)?.scrollIntoView({ block: "nearest" });
    requestAnimationFrame(() => this.showInSight(id, tries - 1));
  }
}

