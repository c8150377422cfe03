// The phone book: find, add, change, take out; show a whole number once and on the record; groups; many from a file.
import { get, newUid, post } from "./api.js";
import { contactFields, contactOf, groupFields, groupOf } from "./contacts_forms.js";
import { openForm } from "./dialog_form.js";
import { arrange, fill, h, icon, setText } from "./dom.js";
import { Keys } from "./keys.js";
import { ADDRESSES, OFFICES, WAYS, named } from "./names.js";
import { may } from "./page.js";
import { live } from "./shell.js";
import { toast } from "./toast.js";
import { numberText, t } from "./words.js";

const KINDS = { ...WAYS, ...ADDRESSES }; // also those nobody types in here
const $ = (id) => document.getElementById(id);
const PAGE = 50;
const PAUSE_MS = 200;
const SOON_MS = 800;
const asked = new URLSearchParams(location.search);

class Book {
  constructor() {
    Object.assign(this, { q: asked.get("q") ?? "", office: asked.get("office") ?? "", contacts: [], groups: [], cursor: null, total: 0, turn: 0, shown: new Map() });
    $("contact-search").value = this.q;
    fill($("office-shows"), [["", t("semua")], ...Object.entries(OFFICES)].map(([office, words]) => h("button.btn.btn-small", { type: "button", "aria-pressed": "false", data: { office } }, words)));
    this.listen();
    this.turnTo("contacts");
    this.show(this.office);
    this.readGroups();
  }

  listen() {
    $("contact-search").addEventListener("input", ({ target }) => ((this.q = target.value.trim()), this.readSoon(PAUSE_MS)));
    $("office-shows").addEventListener("click", ({ target }) => target.closest("[data-office]") && this.show(target.closest("[data-office]").dataset.office));
    $("book-tabs").addEventListener("click", ({ target }) => target.closest("[role=tab]") && this.turnTo(target.closest("[role=tab]").dataset.part));
    $("contacts-more").addEventListener("click", () => this.read(true));
    $("contact-add")?.addEventListener("click", () => this.add());
    $("group-add")?.addEventListener("click", () => this.addGroup());
    live.addEventListener("change", ({ detail: { entries } }) => this.heard(entries));
  }

  heard(entries) {
    if (entries.some(({ kind }) => kind.startsWith("contact.") && kind !== "contact.unmasked")) this.readSoon(SOON_MS);
    if (entries.some(({ kind }) => kind.startsWith("group."))) this.readGroups();
  }

  turnTo(name) {
    for (const tab of $("book-tabs").querySelectorAll("[role=tab]")) {
      tab.setAttribute("aria-selected", String(tab.dataset.part === name));
      $(`part-${tab.dataset.part}`).hidden = tab.dataset.part !== name;
    }
  }

  show(office) {
    this.office = office;
    for (const button of $("office-shows").querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.dataset.office === office));
    this.read();
  }

  // ---- contacts

  readSoon(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.read(), ms);
  }

  async read(isMore = false) {
    const turn = ++this.turn;
    const query = new URLSearchParams(Object.entries({ q: this.q, office: this.office, limit: PAGE, cursor: isMore ? this.cursor : "" }).filter(([, value]) => value));
    try {
      const answer = await get(`/contacts?${query}`);
      if (turn !== this.turn) return;
      this.contacts = isMore ? [...this.contacts, ...answer.contacts] : answer.contacts;
      Object.assign(this, { cursor: answer.cursor ?? null, total: answer.total ?? this.contacts.length });
      this.draw();
    } catch (problem) {
      toast(problem.message, { isBad: true });
    }
  }

  draw() {
    arrange($("contact-rows"), this.contacts.map((one) => this.row(one)));
    $("contacts-none").hidden = this.contacts.length > 0;
    setText($("contacts-none-words"), this.q || this.office ? t("Tidak ada kontak yang cocok") : t("Buku telepon masih kosong"));
    setText($("contacts-none-more"), this.q || this.office || !may("contact.manage") ? "" : t("Tambah satu kontak, atau impor daftar kepala desa dari CSV."));
    $("contacts-more").hidden = this.cursor === null;
    setText($("contact-total"), this.total ? numberText(this.total) : "");
    setText($("contacts-count"), this.contacts.length ? t("{n} dari {total} tampil", { n: numberText(this.contacts.length), total: numberText(this.total) }) : "");
  }

  row(one) {
    const manage = may("contact.manage");
    return h("tr", {},
      h("td", { "data-label": t("Nama") }, h("b", {}, one.name), one.note && h("span.muted.small.alert-sub", {}, one.note)),
      h("td", { "data-label": t("Sebagai") }, one.kind === "outlet" ? t("saluran bersama") : named(OFFICES, one.office)),
      h("td", { "data-label": t("Di mana") }, [one.area ?? one.area_code, one.agency_code].filter(Boolean).join(" · ")),
      h("td", { "data-label": t("Alamat") }, h("ul.ways", {}, one.addresses.map((address) => this.address(one, address))), !one.addresses.length && h("span.late.small", {}, t("tanpa alamat"))),
      h("td", {}, manage && h("div.line.row-deeds", {}, h("button.btn.btn-small", { type: "button", onclick: () => this.change(one) }, t("Ubah")), h("button.btn.btn-small", { type: "button", onclick: () => this.remove(one) }, t("Hapus…")))));
  }

  address(one, address) {
    const whole = this.shown.get(one.id)?.find(({ id }) => id === address.id)?.address;
    const words = h("span", {}, named(KINDS, address.channel), ": ", h("span.num", {}, whole ?? address.masked));
    const show = !whole && may("contact.unmask") && h("button.btn-mask", { type: "button", title: t("Tampilkan seluruhnya; ini tercatat"), "aria-label": t("Tampilkan {what} {name}; ini tercatat", { what: named(KINDS, address.channel), name: one.name }), onclick: () => this.unmask(one) }, icon("eye"));
    return h("li.way", { class: address.is_stopped ? "way-over" : "" }, words, address.is_stopped && h("span", {}, ` (${t("minta berhenti")})`), show);
  }

  async unmask(one) {
    try {
      const { addresses } = await post(`/contacts/${one.id}/unmask`);
      this.shown.set(one.id, addresses);
      this.draw();
    } catch (problem) {
      toast(problem.message, { isBad: true });
    }
  }

  add() {
    openForm({ title: t("Kontak baru"), submit: t("Simpan kontak"), fields: contactFields(), send: (values, uid) => post("/contacts", { uid, ...contactOf(values) }), onDone: () => (toast(t("Kontak disimpan.")), this.read()) });
  }

  change(one) {
    openForm({ title: t("Ubah {name}", one), submit: t("Simpan"), fields: contactFields(one), send: (values, uid) => post(`/contacts/${one.id}`, { uid, ...contactOf(values, one) }), onDone: () => (toast(t("Kontak disimpan.")), this.shown.delete(one.id), this.read()) });
  }

  remove(one) {
    openForm({ title: t("Hapus {name} dari buku telepon?", one), submit: t("Hapus"), fields: [h("p", {}, t("Siaran yang sudah dikirim kepadanya tetap tercatat."))], isDangerous: true, send: (values, uid) => post(`/contacts/${one.id}/remove`, { uid }), onDone: () => (toast(t("Kontak dihapus.")), this.read()) });
  }

  // ---- groups

  async readGroups() {
    const { groups = [] } = await get("/groups").catch(() => ({}));
    this.groups = groups;
    fill($("group-rows"), groups.map((one) => this.groupRow(one)));
    $("groups-none").hidden = groups.length > 0;
  }

  groupRow(one) {
    return h("li.box.line", {}, h("b", {}, one.name), h("span.muted", {}, t("{units} satuan, {contacts} kontak", { units: numberText(one.units.length), contacts: numberText(one.contacts.length) })),
      may("contact.manage") && h("span.push.line", {}, h("button.btn.btn-small", { type: "button", onclick: () => this.changeGroup(one) }, t("Ubah")), h("button.btn.btn-small", { type: "button", onclick: () => this.removeGroup(one) }, t("Hapus…"))));
  }

  addGroup() {
    this.groupForm(t("Kelompok baru"), null, (body) => post("/groups", body));
  }

  changeGroup(one) {
    this.groupForm(t("Ubah {name}", one), one, (body) => post(`/groups/${one.id}`, body));
  }

  groupForm(title, group, send) {
    const units = [...live.picture.units.values()].sort((a, b) => a.call_sign.localeCompare(b.call_sign, undefined, { numeric: true }));
    openForm({ title, submit: t("Simpan kelompok"), fields: groupFields(group, units), send: (values, uid) => send({ uid, ...groupOf(values) }), onDone: () => (toast(t("Kelompok disimpan.")), this.readGroups()) });
  }

  removeGroup(one) {
    openForm({ title: t("Hapus kelompok {name}?", one), submit: t("Hapus"), fields: [h("p", {}, t("Anggotanya tetap ada di buku telepon."))], isDangerous: true, send: (values, uid) => post(`/groups/${one.id}/remove`, { uid }), onDone: () => this.readGroups() });
  }
}

// ---- many from a file

const LARGEST = 2_000_000;

class Import {
  constructor(done) {
    Object.assign(this, { done, uid: newUid() });
    $("contact-import")?.addEventListener("click", () => $("import-dialog").showModal());
    $("import-close").addEventListener("click", () => $("import-dialog").close());
    $("import").addEventListener("submit", (event) => (event.preventDefault(), this.send(false)));
    $("import-try").addEventListener("click", () => this.send(true));
    $("import-file").addEventListener("change", () => (setText($("import-error"), ""), fill($("import-told")), (this.uid = newUid())));
  }

  async send(is_trial) {
    const [file] = $("import-file").files;
    if (!file) return setText($("import-error"), t("Pilih berkasnya dahulu."));
    if (file.size > LARGEST) return setText($("import-error"), t("Berkasnya terlalu besar; bagi menjadi beberapa."));
    $("import-do").setAttribute("aria-busy", "true");
    try {
      this.tell(await post("/contacts/import", { uid: this.uid, csv: await file.text(), is_trial }, { waits: [], patience: 60_000 }));
      this.done();
    } catch (problem) {
      setText($("import-error"), problem.message);
      this.uid = newUid();
    } finally {
      $("import-do").setAttribute("aria-busy", "false");
    }
  }

  tell({ added, changed, faults, fault_count: count, is_trial }) {
    const sums = { added: numberText(added), changed: numberText(changed), faults: numberText(count) };
    const words = is_trial ? t("Akan ditambah {added}, diperbarui {changed}; {faults} baris salah.", sums) : t("{added} ditambah, {changed} diperbarui, {faults} baris salah.", sums);
    fill($("import-told"), h("p.strong", {}, words), faults.length > 0 && h("ul.import-faults.small", {}, faults.map(({ line, sentence }) => h("li", {}, t("Baris {n}", { n: line }), ": ", sentence))));
  }
}

const book = new Book();
new Import(() => book.read());

const keys = new Keys(
  [
    ["n", t("kontak baru"), () => $("contact-add")?.click()],
    ["i", t("impor dari CSV"), () => $("contact-import")?.click()],
    ["g", t("kelompok"), () => book.turnTo("groups")],
    ["k", t("kontak"), () => book.turnTo("contacts")],
    ["/", t("cari kontak"), () => (book.turnTo("contacts"), $("contact-search").focus())],
    ["Escape", t("keluar dari kotak cari"), () => document.activeElement?.blur()],
    ["?", t("daftar tombol ini"), () => keys.list()],
  ],
  $("keys-dialog"),
);

$("keys-open").addEventListener("click", () => keys.list());
