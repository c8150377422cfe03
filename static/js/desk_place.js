// Where the call is: typed, picked from the list, or clicked on the map; a point keeps how it was found and its doubt.
import { get } from "./api.js";
import { withPoint, withText } from "./call_form.js";
import { sayCoordinates } from "./coordinates.js";
import { PlaceBox, surePoint } from "./place_box.js";
import { t } from "./words.js";

const $ = (id) => document.getElementById(id);

export class PlacePart {
  /** `desk` holds the form and changes it; `map` shows the point. */
  constructor(desk, map) {
    Object.assign(this, { desk, map });
    this.box = new PlaceBox($("place"), $("place-list"), { find: findPlaces, onText: (text) => this.typed(text), onPick: (option) => this.picked(option) });
    $("radius").addEventListener("input", () => this.radiusTyped($("radius").value));
    $("drop-point").addEventListener("click", () => desk.change({ point: null }));
  }

  typed(text) {
    const { form } = this.desk;
    const sure = surePoint(text);
    const point = sure && !samePoint(sure, form.point) ? sure : sure ? form.point : withText(form, text).point;
    this.desk.change({ text, point });
    if (!point || point !== sure) return;
    this.map.goTo(point);
    this.nameVillage(point);
  }

  picked(option) {
    this.desk.change(withPoint(this.desk.form, option.point, option.text));
    if (option.point) this.map.goTo(option.point);
    $("place").focus();
  }

  async clicked({ lon, lat, radius_m }) {
    const point = { lon, lat, radius_m, method: "map", name: sayCoordinates({ lon, lat }, document.documentElement.lang) };
    this.desk.change({ point });
    await this.nameVillage(point);
  }

  // The village of a point, for the one who reads it back to the caller; "sekitar" where no boundary says so.
  async nameVillage(point) {
    const { place } = await get(`/places/reverse?lon=${point.lon}&lat=${point.lat}`).catch(() => ({}));
    if (!place || !samePoint(this.desk.form.point, point)) return;
    const name = place.approximate ? t("sekitar {place}", { place: place.full }) : place.full;
    this.desk.change({ point: { ...this.desk.form.point, name: `${name} (${point.name})`, area_code: place.code } });
  }

  radiusTyped(value) {
    const { point } = this.desk.form;
    if (point) this.desk.change({ point: { ...point, radius_m: Number(value.replace(",", ".")) } });
  }
}

// A house without a gazetteer has no such door: asked once, not at every letter.
let hasPlaces = true;
async function findPlaces(text, signal) {
  if (!hasPlaces) return {};
  try {
    return await get(`/places?q=${encodeURIComponent(text)}`, { signal });
  } catch (problem) {
    if (problem.status === 404) hasPlaces = false;
    throw problem;
  }
}

const samePoint = (a, b) => Boolean(a && b) && a.lon === b.lon && a.lat === b.lat;
