// The place box: words, coordinates and suggestions in one input, picked by arrow keys, never silently.
import { readCoordinates, sayCoordinates } from "./coordinates.js";
import { fill, h } from "./dom.js";
import { distanceText, t } from "./words.js";

const PAUSE_MS = 160;
const LONGEST = 7;
const LEAST_LETTERS = 2;
const LANGUAGE = globalThis.document?.documentElement.lang || "id";
const USUAL_DOUBT_M = 1500; // a place of the gazetteer that does not say how large it is

/** What one coordinate or place in a list would put on the map: {point, text, name, rest, doubt_m}. */
export function optionsFor(text, places) {
  const spoken = readCoordinates(text);
  return [...(spoken ? [coordinateOption(text, spoken)] : []), ...places.map((place) => placeOption(text, place))].slice(0, LONGEST);
}

function coordinateOption(text, { lat, lon, radius_m, rest, doubt }) {
  const words = rest ? text.slice(0, text.length - rest.length).trim() : text.trim();
  const name = sayCoordinates({ lat, lon }, LANGUAGE);
  return { point: { lon, lat, radius_m, method: "coordinates", name, words }, text, name, rest: doubtWords(doubt), radius_m, doubt };
}

function doubtWords(doubt) {
  if (doubt === "hemisphere") return t("minus tidak tertulis; lintang selatan?");
  return doubt === "abroad" ? t("di luar Indonesia") : t("koordinat");
}

function placeOption(typed, place) {
  const { name, code, lon, lat, kind, how } = place;
  const radius_m = place.radius_m ?? USUAL_DOUBT_M;
  const [head, ...others] = name.split(",");
  const point = { lon, lat, radius_m, method: "place", area_code: code, name, words: name };
  return { point, text: withTyped(name, typed), name: head, rest: [others.join(",").trim(), how || kind].filter(Boolean).join(" · "), radius_m, doubt: null };
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
export const toPick = (text, places) => optionsFor(text, places).filter((option) => option.doubt !== null || option.point.method !== "coordinates");

const isSearchable = (text) => text.trim().length >= LEAST_LETTERS && !surePoint(text);

/** `find(text, signal)` gives places; `onText(text)` and `onPick(option)` tell the form. */
export class PlaceBox {
  constructor(input, list, { find, onText, onPick }) {
    Object.assign(this, { input, list, find, onText, onPick, options: [], active: -1, timer: null, asking: null });
    input.addEventListener("input", () => this.typed());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
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
      const places = await this.find(text, this.asking.signal);
      if (text === this.input.value && document.activeElement === this.input) this.show(toPick(text, places));
    } catch { /* without a gazetteer, or with a slow one, the words themselves are the place */ }
  }

  show(options) {
    this.options = options;
    fill(this.list, ...options.map((option, place) => this.row(option, place)));
    this.list.hidden = options.length === 0;
    this.input.setAttribute("aria-expanded", String(options.length > 0));
    this.activate(options.length ? 0 : -1);
  }

  row(option, place) {
    const pick = (event) => (event.preventDefault(), this.pick(place));
    return h("li", { id: `place-option-${place}`, role: "option", "aria-selected": "false", onpointerdown: pick },
      h("span", {}, h("b", {}, option.name), option.rest ? ` · ${option.rest}` : ""),
      h("span.muted.num", {}, `±${distanceText(option.radius_m)}`));
  }

  activate(place) {
    this.active = place;
    [...this.list.children].forEach((row, i) => row.setAttribute("aria-selected", String(i === place)));
    if (place < 0) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", `place-option-${place}`);
    this.list.children[place].scrollIntoView({ block: "nearest" });
  }

  get isOpen() {
    return !this.list.hidden;
  }

  key(event) {
    const deed = this.isOpen && !event.ctrlKey && !event.altKey && this.deedOf(event.key);
    if (!deed) return;
    event.preventDefault();
    event.stopPropagation();
    deed();
  }

  deedOf(key) {
    const count = this.options.length;
    return {
      ArrowDown: () => this.activate((this.active + 1) % count),
      ArrowUp: () => this.activate((this.active - 1 + count) % count),
      Enter: () => this.pick(Math.max(0, this.active)),
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
