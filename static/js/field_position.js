// Where the team is: told only when it says so, for as long as it is on duty, and seen on the page all the while.
import { at, now } from "./clock.js";
import { setText } from "./dom.js";
import { isOnDuty, isWorthTelling } from "./position_rules.js";
import { sturdyStorage } from "./sending.js";
import { t } from "./words.js";

const CHOICE = "posko.field.position";
const WATCH = { enableHighAccuracy: true, timeout: 30_000, maximumAge: 10_000 };
const $ = (id) => document.getElementById(id);

export class Positions {
  /** `tell(body, label)` hands a position to the outbox; `unit()` is the unit's card, or undefined. */
  constructor({ unit, tell }) {
    Object.assign(this, { unit, tell, storage: sturdyStorage("localStorage"), watching: null, last: null, fault: "" });
    this.canTell = Boolean(navigator.geolocation) && globalThis.isSecureContext;
    $("share-position").checked = this.storage.getItem(CHOICE) === "on";
    $("share-position").addEventListener("change", ({ target }) => this.choose(target.checked));
    $("send-position").addEventListener("click", () => this.once());
  }

  choose(isOn) {
    this.storage.setItem(CHOICE, isOn ? "on" : "off");
    this.look();
  }

  // Off duty nothing is watched, whatever was chosen; the choice holds for the next duty.
  look() {
    const isWanted = this.canTell && $("share-position").checked && isOnDuty(this.unit());
    if (isWanted && this.watching === null) this.begin();
    if (!isWanted && this.watching !== null) this.end();
    this.draw();
  }

  begin() {
    this.watching = navigator.geolocation.watchPosition((found) => this.found(found), (lost) => this.lost(lost), WATCH);
  }

  end() {
    navigator.geolocation.clearWatch(this.watching);
    Object.assign(this, { watching: null, last: null });
  }

  once() {
    setText($("position-words"), t("Mencari posisi…"));
    navigator.geolocation.getCurrentPosition((found) => this.found(found, true), (lost) => this.lost(lost), { ...WATCH, maximumAge: 15_000 });
  }

  found({ coords, timestamp }, isAsked = false) {
    const at_ms = Math.min(timestamp + now() - Date.now(), now());
    const fix = { lon: coords.longitude, lat: coords.latitude, accuracy_m: coords.accuracy, at_ms };
    this.fault = "";
    if (!isAsked && !isWorthTelling(this.last, fix)) return;
    this.last = fix;
    // The phone measured it: there is nothing to ask back.
    this.tell({ lon: fix.lon, lat: fix.lat, confirmed: true, by_hand: isAsked, at: new Date(at_ms).toISOString() }, t("Posisi, ketelitian {n} m", { n: Math.round(fix.accuracy_m) }));
    this.draw();
  }

  lost({ code }) {
    this.fault = code === 1 ? t("Telepon melarang halaman ini membaca posisi; izinkan di setelan peramban.") : t("Posisi belum ditemukan; coba di tempat terbuka.");
    this.draw();
  }

  draw() {
    $("position").hidden = !this.unit() || !this.canTell;
    $("position").dataset.state = this.watching === null ? "off" : "on";
    setText($("position-words"), this.fault || this.words());
  }

  words() {
    const taken = this.last ? t("Posisi diambil pukul {time}, ketelitian {n} m.", { time: at(this.last.at_ms), n: Math.round(this.last.accuracy_m) }) : "";
    if (this.watching !== null) return [t("Posisi dibagikan selama dinas."), taken].filter(Boolean).join(" ");
    if ($("share-position").checked) return t("Satuan tidak dinas: posisi tidak dibagikan.");
    return [t("Posisi tidak dibagikan."), taken].filter(Boolean).join(" ");
  }
}
