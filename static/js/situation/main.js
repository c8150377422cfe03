// The situation map: one picture, its sheet, its slider. It asks nobody for anything: all it shows lies in this file.
import { facilityCard, incidentCard, listCard, unitCard, zoneCard } from "./card.js";
import { middleOf } from "../middle.js";
import { Ground } from "./ground.js";
import { Ink } from "./ink.js";
import { facilityLook, own, typeWord, zoneLook } from "./kinds.js";
import { el } from "./parts.js";
import { incidentsOf, isOpenAt, stageAt, tally } from "./picture.js";
import { counts, footnotes, kinds, legend, stages, urgent } from "./sheet.js";
import { Slider } from "./slider.js";
import { ageText, clockText, dateText, languageNow, setLanguage, t } from "./words.js";

const REACH = { mouse: 4, touch: 14 };
const STALE_S = 900;
const OLD_S = 900;
const UNIT_COLOURS = { mayday: "p1", obstructed: "amber", out_of_service: "grey" };
const CLOSE_ZOOM = 16;

const unitWords = () => ({
  standby: t("siaga"), afield: t("siaga di lapangan"), assigned: t("terima tugas"), acknowledged: t("terima tugas"), en_route: t("berangkat"), on_scene: t("di lokasi"),
  transporting: t("membawa korban"), at_referral: t("di rujukan"), obstructed: t("terkendala"), mayday: t("darurat"), out_of_service: t("tidak bertugas"),
});

const known = (word, words) => (words.includes(word) ? word : null);

class Situation {
  constructor(map, picture, asked) {
    Object.assign(this, { map, picture, made: picture.made, moment: 0, hidden: new Set() });
    this.incidents = incidentsOf(picture.incidents, picture.states);
    setLanguage(known(asked.get("lang"), ["id", "en"]) ?? this.made.language, picture.words);
    this.setTheme(known(asked.get("theme"), ["light", "dark"]) ?? document.documentElement.dataset.theme);
    this.ground = new Ground(map, picture.ground);
    this.ink = new Ink().addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    this.slider = new Slider(document.getElementById("slider"), { made: this.made, incidents: this.incidents, from: picture.from }, (moment) => this.walk(moment));
    this.draw();
    this.map.invalidateSize({ animate: false, pan: false }); // head and slider took their room
    this.fit();
    this.listen();
  }

  listen() {
    this.map.on("click", (event) => this.press(event));
    this.map.on("mousemove", ({ containerPoint }) => this.map.getContainer().classList.toggle("is-over-mark", Boolean(this.ink.at(containerPoint, REACH.mouse))));
    matchMedia("(prefers-color-scheme: light)").addEventListener("change", () => this.isThemeChosen || this.setTheme(null, true));
    if (document.documentElement.classList.contains("is-still")) addEventListener("resize", () => this.fitAgain());
    addEventListener("beforeprint", () => this.toPaper());
    addEventListener("afterprint", () => this.fromPaper());
  }

  fit() {
    const [west, south, east, north] = this.picture.ground.bounds;
    const reach = 2 * Math.max(0.3, east - west, north - south); // the coast in the file ends at twice that
    this.map.setMinZoom(3).setMaxZoom(18);
    this.map.fitBounds([[south, west], [north, east]], { padding: [20, 20], animate: false, maxZoom: 14 });
    this.map.setMinZoom(this.map.getZoom() - 1).setMaxBounds([[south - reach, west - reach], [north + reach, east + reach]]);
  }

  // Chromium without a window grows to its size only after the page stands.
  fitAgain() {
    this.map.invalidateSize({ animate: false, pan: false });
    this.fit();
    this.drawSheet();
  }

  // ---- the whole drawn anew: after another language, too

  draw() {
    document.documentElement.lang = languageNow();
    this.ink.watermark = this.made.exercise ? t("LATIHAN") : "";
    this.drawHead();
    this.slider.draw();
    this.walk(this.moment);
  }

  drawHead() {
    const { made } = this;
    const age = (Date.now() - Date.parse(made.at)) / 1000;
    const isOld = age > OLD_S;
    document.getElementById("head").replaceChildren(...[
      el("div.head-name", {}, el("p.eyebrow", {}, t("Peta situasi")), el("h1", {}, made.site)),
      made.exercise && el("strong.drill", {}, t("LATIHAN"), el("small", {}, t("bukan kejadian sungguhan"))),
      el("div.head-time", {}, el("p.eyebrow", {}, t("Data sampai")), el("p.stamp", {}, clockText(made, 0)),
        el("p.soft", {}, dateText(made, 0), isOld && el("span.old", {}, " · ", t("{age} yang lalu", { age: ageText(age) })))),
      this.tools(),
    ].filter(Boolean));
  }

  tools() {
    const other = languageNow() === "en" ? "id" : "en";
    const button = (words, label, onclick, more = {}) => el("button", { type: "button", title: label, "aria-label": label, onclick, ...more }, words);
    const isServed = location.protocol.startsWith("http");
    return el("div.tools", { role: "group", "aria-label": t("Alat") },
      button(other === "en" ? "English" : "Indonesia", null, () => this.speak(other), { lang: other }),
      button("◐", t("Ganti terang atau gelap"), () => this.setTheme(document.documentElement.dataset.theme === "light" ? "dark" : "light", true)),
      button(t("Cetak"), null, () => print()),
      isServed && el("a", { href: `?save=1&lang=${languageNow()}`, download: "" }, t("Simpan")),
      isServed && el("a", { href: `situation.png?lang=${languageNow()}`, download: "" }, "PNG"));
  }

  speak(code) {
    setLanguage(code, this.picture.words);
    this.map.closePopup();
    this.draw();
  }

  setTheme(name, isLater) {
    this.isThemeChosen = Boolean(name);
    document.documentElement.dataset.theme = name ?? (matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark");
    if (isLater) this.paintAgain();
  }

  paintAgain() {
    this.ground.paintAgain();
    this.ink.readColours();
    this.show();
  }

  // ---- one moment

  walk(moment) {
    this.moment = moment;
    document.documentElement.classList.toggle("is-past", moment < 0);
    this.show();
    this.drawSheet();
  }

  drawSheet() {
    const sum = tally(this.incidents, this.moment);
    const { types } = this.picture;
    document.getElementById("sheet").replaceChildren(...[
      this.moment < 0 && el("p.past", {}, t("Keadaan pada {when}, bukan yang terbaru", { when: clockText(this.made, this.moment) })),
      counts(sum), stages(sum), urgent(this.incidents, this.moment, types, (one) => this.choose(one)), kinds(sum, types),
      legend(this.picture, this.hidden, (name) => this.flip(name)), footnotes(this.picture),
    ].filter(Boolean));
    this.keepWhole();
  }

  // On paper nobody scrolls: a row that does not fit is left out whole.
  keepWhole() {
    if (!document.documentElement.classList.contains("is-compact")) return;
    const part = document.querySelector(".part-urgent");
    const rows = [...part.querySelectorAll("li")];
    while (rows.length && part.scrollHeight > part.clientHeight) rows.pop().remove();
  }

  flip(name) {
    this.hidden.has(name) ? this.hidden.delete(name) : this.hidden.add(name);
    this.ground.setBounded(!this.hidden.has("bounds"));
    this.show();
  }

  show() {
    const zones = this.picture.zones.filter(({ kind, drawn, expires }) => !this.hidden.has(`zone-${kind}`) && drawn <= this.moment && (expires === null || expires > this.moment));
    this.ground.showZones(zones, (zone, event) => this.pressZone(zone, event));
    this.ink.show([...this.zonePoints(zones), ...this.facilityPoints(), ...this.unitPoints(), ...this.incidentPoints()], this.hidden.has("bounds") ? [] : this.placeNames());
  }

  incidentPoints() {
    const isShown = (one) => one.lon !== null && isOpenAt(one, this.moment) && !this.hidden.has(`p${one.rank}`);
    return this.incidents.filter(isShown).map((one) => ({
      kind: "incident", lon: one.lon, lat: one.lat, rank: one.rank, shape: `P${one.rank}`, thing: one,
      label: typeWord(this.picture.types, one.type, languageNow()), isWaiting: stageAt(one, this.moment) === "waiting",
    }));
  }

  // Where a unit stood an hour ago is not in this file: it is shown as it stands now, or not at all.
  unitPoints() {
    if (this.hidden.has("units") || this.moment < 0) return [];
    return this.picture.units.map((one) => ({
      kind: "unit", lon: one[1], lat: one[2], rank: 6, thing: one, colour: own(UNIT_COLOURS, one[3]) ?? "unit", isHollow: one[4] === null || one[4] > STALE_S, label: one[0],
    }));
  }

  facilityPoints() {
    return this.picture.facilities.filter(([kind]) => !this.hidden.has(`facility-${kind}`)).map((one) => ({ kind: "facility", lon: one[2], lat: one[3], rank: 7, thing: one, sign: facilityLook(one[0]).sign }));
  }

  zonePoints(zones) {
    return zones.map((zone) => [zone, middleOf(zone.shape)]).filter(([, spot]) => spot).map(([zone, [lon, lat]]) => ({ kind: "zone", lon, lat, rank: 5, thing: zone, sign: zoneLook(zone.kind).sign, colour: zoneLook(zone.kind).colour }));
  }

  placeNames() {
    return this.picture.ground.names.map(([lon, lat, level, text]) => ({ lon, lat, level, text }));
  }

  // ---- pressing

  press({ containerPoint, originalEvent }) {
    const mark = this.ink.at(containerPoint, originalEvent?.pointerType === "touch" ? REACH.touch : REACH.mouse);
    if (mark) this.open(mark);
  }

  pressZone(zone, event) {
    const mark = this.ink.at(event.containerPoint, REACH.mouse);
    mark ? this.open(mark) : this.say(event.latlng, zoneCard(zone, this.made));
  }

  open({ top, many, x, y }) {
    const spot = this.map.containerPointToLatLng([x, y]);
    if (many.length > 1 && this.map.getZoom() < CLOSE_ZOOM) return this.closer(many);
    this.say(spot, this.cardOf(top, many));
  }

  closer(many) {
    const bounds = L.latLngBounds(many.map(({ lat, lon }) => [lat, lon]));
    const zoom = Math.max(this.map.getZoom() + 1, this.map.getBoundsZoom(bounds.pad(0.2)));
    this.map.setView(bounds.getCenter(), Math.min(CLOSE_ZOOM, zoom), { animate: false });
  }

  cardOf(top, many) {
    const facts = { made: this.made, types: this.picture.types, moment: this.moment };
    if (top.kind === "incident") return many.length > 1 ? listCard(many.map(({ thing }) => thing), facts) : incidentCard(top.thing, facts);
    if (top.kind === "facility") return facilityCard(top.thing);
    return top.kind === "unit" ? unitCard(top.thing, unitWords()) : zoneCard(top.thing, this.made);
  }

  say(spot, card) {
    L.popup({ maxWidth: 300, autoPanPadding: [20, 20] }).setLatLng(spot).setContent(card).openOn(this.map);
  }

  choose(one) {
    if (one.lon === null) return;
    const spot = [one.lat, one.lon];
    if (!this.map.getBounds().pad(-0.1).contains(spot) || this.map.getZoom() < 12) this.map.setView(spot, Math.max(12, this.map.getZoom()), { animate: false });
    this.say(spot, this.cardOf({ kind: "incident", thing: one }, [one]));
  }

  // ---- on paper: light, sharp, the whole site

  toPaper() {
    this.wore = document.documentElement.dataset.theme;
    document.documentElement.classList.add("on-paper", "is-compact");
    document.documentElement.dataset.theme = "light";
    this.map.closePopup();
    this.view = [this.map.getCenter(), this.map.getZoom()];
    this.ink.sharpness = 3;
    this.map.invalidateSize({ animate: false, pan: false });
    this.fit();
    this.paintAgain();
    this.drawSheet();
  }

  fromPaper() {
    if (!this.view) return;
    document.documentElement.classList.remove("on-paper", "is-compact");
    document.documentElement.dataset.theme = this.wore;
    this.ink.sharpness = 0;
    this.map.invalidateSize({ animate: false, pan: false });
    this.map.setView(...this.view, { animate: false });
    this.paintAgain();
    this.drawSheet();
  }
}

/** Begin on a Leaflet map; `data-ready-ms` says when everything was drawn, counted from the opening of the file. */
export function begin(map) {
  const picture = JSON.parse(document.getElementById("picture").textContent);
  new Situation(map, picture, new URLSearchParams(location.search));
  requestAnimationFrame(() => setTimeout(() => { document.documentElement.dataset.readyMs = Math.round(performance.now()); }));
}
