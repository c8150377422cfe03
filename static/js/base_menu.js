// The choice of the ground: what is installed, what is online, or nothing; whose it is; and the switch for who may.
import { post } from "./api.js";
import { NONE, choiceOf, isVector, titleOf } from "./base_words.js";
import { fill, h, icon, setText } from "./dom.js";
import { may } from "./page.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

export class BaseMenu {
  constructor(base, element) {
    this.base = base;
    this.body = h("div.base-menu-body");
    const summary = h("summary.btn.btn-icon", { "aria-label": t("Peta dasar"), title: t("Peta dasar") }, icon("map-2"));
    this.box = h("details.base-menu", {}, summary, this.body);
    this.credit = h("p.base-credit", { hidden: true });
    element.querySelector(".map-tools")?.append(this.box); // a map without tools stands on what was chosen elsewhere
    element.append(this.credit);
    this.listen();
    this.draw();
  }

  listen() {
    document.addEventListener("pointerdown", ({ target }) => this.box.contains(target) || (this.box.open = false));
    this.box.addEventListener("keydown", (event) => event.key === "Escape" && this.box.open && this.close(event));
    this.box.addEventListener("change", ({ target }) => target.name === "base" && this.base.choose(target.value, { isKept: true }));
  }

  close(event) {
    event.stopPropagation();
    this.box.open = false;
    this.box.querySelector("summary").focus();
  }

  draw() {
    const { told, chosen } = this.base;
    const hadFocus = this.body.contains(document.activeElement);
    fill(this.body, this.choices(told), told.tiles.length ? null : this.hint(), told.offered && may("ground.manage") ? this.switches(told.offered) : null);
    if (hadFocus) this.body.querySelector("input:checked").focus();
    const words = chosen?.attribution ?? "";
    setText(this.credit, words);
    this.credit.hidden = !words;
  }

  choices({ tiles, online }) {
    const rows = [
      ...tiles.map((one) => this.choice(one.name, titleOf(one), isVector(one) ? t("vektor, di komputer ini") : t("gambar, di komputer ini"))),
      ...online.map((one) => this.choice(choiceOf(one), one.name, t("daring, perlu internet"))),
      this.choice(NONE, t("Garis pantai saja"), t("tanpa ubin")),
    ];
    return h("fieldset.base-choices", {}, h("legend", {}, t("Peta dasar")), rows);
  }

  choice(value, name, soft) {
    const checked = value === choiceOf(this.base.chosen);
    return h("label.base-choice", {}, h("input", { type: "radio", name: "base", value, checked }), h("span", {}, name, h("small.muted", {}, soft)));
  }

  hint() {
    return h("p.small.base-hint", {}, t("Belum ada ubin peta di komputer ini. Teknisi memasangnya dengan:"), " ", h("code", {}, "posko gis tiles FILE"));
  }

  // ---- for the whole site

  switches(offered) {
    const rows = offered.map((one) => h("li.line", {}, h("span", {}, one.name), h("button.btn.btn-small.push", { type: "button", "aria-pressed": String(one.on), onclick: () => this.turn({ id: one.id, on: !one.on }) }, one.on ? t("Matikan") : t("Nyalakan"))));
    return h("section.base-online", {}, h("h3", {}, t("Peta daring untuk semua layar")), h("p.small.muted", {}, t("Mati sampai dinyalakan di sini; setelah itu tiap orang memilih sendiri.")), h("ul", {}, rows), this.ownForm());
  }

  ownForm() {
    const field = (name, label, facts) => h("label.field", {}, h("span", {}, label), h("input", { name, autocomplete: "off", ...facts }));
    const send = (event) => (event.preventDefault(), this.turn({ id: "satelit", on: true, ...Object.fromEntries(new FormData(event.target)) }, event.target));
    const form = h("form", { onsubmit: send },
      field("name", t("Nama"), { required: true, maxlength: 80, value: t("Satelit") }),
      field("url", t("Alamat ubin, dengan {z} {x} {y}", { z: "{z}", x: "{x}", y: "{y}" }), { required: true, maxlength: 500, inputmode: "url", placeholder: "https://…/{z}/{x}/{y}.jpg" }),
      field("attribution", t("Pemilik citra"), { maxlength: 200 }),
      h("p.problem", { role: "alert", hidden: true }),
      h("button.btn.btn-small", { type: "submit" }, t("Simpan dan nyalakan")));
    return h("details", {}, h("summary.small", {}, t("Citra satelit dengan alamat sendiri")), form);
  }

  async turn(words, form = null) {
    try {
      await post("/basemaps/online", words);
      await this.base.refresh();
    } catch (problem) {
      if (form) this.complain(form.querySelector(".problem"), problem.message);
      else toast(problem.message, { isBad: true });
    }
  }

  complain(line, words) {
    setText(line, words);
    line.hidden = false;
    line.scrollIntoView({ block: "nearest" });
  }
}
