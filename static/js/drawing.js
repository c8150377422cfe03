// Drawing on the map: areas, lines and points for everybody's screen, and facilities; the tools are Leaflet-Geoman's.
import * as L from "../vendor/leaflet-src.esm.js";
import { get, post } from "./api.js";
import { atFully, now } from "./clock.js";
import { h } from "./dom.js";
import { facilityForm } from "./facilities.js";
import { ActionForm, choiceField, longField, textField } from "./form.js";
import { typeName } from "./names.js";
import { may } from "./page.js";
import { signMark } from "./signs.js";
import { aim, clickMiddle, spotButtons } from "./spots.js";
import { confirmable } from "./sure.js";
import { toast } from "./toast.js";
import { capital, numberText, t } from "./words.js";
import { LASTS, ZONE_KINDS, endsAt, facilityWord, fullness, zoneLabel, zoneWord } from "./zone_words.js";
import { standing } from "./zones.js";

const RECORD = 20; // struck areas told in the sheet
const LISTED = 30; // facilities told at once; the search finds the others
const PLAIN = { tooltips: false, snappable: true, snapDistance: 12, allowSelfIntersection: true, continueDrawing: false, cursorMarker: true };

export class Drawing {
  constructor(board, sheet) {
    Object.assign(this, { board, sheet, map: board.map, live: board.live, preview: null });
    this.live.addEventListener("change", ({ detail: { changed } }) => changed.zones?.size && this.isListing && this.list());
  }

  get isListing() {
    return this.sheet.name === "draw" && this.sheet.element.contains(this.record);
  }

  toggle() {
    return this.sheet.name === "draw" ? this.sheet.close() : this.open();
  }

  open() {
    this.clear();
    this.record = h("section.zone-record", { "aria-label": t("Area di peta") });
    this.sheet.open("draw", may("zone.draw") ? t("Gambar di peta") : t("Area di peta"), [...this.choices(), this.record, this.facilities()], { onClose: () => this.end() });
    this.list();
  }

  // Every facility can be reached without the pointer: by its name.
  facilities() {
    const rows = h("ul.zone-record", {});
    const find = h("input", { type: "search", autocomplete: "off", oninput: () => this.findFacilities(find.value, rows), "aria-label": t("Cari fasilitas") });
    this.findFacilities("", rows);
    return h("details.facility-list", {}, h("summary", {}, t("Fasilitas di peta ({n})", { n: numberText(this.live.picture.facilities.size) })), h("div.field", {}, find), rows);
  }

  findFacilities(words, rows) {
    const wanted = words.toLowerCase();
    const cards = [...this.live.picture.facilities.values()].filter(({ name, kind }) => `${name} ${facilityWord(kind)}`.toLowerCase().includes(wanted));
    rows.replaceChildren(...cards.sort((a, b) => a.name.localeCompare(b.name)).slice(0, LISTED).map((card) => this.facilityLine(card)));
  }

  facilityLine(card) {
    const change = may("facility.manage") && h("button.btn.btn-small", { type: "button", onclick: () => this.changeFacility(card) }, t("Ubah"));
    return h("li.zone-line", {}, h("span.line", {}, signMark(`facility-${card.kind}`), h("b", {}, card.name)), h("span.muted.small", {}, [facilityWord(card.kind), fullness(card)].filter(Boolean).join(" · ")), h("span.line", {}, h("button.btn.btn-small", { type: "button", onclick: () => this.board.showFacility(card) }, t("Tunjukkan")), change));
  }

  choices() {
    const zones = may("zone.draw") && Object.entries(ZONE_KINDS).map(([kind, { word }]) => h("button.btn.draw-kind", { type: "button", data: { draw: kind }, onclick: () => this.begin(kind) }, signMark(`zone-${kind}`), capital(word)));
    const facility = may("facility.manage") && h("button.btn.draw-kind", { type: "button", data: { draw: "facility" }, onclick: () => this.begin("facility") }, signMark("facility-shelter"), t("Fasilitas baru"));
    if (!zones && !facility) return [h("p.muted", {}, t("Peran Anda dapat melihat area ini, tidak menggambarnya."))];
    return [h("div.draw-kinds", {}, zones || [], facility)];
  }

  // ---- what is drawn, and what was struck

  async list() {
    const stand = standing(this.live.picture.zones).sort((a, b) => b.id - a.id);
    this.fillRecord(stand, this.struck ?? []);
    const { features } = await get("/zones?struck=true").catch(() => ({ features: [] }));
    const known = new Set(stand.map(({ id }) => id));
    this.struck = features.map(({ properties }) => properties).filter(({ id }) => !known.has(id)).sort((a, b) => b.id - a.id).slice(0, RECORD);
    if (this.isListing) this.fillRecord(stand, this.struck);
  }

  fillRecord(stand, struck) {
    const empty = !stand.length && !struck.length && h("p.empty", {}, t("Belum ada area di peta. Pilih jenisnya di atas, lalu gambar."));
    this.record.replaceChildren(...[empty || h("h3", {}, t("Di peta")), !empty && h("ul", {}, stand.map((card) => this.line(card)), struck.map((card) => struckLine(card)))].filter(Boolean));
  }

  line(card) {
    const until = card.expires_at ? t("sampai {time}", { time: atFully(card.expires_at) }) : t("sampai dicoret");
    return h("li.zone-line", { data: { zone: card.id } },
      h("span.line", {}, signMark(`zone-${card.kind}`), h("b", {}, zoneLabel(card))),
      h("span.muted.small", {}, t("{by}, {time}; {until}", { by: card.by, time: atFully(card.drawn_at), until })),
      h("span.line", {}, h("button.btn.btn-small", { type: "button", onclick: () => this.board.showZone(card) }, t("Tunjukkan")), may("zone.draw") && h("button.btn.btn-small", { type: "button", data: { strike: card.id }, onclick: () => this.strike(card) }, t("Coret"))));
  }

  // ---- drawing

  async begin(kind) {
    const pm = await this.tools().catch(() => null);
    if (!pm) return toast(t("Alat gambar tidak dapat dimuat; periksa jaringan ke server, lalu coba lagi."), { isBad: true });
    this.clear();
    this.board.isBusy = true;
    const draws = ZONE_KINDS[kind]?.draws ?? "Marker";
    const deeds = this.deedsFor(draws, kind);
    this.sheet.fill(h("p.line", {}, signMark(kind === "facility" ? "facility-shelter" : `zone-${kind}`), h("b", {}, capital(kind === "facility" ? t("fasilitas") : zoneWord(kind)))), h("p", {}, HINTS[draws]), spotButtons(deeds));
    this.wait = ({ layer }) => this.take(kind, layer);
    this.map.once("pm:create", this.wait);
    pm.enableDraw(draws, { ...PLAIN, ...inkOf(getComputedStyle(document.documentElement).getPropertyValue("--focus").trim()) });
    this.stopAiming = aim(this.board.element, this.map, deeds);
  }

  // Nothing of it is loaded before someone draws.
  async tools() {
    if (!this.map.pm) {
      const { default: PM } = await import("../vendor/leaflet-geoman.js");
      PM.reInitLayer(this.map);
      this.map.pm.setGlobalOptions({});
    }
    return this.map.pm;
  }

  deedsFor(draws, kind) {
    const tool = () => this.map.pm.Draw[draws];
    const many = draws !== "Marker" && { undo: () => this.undo(tool(), kind), done: () => this.finish(tool(), draws) };
    return { add: () => clickMiddle(this.map), ...many, cancel: () => this.open() };
  }

  // The tool puts itself away with its first point; whoever takes that back wants to begin anew.
  undo(tool, kind) {
    return cornersOf(tool) > 1 ? tool._removeLastVertex() : this.begin(kind);
  }

  finish(tool, draws) {
    const count = cornersOf(tool);
    const least = draws === "Polygon" ? 3 : 2;
    if (count < least) return toast(t("Perlu paling sedikit {n} titik.", { n: least }), { isBad: true });
    tool._finishShape();
  }

  take(kind, layer) {
    const { geometry } = layer.toGeoJSON(6);
    layer.remove();
    this.clear();
    this.showPreview(geometry);
    this.board.isBusy = true;
    const done = (entry) => (toast(told(kind, entry)), this.open());
    const form = kind === "facility" ? facilityForm({ ...placeOf(geometry), onDone: done, onClose: () => this.open() }) : this.zoneForm(kind, geometry, done);
    this.sheet.fill(form.element);
    form.focus();
  }

  showPreview(geometry) {
    this.preview = L.geoJSON(geometry, { interactive: false, style: () => ({ className: "draw-line", renderer: (this.ink ??= L.svg({ pane: "measure" })) }), pointToLayer: (_, spot) => L.marker(spot, { interactive: false, icon: L.divIcon({ className: "draw-spot", iconSize: [18, 18] }) }) }).addTo(this.map);
  }

  zoneForm(kind, shape, onDone) {
    const incidents = [...this.live.picture.incidents.values()].sort((a, b) => b.id - a.id);
    const fields = [
      textField("words", t("Keterangan singkat"), { hint: t("yang tampil di peta, misalnya nama dusun atau ruas jalan") }),
      choiceField("lasts", t("Berlaku sampai"), LASTS, { blank: t("dicoret"), required: false }),
      choiceField("incident_id", t("Untuk kejadian"), Object.fromEntries(incidents.map((one) => [one.id, `${one.number} ${typeName(one.type)}`])), { blank: t("tidak untuk satu kejadian"), required: false, value: this.board.chosenId ?? "" }),
    ];
    const send = ({ words, lasts, incident_id, confirmed }, uid) => post("/zones", { uid, kind, shape, words: words.trim() || undefined, expires_at: endsAt(lasts, now()), incident_id: Number(incident_id) || undefined, ...(confirmed ? { confirmed: true } : {}) });
    return confirmable(new ActionForm({ title: capital(zoneWord(kind)), fields, submit: t("Tampilkan di semua layar"), send, onDone, onClose: () => this.open() }));
  }

  // ---- striking, changing, closing

  strike(card) {
    this.board.closePopup();
    if (this.sheet.name !== "draw") this.open();
    const form = new ActionForm({
      title: t("Coret: {what}", { what: zoneLabel(card) }), submit: t("Coret"), isDangerous: true,
      fields: [longField("why", t("Mengapa tidak berlaku lagi"), { required: true, maxlength: 200 })],
      send: ({ why }, uid) => post(`/zones/${card.id}/strike`, { uid, why: why.trim() }),
      onDone: () => (toast(t("Area dicoret; catatannya tetap ada.")), this.open()), onClose: () => this.open(),
    });
    this.sheet.fill(form.element);
    form.focus();
  }

  changeFacility(card) {
    this.board.closePopup();
    if (this.sheet.name !== "draw") this.open();
    const form = facilityForm({ card, onDone: () => (toast(t("Fasilitas disimpan.")), this.open()), onClose: () => this.open() });
    this.sheet.fill(form.element);
    form.focus();
  }

  closeFacility(card) {
    this.board.closePopup();
    if (this.sheet.name !== "draw") this.open();
    const form = new ActionForm({
      title: t("Tutup: {what}", { what: card.name }), submit: t("Tutup fasilitas"), isDangerous: true,
      fields: [longField("why", t("Mengapa ditutup"), { maxlength: 200 })],
      send: ({ why }, uid) => post(`/facilities/${card.id}/close`, { uid, why: why.trim() || undefined }),
      onDone: () => (toast(t("Fasilitas ditutup.")), this.open()), onClose: () => this.open(),
    });
    this.sheet.fill(form.element);
    form.focus();
  }

  clear() {
    this.map.pm?.disableDraw();
    if (this.wait) this.map.off("pm:create", this.wait);
    this.preview?.remove();
    this.stopAiming?.();
    Object.assign(this, { wait: null, preview: null, stopAiming: null });
    this.board.isBusy = false;
  }

  end() {
    this.clear();
  }
}

const inkOf = (color) => ({
  markerStyle: { icon: L.divIcon({ className: "draw-spot", iconSize: [18, 18] }) },
  templineStyle: { color, weight: 3 }, hintlineStyle: { color, weight: 2, dashArray: "5 5" }, pathOptions: { color },
});

const HINTS = {
  Polygon: t("Tandai sudut-sudutnya; klik titik pertama lagi atau tekan Selesai untuk menutupnya."),
  Line: t("Ikuti jalannya titik demi titik; klik titik terakhir lagi atau tekan Selesai."),
  Marker: t("Tunjuk tempatnya."),
};

const cornersOf = (tool) => tool._layer?.getLatLngs().flat().length ?? 0;

const placeOf = ({ coordinates: [lon, lat] }) => ({ lon, lat });

function told(kind, entry) {
  if (kind === "facility") return t("Fasilitas ada di peta semua orang.");
  return entry.body?.mended ? t("Area tampil di semua layar; garis yang bersilangan sudah dirapikan.") : t("Area tampil di semua layar.");
}

const struckLine = (card) =>
  h("li.zone-line.is-struck", {}, h("span.line", {}, signMark(`zone-${card.kind}`), h("s", {}, zoneLabel(card))), h("span.muted.small", {}, t("{by}, {time}", { by: card.by, time: atFully(card.drawn_at) })), h("span.small", {}, card.struck ? t("dicoret: {why}", { why: card.struck_why ?? "" }) : t("habis waktunya")));
