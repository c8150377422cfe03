// Filters of the queue and the views saved of them: a sheet under one button, one key for each view, all of it in the URL.
import { get, post } from "./api.js";
import { fill, h, icon, setText } from "./dom.js";
import { INCIDENT_STATES, PRIORITIES, named, typeCodes, typeName } from "./names.js";
import { NARROWS, narrowed, readFilters, writeFilters } from "./order.js";
import { toast } from "./toast.js";
import { capital, t } from "./words.js";

const NAMES = { priority: t("Prioritas"), state: t("Keadaan"), type: t("Jenis"), agency: capital(t("instansi")), area: t("Kecamatan") };

/** The filters of a view, everything it does not say as usual. */
export const filtersOf = (query) => readFilters(`?${query}`);

/** The query of the filters that a view keeps: not the words somebody searches for. */
export const queryOf = ({ q, ...filters }) => writeFilters(filters).slice(1);

/** Tells "change" when the views are there or changed. */
export class Views extends EventTarget {
  constructor(live, queue, element) {
    super();
    Object.assign(this, { live, queue, element, views: [] });
    this.sheet = element.querySelector(".filter-sheet");
    this.count = element.querySelector(".filter-count");
    element.addEventListener("toggle", () => element.open && this.draw());
    element.addEventListener("keydown", (event) => event.key === "Escape" && this.leave() && event.stopPropagation());
    document.addEventListener("pointerdown", ({ target }) => !element.contains(target) && (element.open = false));
    queue.addEventListener("filter", () => this.say());
    this.say();
    this.fetch();
  }

  async fetch() {
    try {
      this.take((await get("/queue/views")).views);
    } catch {
      // without its views the queue stands as it is; the next opening asks again
    }
  }

  take(views) {
    this.views = views;
    this.dispatchEvent(new Event("change"));
    if (this.element.open) this.draw();
  }

  /** How many filters are set stands on the button, so that nobody takes a part for the whole. */
  say() {
    const n = narrowed(this.queue.filters);
    setText(this.count, n ? String(n) : "");
    this.element.classList.toggle("is-set", n > 0);
    if (this.element.open) this.draw();
  }

  /** Open the sheet and go to its first filter. */
  open() {
    this.element.open = true;
    this.draw();
    this.sheet.querySelector("select").focus();
  }

  /** Close the sheet; false when it was closed. */
  leave() {
    if (!this.element.open) return false;
    this.element.open = false;
    this.element.querySelector("summary").focus();
    return true;
  }

  /** Look through the view on this key; false when there is none. */
  use(digit) {
    const view = this.views.find((one) => one.digit === digit);
    if (!view) return false;
    this.queue.filter(filtersOf(view.query));
    toast(t("Tampilan: {name}", { name: view.name }));
    return true;
  }

  // ---- the sheet

  draw() {
    if (!this.views.length) this.fetch();
    const focus = this.sheet.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    fill(this.sheet, ...Object.keys(NARROWS).map((name) => this.field(name)), this.clearer(), h("h3", {}, t("Tampilan")), this.list(), this.keeper());
    if (focus) this.sheet.querySelector(`[data-key="${focus}"]`)?.focus();
  }

  field(name) {
    const chosen = this.queue.filters[name];
    const known = this.choices()[name];
    const choices = chosen && !known.some(([code]) => code === chosen) ? [...known, [chosen, chosen]] : known;
    const options = [["", t("semua")], ...choices].map(([code, words]) => h("option", { value: code, selected: code === chosen }, words));
    return h("label.filter-field", {}, h("span", {}, NAMES[name]), h("select.input", { data: { key: name }, onchange: ({ target }) => this.queue.filter({ [name]: target.value }) }, options));
  }

  choices() {
    const { incidents, units } = this.live.picture;
    const agencies = new Set([...units.values()].map((one) => one.agency_code).filter(Boolean));
    return {
      priority: Object.keys(PRIORITIES).map((code) => [code, `${code} ${named(PRIORITIES, code)}`]),
      state: Object.keys(INCIDENT_STATES).filter((code) => code !== "closed").map((code) => [code, named(INCIDENT_STATES, code)]),
      type: typeCodes().map((code) => [code, typeName(code)]).sort(byName),
      agency: [...agencies].sort().map((code) => [code, code]),
      area: [...areasOf(incidents.values())].sort(byName),
    };
  }

  clearer() {
    const isSet = narrowed(this.queue.filters) > 0 || this.queue.filters.show !== "open";
    return h("button.btn.btn-small", { type: "button", disabled: !isSet, data: { key: "clear" }, onclick: () => this.queue.filter({ ...filtersOf(""), q: this.queue.filters.q }) }, t("Hapus saringan"));
  }

  list() {
    const now = queryOf(this.queue.filters);
    return h("ul.view-list", {}, this.views.map((view) => h("li", {},
      h("button.view-use", { type: "button", "aria-pressed": String(sameQuery(view.query, now)), data: { key: `use-${view.digit}` }, onclick: () => this.use(view.digit) }, h("kbd", {}, `Shift+${view.digit}`), ` ${view.name}`),
      view.is_own && h("button.btn.btn-quiet.btn-small", { type: "button", data: { key: `drop-${view.digit}` }, "aria-label": t("Hapus tampilan {name}", { name: view.name }), onclick: () => this.drop(view.digit) }, icon("x")))));
  }

  keeper() {
    const free = [9, 8, 7, 6, 5, 4, 3, 2, 1].filter((digit) => !this.views.some((view) => view.digit === digit && view.is_own)).reverse();
    const used = new Set(this.views.map(({ digit }) => digit));
    const first = free.find((digit) => !used.has(digit)) ?? free[0] ?? 9;
    const name = h("input.input", { type: "text", required: true, maxlength: 40, autocomplete: "off", data: { key: "name" }, "aria-label": t("Nama tampilan"), placeholder: t("Nama tampilan") });
    const digit = h("select.input", { data: { key: "digit" }, "aria-label": t("Tombol tampilan") }, [1, 2, 3, 4, 5, 6, 7, 8, 9].map((one) => h("option", { value: one, selected: one === first }, `Shift+${one}`)));
    return h("form.view-keep", { onsubmit: (event) => (event.preventDefault(), this.keep(Number(digit.value), name.value)) }, name, digit, h("button.btn.btn-small.btn-primary", { type: "submit", data: { key: "keep" } }, icon("device-floppy"), " ", t("Simpan")));
  }

  async keep(digit, name) {
    await this.change(() => post(`/queue/views/${digit}`, { name, query: queryOf(this.queue.filters) }));
  }

  async drop(digit) {
    await this.change(() => post(`/queue/views/${digit}/drop`));
  }

  async change(deed) {
    try {
      await deed();
      await this.fetch();
    } catch (problem) {
      toast(problem.message, { isBad: true });
    }
  }
}

const byName = ([, a], [, b]) => a.localeCompare(b);

const sameQuery = (a, b) => JSON.stringify(filtersOf(a)) === JSON.stringify(filtersOf(b));

// "Pringgabaya, Kec. Pringgabaya" of 52.03.01.2001 names 52.03.01.
function areasOf(incidents) {
  const areas = new Map();
  for (const { area_code: code, place } of incidents) {
    if (!code || code.length < 8 || areas.has(code.slice(0, 8))) continue;
    const said = /Kec\.\s*([^,(]+)/.exec(place ?? "");
    areas.set(code.slice(0, 8), said ? said[1].trim() : code.slice(0, 8));
  }
  return areas;
}
