// The place box: words, coordinates and suggestions in one input, picked by arrow keys, never silently.
import { readCoordinates, sayCoordinates } from "./coordinates.js";
import { fill, h } from "./dom.js";
import { page } from "./page.js";
import { distanceText, t } from "./words.js";

const PAUSE_MS = 160;
const LEAVE_MS = 150; // a click on the list takes the focus for a moment
const LONGEST = 7;
const LEAST_LETTERS = 2;
const LANGUAGE = globalThis.document?.documentElement.lang || "id";
const CREDIT = page.places_credit ?? "";
const USUAL_DOUBT_M = 1500; // a place of the gazetteer that does not say how large it is

/** What one coordinate or place in a list would put on the map: {point, text, name, rest, radius_m, doubt}. */
export function optionsFor(text, places) {
  const spoken = readCoordinates(text);
  const others = spoken ? places.filter(({ kind }) => kind !== "position") : places;
  return [...(spoken ? [coordinateOption(text, spoken)] : []), ...others.map((place) => placeOption(text, place))].slice(0, LONGEST);
}

function coordinateOption(text, { lat, lon, radius_m, rest, doubt }) {
  const words = rest ? text.slice(0, text.length - rest.length).trim() : text.trim();
  const name = sayCoordinates({ lat, lon }, LANGUAGE);
  return { point: { lon, lat, radius_m, method: "coordinates", name, words }, text, name, rest: doubtWords(doubt), radius_m, doubt };
}

const DOUBTS = {
  hemisphere: () => t("minus tidak tertulis; lintang selatan?"),
  swapped: () => t("lintang dan bujur tertukar?"),
  abroad: () => t("di luar Indonesia"),
};
const doubtWords = (doubt) => DOUBTS[doubt]?.() ?? t("koordinat");

// By what it was found; a name that was written as it is needs no words.
const HOWS = {
  beginning: () => t("baru awal namanya"), spelling: () => t("ejaan mirip"),
  coordinates: () => t("koordinat"), link: () => t("dari tautan peta"), plus_code: () => t("Plus Code"),
};
const KINDS = {
  district: () => t("seluruh kecamatan"), regency: () => t("seluruh kabupaten"), province: () => t("seluruh provinsi"),
  landmark: () => t("patokan"), facility: () => t("fasilitas"),
};

function placeOption(typed, place) {
  const full = place.kind === "position" ? [place.name, place.full].filter(Boolean).join(", ") : place.full;
  const [head, ...others] = full.split(",");
  const found = [KINDS[place.kind]?.(), place.doubt ? doubtWords(place.doubt) : HOWS[place.how]?.(), place.lon === null && t("belum ada titiknya")];
  return {
    point: place.lon === null ? null : pointOf(place, full),
    text: withTyped(full, typed), name: head, rest: [others.join(",").trim(), ...found].filter(Boolean).join(" · "),
    radius_m: place.radius_m, doubt: place.doubt || null,
  };
}

function pointOf({ lon, lat, radius_m, code, kind }, full) {
  const method = kind === "position" ? "coordinates" : "place";
  return { lon, lat, radius_m: radius_m ?? USUAL_DOUBT_M, method, area_code: code || null, name: full, words: full };
}

/** The patokan the caller gave stays behind the name of the place. */
export function withTyped(name, typed) {
  const said = typed.trim();
  return !said || name.toLowerCase().includes(said.toLowerCase()) ? name : `${name} (${said})`.slice(0, 200);
}

/** Coordinates without a doubt need no picking. */
export const surePoint = (text) => {
  const [first] = optionsFor(text, []);
  return first && first.doubt === null ? first.point : null;
};

/** Sure coordinates are already on the map: the list shows only what still needs a choice. */
export const toPick = (text, places) => optionsFor(text, places).filter((option) => option.doubt !== null || option.point?.method !== "coordinates");

const isSearchable = (text) => text.trim().length >= LEAST_LETTERS && !surePoint(text);

const note = (words) => h("li.place-note.muted.small", { role: "presentation" }, words);

/** `find(text, signal)` gives {places, equal, hint}; `onText(text)` and `onPick(option)` tell the form. */
export class PlaceBox {
  constructor(input, list, { find, onText, onPick }) {
    Object.assign(this, { input, list, find, onText, onPick, options: [], active: -1, timer: null, asking: null });
    input.addEventListener("input", () => this.typed());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => setTimeout(() => document.activeElement === input || this.close(), LEAVE_MS));
  }

  typed() {
    this.onText(this.input.value);
    clearTimeout(this.timer);
    this.show(toPick(this.input.value, []));
    if (isSearchable(this.input.value)) this.timer = setTimeout(() => this.ask(this.input.value), PAUSE_MS);
  }

  async ask(text) {
    this.asking?.abort();
    this.asking = new AbortController();
    try {
      const { places = [], equal = false, hint = "" } = await this.find(text, this.asking.signal);
      if (text === this.input.value && document.activeElement === this.input) this.show(toPick(text, places), { equal, hint });
    } catch { /* without a gazetteer, or with a slow one, the words themselves are the place */ }
  }

  // Among equals none is marked beforehand: Enter alone must not choose for the caller.
  show(options, { equal = false, hint = "" } = {}) {
    this.options = options;
    this.rows = options.map((option, place) => this.row(option, place));
    const words = hint || (equal && options.length > 1 ? t("Beberapa sama kuat: tanyakan kecamatannya, lalu pilih dengan panah.") : "");
    fill(this.list, words && note(words), ...this.rows, options.length > 0 && CREDIT && note(CREDIT));
    this.list.hidden = options.length === 0 && !words;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.activate(options.length && !equal ? 0 : -1);
  }

  row(option, place) {
    const pick = (event) => (event.preventDefault(), this.pick(place));
    return h("li", { id: `place-option-${place}`, role: "option", "aria-selected": "false", onpointerdown: pick },
      h("span", {}, h("b", {}, option.name), option.rest ? ` · ${option.rest}` : ""),
      option.point && h("span.muted.num", {}, `±${distanceText(option.radius_m)}`));
  }

  activate(place) {
    this.active = place;
    this.rows.forEach((row, i) => row.setAttribute("aria-selected", String(i === place)));
    if (place < 0) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", `place-option-${place}`);
    this.rows[place].scrollIntoView({ block: "nearest" });
  }

  get isOpen() {
    return !this.list.hidden;
  }

  key(event) {
    const deed = this.isOpen && (this.options.length > 0 || event.key === "Escape") && !event.ctrlKey && !event.altKey && this.deedOf(event.key);
    if (!deed) return;
    event.preventDefault();
    event.stopPropagation();
    deed();
  }

  deedOf(key) {
    const count = this.options.length;
    return {
      ArrowDown: () => this.activate((this.active + 1) % count),
      ArrowUp: () => this.activate((Math.max(0, this.active) - 1 + count) % count),
      Enter: () => this.active >= 0 && this.pick(this.active),
      Escape: () => this.close(),
    }[key];
  }

  pick(place) {
    const option = this.options[place];
    this.close();
    this.onPick(option);
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.show([]);
  }
}
