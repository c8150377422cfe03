// The ways out: how each is, its settings, a test of it, how often our own trials came home; and the sources outside.
import { fieldsOf, scoreOf, settingsOf } from "./channels_form.js";
import { get, newUid, post, put } from "./api.js";
import { ageMark } from "./ages.js";
import { atFully } from "./clock.js";
import { fill, h, icon, setText } from "./dom.js";
import { channelWords } from "./channels_words.js";
import { LAMPS, named } from "./names.js";
import { may } from "./page.js";
import { live } from "./shell.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const $ = (id) => document.getElementById(id);
const SOON_MS = 700;
const STATES = { ok: t("baik"), warn: t("lambat"), down: t("mati"), off: t("tidak dipasang") };

class ChannelsPage {
  constructor() {
    this.cards = new Map();
    live.addEventListener("change", ({ detail: { entries } }) => entries.some(({ kind }) => kind.startsWith("channel.")) && this.readSoon());
    this.read();
    this.showFeeds();
    if (document.getElementById("kept")) this.showKept();
  }

  readSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.read(), SOON_MS);
  }

  async read() {
    try {
      const { channels } = await get("/channels");
      for (const channel of channels) this.draw(channel);
      $("channels-none").hidden = channels.length > 0;
    } catch (problem) {
      toast(problem.message, { isBad: true });
    }
  }

  // What somebody is writing in is never drawn anew under their hands.
  draw(channel) {
    if (!this.cards.has(channel.name)) {
      const card = new ChannelCard(channel, () => this.readSoon());
      this.cards.set(channel.name, card);
      $("channels").append(card.element);
    }
    this.cards.get(channel.name).show(channel);
  }

  async showKept() {
    const { showKept } = await import("./kept_messages.js");
    const read = showKept($("kept-part"));
    live.addEventListener("change", ({ detail: { entries } }) => entries.some(({ kind }) => kind.startsWith("message.")) && read());
  }

  // The table of the sources outside is a module of its own room.
  async showFeeds() {
    const feeds = await import("./feeds.js").catch(() => null);
    if (!feeds?.showFeeds) return;
    $("feeds-part").hidden = false;
    feeds.showFeeds($("feeds"));
  }
}

class ChannelCard {
  constructor(channel, changed) {
    Object.assign(this, { name: channel.name, changed, uid: newUid() });
    this.state = h("p.channel-state");
    this.facts = h("div.stack.small");
    this.said = h("p.small", { role: "status" });
    this.problem = h("p.problem", { role: "alert" });
    this.form = h("form.stack", { novalidate: true, "aria-label": t("Pengaturan {name}", { name: named(LAMPS, channel.name) }) });
    this.details = h("details", {}, h("summary", {}, t("Pengaturan")), this.form);
    this.element = h("section.box.channel-card", { id: `channel-${channel.name}`, "aria-labelledby": `title-${channel.name}` },
      h("div.line", {}, h("h2", { id: `title-${channel.name}` }, named(LAMPS, channel.name)), this.state), this.facts, this.said, may("channel.manage") && this.details);
    this.form.addEventListener("submit", (event) => (event.preventDefault(), this.save()));
    this.makeForm(channel);
  }

  show(channel) {
    this.channel = channel;
    const { health, is_on } = channel;
    const state = is_on ? health.state : "off";
    this.state.className = `channel-state channel-${state}`;
    this.element.classList.toggle("is-off", !is_on);
    fill(this.state, is_on ? named(STATES, state) : t("mati, belum dinyalakan"));
    fill(this.facts, is_on && health.words && h("p", {}, channelWords(health.words), " ", health.since && h("span.muted", { title: atFully(health.since) }, "· ", ageMark(health.since, "time.num.muted"))), scoreRow(channel.trials), is_on && may("channel.manage") && this.testButton());
  }

  testButton() {
    return h("div.line", {}, h("button.btn.btn-small", { type: "button", data: { test: this.name }, onclick: () => this.test() }, icon("send"), t("Kirim pesan uji")));
  }

  async test() {
    setText(this.said, t("Mengirim pesan uji…"));
    try {
      const answer = await post(`/channels/${this.name}/test`, {}, { waits: [], patience: 30_000 });
      setText(this.said, (answer.body ?? answer).words ?? t("Pesan uji masuk antrean; hasilnya tampak di sini."));
      this.changed();
    } catch (problem) {
      setText(this.said, problem.message);
    }
  }

  // ---- settings: made once from the schema; a secret that is left empty stays as it is

  makeForm({ schema, settings, secrets, is_on, loop_address }) {
    this.fields = fieldsOf(schema ?? {}, settings ?? {}, secrets ?? []);
    const on = h("label.check", {}, h("input", { type: "checkbox", name: "is_on", checked: is_on }), h("b", {}, t("Nyala")));
    const loop = h("div.field", {}, h("label", { for: `${this.name}-loop` }, t("Alamat kita sendiri untuk uji")), h("input", { id: `${this.name}-loop`, name: "loop_address", type: "text", autocomplete: "off", value: loop_address ?? "" }), h("span.field-hint", {}, t("Ke sini pesan uji pagi dan petang dikirim; yang pulang dihitung.")));
    fill(this.form, on, this.fields.map((field) => this.fieldRow(field)), loop, this.problem, h("div.line", {}, h("button.btn.btn-primary.btn-small", { type: "submit" }, t("Simpan pengaturan"))));
  }

  fieldRow(field) {
    const id = `${this.name}-${field.name}`;
    if (field.kind === "tick") return h("label.check", { data: { field: field.name } }, h("input", { type: "checkbox", name: field.name, checked: Boolean(field.value) }), channelWords(field.label));
    return h("div.field", { data: { field: field.name } }, h("label", { for: id }, channelWords(field.label), field.required ? " *" : ""), inputOf(field, id), h("span.field-error", { id: `${id}-error`, role: "alert" }), hintOf(field));
  }

  async save() {
    for (const error of this.form.querySelectorAll(".field-error")) setText(error, "");
    setText(this.problem, "");
    const typed = Object.fromEntries([...this.form.elements].filter(({ name }) => name).map(({ name, type, value, checked }) => [name, type === "checkbox" ? checked : value]));
    const body = { uid: this.uid, is_on: typed.is_on, settings: settingsOf(this.fields, typed), loop_address: typed.loop_address.trim() || null };
    try {
      await put(`/channels/${this.name}`, body);
      this.uid = newUid();
      for (const input of this.form.querySelectorAll("input[type=password]")) input.value = "";
      toast(t("Pengaturan {name} disimpan.", { name: named(LAMPS, this.name) }));
      this.changed();
    } catch (problem) {
      this.uid = newUid();
      this.say(problem);
    }
  }

  say(problem) {
    const name = String(problem.field ?? "").split(".").at(-1);
    const beside = this.form.querySelector(`[data-field="${CSS.escape(name)}"] .field-error`);
    setText(beside ?? this.problem, problem.message);
    beside?.closest(".field").querySelector("input, select, textarea")?.focus();
  }
}

function inputOf({ name, kind, options, value, most, least, largest, isSet }, id) {
  const common = { id, name, autocomplete: "off", "aria-describedby": `${id}-error`, spellcheck: "false" };
  if (kind === "choice") return withValue(h("select", common, options.map((option) => h("option", { value: option }, option))), value);
  if (kind === "long") return h("textarea", { ...common, rows: 3, maxlength: most, value });
  if (kind === "secret") return h("input", { ...common, type: "password", autocomplete: "new-password", placeholder: isSet ? "••••••••" : "" });
  return h("input", { ...common, type: "text", inputmode: kind === "number" ? "numeric" : null, maxlength: most, min: least, max: largest, value: String(value) });
}

function withValue(select, value) {
  select.value = value;
  return select;
}

const hintOf = ({ kind, hint, isSet }) => (hint || kind === "secret") && h("span.field-hint", {}, [hint && channelWords(hint), kind === "secret" && (isSet ? t("Sudah terisi; kosongkan agar tetap.") : t("Hanya ditulis, tidak pernah ditampilkan."))].filter(Boolean).join(" "));

// The daily trials as small marks, each with its words: how many came home.
function scoreRow(trials = []) {
  const score = scoreOf(trials);
  if (!score) return null;
  const words = t("{home} dari {total} pesan uji pulang", score);
  return h("div.line", {}, h("span.channel-score", { role: "img", "aria-label": words }, trials.slice(-14).map(({ state, asked_at }) => h("i", { class: state === "home" ? "is-home" : state === "lost" ? "is-lost" : "is-open", title: atFully(asked_at) }))), h("span.small", {}, words));
}

new ChannelsPage();
