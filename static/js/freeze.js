// The red band over everything: since when the picture is old. It sounds once each time it appears.
import { at, onTick, zoneLabel } from "./clock.js";
import { h, fill, setText } from "./dom.js";
import { soundFrozen } from "./sound.js";
import { ageText } from "./time.js";
import { t } from "./words.js";

export class FreezeBand {
  constructor(live) {
    this.live = live;
    this.element = document.getElementById("freeze");
    this.isShown = false;
    onTick(() => this.look());
    addEventListener("posko:unknown", () => this.sayUnknown());
  }

  look() {
    if (this.isUnknown) return;
    const isFrozen = this.live.isFrozen;
    if (isFrozen !== this.isShown) isFrozen ? this.show() : this.hide();
    if (isFrozen) setText(this.age, ageText(this.live.ageSeconds));
  }

  show() {
    this.isShown = true;
    this.age = h("span.num", { "aria-hidden": "true" });
    fill(this.element, h("span", {}, this.words()), h("small", {}, t("umur gambar"), " ", this.age), h("small", {}, this.advice()));
    this.element.hidden = false;
    document.body.classList.add("is-frozen");
    soundFrozen();
  }

  words() {
    if (!this.live.hasPicture) return t("BELUM ADA DATA: server tidak menjawab");
    return t("DATA BEKU sejak {time} {zone}", { time: at(this.live.freshAt), zone: zoneLabel });
  }

  advice() {
    return t("Jangan percaya papan ini; pakai radio dan catat di kertas. Sambungan dicoba terus.");
  }

  hide() {
    this.isShown = false;
    this.element.hidden = true;
    document.body.classList.remove("is-frozen");
  }

  // Logged out or revoked elsewhere: the picture will not move again on this page.
  sayUnknown() {
    if (this.isUnknown) return;
    this.isUnknown = true;
    fill(this.element, h("span", {}, t("Anda sudah keluar; gambar ini tidak bergerak lagi.")), h("a", { href: "/login" }, t("Masuk lagi")));
    this.element.hidden = false;
    document.body.classList.add("is-frozen");
  }
}
