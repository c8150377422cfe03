// To whom: units, groups, roles, agencies, single contacts, the heads of villages in the area, the public.
import { get } from "./api.js";
import { arrange, fill, h, setText } from "./dom.js";
import { may, page } from "./page.js";
import { numberText, t } from "./words.js";

const PAUSE_MS = 200;

export class ComposeAudience {
  /** `read()` gives the form; `change(facts)` changes it. */
  constructor(box, live, { read, change }) {
    Object.assign(this, { box, live, read, change, groups: [], found: [], shown: "" });
    this.search = h("input.input#contact-search", { type: "search", autocomplete: "off", placeholder: t("Cari nama atau jabatan"), "aria-label": t("Cari kontak"), oninput: () => this.findSoon() });
    this.results = h("ul.contact-found");
    this.chips = h("div.line");
    this.parts = Object.fromEntries(["units", "groups", "roles", "agencies"].map((name) => [name, this.part(name)]));
    this.contacts = h("details", { data: { part: "contacts" } }, h("summary", {}), h("div.stack", {}, this.search, this.chips, this.results));
    fill(box, this.box2("village_heads", t("Kepala desa di wilayah siaran"), t("yang digambar atau dipilih di peta")), this.parts.units, this.parts.groups, this.parts.agencies, this.parts.roles, this.contacts, this.box2("public", t("Umum"), t("halaman /info dan umpan CAP; perlu orang kedua")));
    box.addEventListener("change", ({ target }) => this.ticked(target));
    this.readGroups();
    this.paint();
  }

  part(name) {
    return h("details", { data: { part: name }, open: name === "units" }, h("summary", {}), h("div.audience-boxes"));
  }

  box2(name, words, hint) {
    return h("label.check.audience-box", {}, h("input", { type: "checkbox", data: { flag: name } }), h("span", {}, h("b", {}, words), " ", h("span.muted.small", {}, hint)));
  }

  ticked({ dataset, value, checked }) {
    if (dataset.flag) return this.change({ [dataset.flag]: checked });
    if (!dataset.list) return;
    const key = dataset.list === "unit_ids" || dataset.list === "group_ids" ? Number(value) : value;
    const rest = this.read()[dataset.list].filter((one) => one !== key);
    this.change({ [dataset.list]: checked ? [...rest, key] : rest });
  }

  async readGroups() {
    const { groups = [] } = may("contact.read") ? await get("/groups").catch(() => ({})) : {};
    this.groups = groups;
    this.paint();
  }

  // ---- drawing: a box that stands keeps its focus

  paint() {
    const form = this.read();
    const units = [...this.live.picture.units.values()].filter((unit) => unit.in_service !== false).sort((a, b) => a.call_sign.localeCompare(b.call_sign, undefined, { numeric: true }));
    this.fillPart("units", t("Satuan"), "unit_ids", units.map(({ id, call_sign }) => [id, call_sign]), form.unit_ids);
    this.fillPart("groups", t("Kelompok"), "group_ids", this.groups.map(({ id, name, count }) => [id, count === undefined ? name : `${name} (${numberText(count)})`]), form.group_ids);
    this.fillPart("agencies", t("OPD"), "agencies", (page.agencies ?? []).map(({ code, name }) => [code, name]), form.agencies);
    this.fillPart("roles", t("Peran di Posko"), "roles", Object.entries(page.role_words ?? {}), form.roles);
    for (const input of this.box.querySelectorAll("[data-flag]")) input.checked = form[input.dataset.flag];
    setText(this.contacts.querySelector("summary"), summaryOf(t("Kontak satu per satu"), form.contacts.length));
    fill(this.chips, form.contacts.map((one) => h("button.chip.chip-blue", { type: "button", title: t("Keluarkan {name}", one), onclick: () => this.toggleContact(one) }, one.name, " ×")));
  }

  fillPart(name, words, list, options, chosen) {
    const part = this.parts[name];
    part.hidden = options.length === 0;
    setText(part.querySelector("summary"), summaryOf(words, chosen.length));
    const boxes = part.querySelector(".audience-boxes");
    const known = new Map([...boxes.children].map((label) => [label.dataset.of, label]));
    arrange(boxes, options.map(([value, said]) => known.get(`${value}`) ?? h("label.check", { data: { of: value } }, h("input", { type: "checkbox", value: String(value), data: { list } }), said)));
    for (const input of boxes.querySelectorAll("input")) input.checked = chosen.map(String).includes(input.value);
  }

  // ---- contacts are many: found by name

  findSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.find(), PAUSE_MS);
  }

  async find() {
    const q = this.search.value.trim();
    const { contacts = [] } = q ? await get(`/contacts?q=${encodeURIComponent(q)}&limit=12`).catch(() => ({})) : {};
    const chosen = new Set(this.read().contacts.map(({ id }) => id));
    fill(this.results, contacts.filter(({ id }) => !chosen.has(id)).map((one) => h("li", {}, h("button.btn.btn-small.btn-quiet", { type: "button", onclick: () => this.toggleContact(one) }, "+ ", one.name, h("span.muted.small", {}, one.area ?? one.agency_code ?? "")))), q && !contacts.length && h("li.muted.small", {}, t("Tidak ada kontak dengan nama itu.")));
  }

  toggleContact({ id, name }) {
    const rest = this.read().contacts.filter((one) => one.id !== id);
    const isNew = rest.length === this.read().contacts.length;
    this.change({ contacts: isNew ? [...rest, { id, name }] : rest });
    this.find();
    this.search.focus();
  }
}

const summaryOf = (words, n) => (n ? t("{what}: {n} dipilih", { what: words, n: numberText(n) }) : words);
