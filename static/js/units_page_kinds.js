// The kinds of units and what they can do, as a table a coordinator writes: what each is called in both languages.
import { get, post } from "./api.js";
import { fill, h, icon } from "./dom.js";
import { ActionForm, textField } from "./form.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

export class KindsPart {
  constructor(element) {
    this.element = element;
    this.formPlace = element.querySelector("#kind-form");
    element.querySelector("#kind-add").addEventListener("click", () => this.open(this.kindForm()));
    element.querySelector("#able-add").addEventListener("click", () => this.open(this.ableForm()));
  }

  async read() {
    try {
      const { kinds, capabilities } = await get("/unit-kinds");
      fill(this.element.querySelector("#kind-rows"), ...kinds.map((one) => this.row(one, [one.agency_code ?? "", one.least_crew ? String(one.least_crew) : ""], () => this.kindForm(one))));
      fill(this.element.querySelector("#able-rows"), ...capabilities.map((one) => this.row(one, [one.serves], () => this.ableForm(one))));
    } catch (problem) {
      toast(problem.message, { isBad: true });
    }
  }

  row(one, more, form) {
    const edit = h("button.btn.btn-small", { type: "button", "aria-label": t("Ubah {name}", { name: ownName(one) }), onclick: () => this.open(form()) }, icon("pencil"), t("Ubah"));
    return h("tr", {}, h("th", { scope: "row", lang: "id" }, one.name_id), h("td", { lang: "en" }, one.name_en), h("td.muted", {}, one.code), ...more.map((words) => h("td", {}, words)), h("td", {}, edit));
  }

  open(form) {
    fill(this.formPlace, form.element);
    form.element.scrollIntoView({ block: "nearest" });
    form.focus();
  }

  ends() {
    const close = () => fill(this.formPlace);
    return { onDone: () => (close(), this.read(), toast(t("Disimpan. Halaman yang terbuka memakainya setelah dimuat ulang."))), onClose: close };
  }

  kindForm(one = null) {
    return new ActionForm({
      title: one ? t("Ubah jenis satuan {name}", { name: ownName(one) }) : t("Tambah jenis satuan"), submit: t("Simpan"),
      fields: [...names(one), textField("agency_code", t("Kode OPD, bila ada"), { value: one?.agency_code ?? "", list: "agencies" }), textField("least_crew", t("Awak paling sedikit (0: tidak ditanya)"), { value: String(one?.least_crew ?? 0) })],
      send: ({ agency_code: agency, least_crew: least, ...values }, uid) => post("/unit-kinds", { uid, ...coded(one, values), agency_code: agency.trim() || null, least_crew: Number(least) || 0 }), ...this.ends(),
    });
  }

  ableForm(one = null) {
    return new ActionForm({
      title: one ? t("Ubah kemampuan {name}", { name: ownName(one) }) : t("Tambah kemampuan"), submit: t("Simpan"),
      fields: [...names(one), textField("serves", t("Untuk jenis kejadian (kode, pisahkan dengan koma)"), { value: (one?.serves ?? "").split(" ").filter(Boolean).join(", ") })],
      send: ({ serves, ...values }, uid) => post("/capabilities", { uid, ...coded(one, values), serves: serves.split(/[\s,]+/).filter(Boolean) }), ...this.ends(),
    });
  }
}

const ownName = (one) => (document.documentElement.lang === "en" ? one.name_en : one.name_id);

const names = (one) => [textField("name_id", t("Nama"), { value: one?.name_id ?? "", required: true }), textField("name_en", t("Nama dalam bahasa Inggris"), { value: one?.name_en ?? "", required: true })];

/** A new one gets its code from its name; a code never changes, units carry it. */
const coded = (one, values) => ({ ...values, code: one?.code ?? values.name_en.toLowerCase().replace(/[^a-z0-9]+/g, "_").slice(0, 30) });
