// "Sistem bermasalah": what is wrong, how old the picture is, what to do; drawn anew each second while it is open.
import { at, onTick, zoneLabel } from "./clock.js";
import { fill, h } from "./dom.js";
import { lampsOf, lampWords } from "./lamps.js";
import { LAMPS, named } from "./names.js";
import { ageText } from "./time.js";
import { numberText, t } from "./words.js";

export class Trouble {
  constructor(live) {
    this.live = live;
    this.dialog = document.getElementById("trouble");
    document.getElementById("trouble-open")?.addEventListener("click", () => this.open());
    document.getElementById("trouble-refresh")?.addEventListener("click", () => live.takeSnapshot());
    onTick(() => this.dialog?.open && this.draw());
  }

  open() {
    this.draw();
    this.dialog.showModal();
  }

  draw() {
    const lamps = lampsOf(this.live);
    const wrong = lamps.filter((lamp) => lamp.state === "off" || lamp.state === "warn");
    fill(document.getElementById("trouble-verdict"), this.verdict(wrong));
    fill(document.getElementById("trouble-facts"), ...this.facts(lamps));
    fill(document.getElementById("trouble-steps"), ...this.steps(wrong).map((words) => h("li", {}, words)));
  }

  verdict(wrong) {
    if (this.live.isFrozen) return t("Layar ini terputus dari server: gambarnya lama.");
    if (wrong.length) return t("Layar ini hidup; yang terganggu: {names}.", { names: wrong.map((lamp) => named(LAMPS, lamp.id)).join(", ") });
    return t("Semua yang diperiksa layar ini berjalan.");
  }

  facts(lamps) {
    const { live } = this;
    const rows = [
      [t("Gambar utuh terakhir"), live.hasPicture ? `${at(live.freshAt)} ${zoneLabel}` : t("belum ada")],
      [t("Umur gambar"), ageText(live.ageSeconds)],
      [t("Entri jurnal di layar ini"), live.hasPicture ? numberText(live.picture.seq) : t("belum ada")],
      [t("Entri jurnal di server"), live.pulse.lastHead === undefined ? t("belum terdengar") : numberText(live.pulse.lastHead)],
      ...lamps.map((lamp) => [named(LAMPS, lamp.id), lampWords(lamp)]),
    ];
    return rows.map(([name, words]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, words)));
  }

  steps(wrong) {
    const ids = wrong.map((lamp) => lamp.id);
    const steps = [];
    if (this.live.isFrozen || ids.includes("screen")) steps.push(t("Bicara lewat radio atau telepon dan catat di kertas; isian Anda tetap di layar dan dikirim ulang."), t("Periksa kabel jaringan atau Wi-Fi komputer ini, lalu lihat layar di meja lain."));
    if (ids.includes("radio")) steps.push(t("Periksa kabel USB radio dan daya radio; siaran yang menunggu radio tetap dalam antrean."));
    if (ids.includes("internet")) steps.push(t("Tanpa internet papan ini tetap jalan; siaran turun ke radio."));
    if (ids.includes("database")) steps.push(t("Catat di kertas dan panggil pengelola sistem sekarang."));
    if (!steps.length) steps.push(t("Kalau ada yang terasa salah, panggil pengelola sistem dan sebut nomor entri di atas."));
    return steps;
  }
}
