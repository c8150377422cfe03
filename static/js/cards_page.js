// The page of the question cards: choose one, change its text, see at once how it reads, put the built-in one back.
import { get, newUid, post } from "./api.js";
import { fill, h, setText } from "./dom.js";
import { typeName } from "./names.js";
import { page } from "./page.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const PAUSE_MS = 500;
const $ = (id) => document.getElementById(id);
const LANGUAGE = document.documentElement.lang || "id";

class CardsPage {
  constructor() {
    Object.assign(this, { type: null, kept: "", uid: newUid() });
    $("card-form").addEventListener("submit", (event) => (event.preventDefault(), this.save()));
    $("card-text").addEventListener("input", () => this.lookSoon());
    $("card-text").addEventListener("keydown", (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && $("card-form").requestSubmit());
    $("card-restore").addEventListener("click", () => this.restore());
    addEventListener("beforeunload", (event) => this.isChanged && event.preventDefault());
    this.list();
  }

  get isChanged() {
    return this.type !== null && $("card-text").value.trim() !== this.kept.trim();
  }

  async list() {
    const { cards, faults } = await get("/cards").catch(say);
    const known = new Map(cards.map((card) => [card.type, card]));
    fill($("cards-faults"), ...faults.map((one) => h("li", {}, h("b", {}, one.file), " ", one.sentence)));
    fill($("cards-rows"), ...page.types.map(({ code }) => h("li", {}, this.row(code, known.get(code)))));
  }

  row(code, card) {
    const words = card ? (card.own ? t("milik posko ini") : t("bawaan")) : t("belum ada");
    return h("button.cards-row", { type: "button", "aria-current": String(code === this.type), onclick: () => this.choose(code) }, h("span", {}, typeName(code)), h("span.small.muted", {}, words));
  }

  async choose(code) {
    if (this.isChanged && !this.mayLeave(code)) return;
    const card = await get(`/cards/${code}`).catch(say);
    Object.assign(this, { type: code, kept: card.own ?? card.built_in ?? starter(code), uid: newUid(), left: null });
    for (const id of ["card-form", "card-shown"]) $(id).hidden = false;
    $("card-none").hidden = true;
    setText($("card-name"), typeName(code));
    setText($("card-whose"), card.own ? t("milik posko ini") : card.built_in ? t("bawaan") : t("kartu baru"));
    $("card-text").value = this.kept;
    $("card-restore").hidden = card.own === null;
    this.show(card);
    this.list();
    $("card-text").focus({ preventScroll: true });
  }

  // Not "are you sure": the first press says what would be lost, the second goes.
  mayLeave(code) {
    if (this.left === code) return true;
    this.left = code;
    setText($("card-problem"), t("Perubahan belum disimpan. Tekan sekali lagi untuk meninggalkannya."));
    return false;
  }

  lookSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), PAUSE_MS);
  }

  async check() {
    try {
      this.show(await this.send({ uid: newUid(), check: true }));
    } catch (problem) {
      setText($("card-problem"), problem.message);
    }
  }

  send(more) {
    return post(`/cards/${this.type}`, { text: $("card-text").value, ...more }, { waits: [] });
  }

  async save() {
    try {
      this.show(await this.send({ uid: this.uid }));
      Object.assign(this, { kept: $("card-text").value, uid: newUid() });
      $("card-restore").hidden = false;
      setText($("card-whose"), t("milik posko ini"));
      toast(t("Kartu disimpan. Meja yang terbuka memakainya setelah dimuat ulang."));
      this.list();
    } catch (problem) {
      setText($("card-problem"), problem.message);
      if (problem.status >= 400) this.uid = newUid();
      $("card-text").focus();
    }
  }

  async restore() {
    const before = this.kept;
    await post(`/cards/${this.type}/restore`).catch(say);
    this.kept = $("card-text").value = "";
    await this.choose(this.type);
    toast(t("Kartu bawaan dipakai lagi."), { deed: { label: t("Kembalikan"), act: () => { $("card-text").value = before; this.save(); } } });
  }

  show({ fault, shown }) {
    setText($("card-problem"), fault ?? "");
    if (!shown) return fill($("card-shown"));
    fill($("card-shown"), h("h2", {}, t("Begini tampilnya")), ...["id", "en"].sort((a) => (a === LANGUAGE ? -1 : 1)).map((language) => reading(shown[language], language)));
  }
}

function reading(card, language) {
  return h("div.box.stack", { lang: language }, h("b.small.muted", {}, language === "id" ? "Bahasa Indonesia" : "English"),
    ...card.questions.map((question) => h("div", {}, h("h3", {}, question.text), h("ul", {}, question.answers.map(answerLine)))),
    h("ul", {}, card.say.map((one) => h("li", {}, one.text))));
}

function answerLine({ key, text, because, ...effect }) {
  const to = effect.raise ? `↑ ${effect.raise}` : effect.set ? `= ${effect.set}` : "";
  return h("li", {}, h("kbd", {}, key.toUpperCase()), " ", text, " ", to && h("span.effect", {}, `${to}: ${because}`));
}

const starter = (code) => `type = "${code}"

[[question]]
code = "trapped"
id = "Ada orang terjebak?"
en = "Is anyone trapped?"
answers = [
  { code = "yes", key = "y", id = "Ya", en = "Yes", raise = "P1", because = { id = "ada orang terjebak", en = "people are trapped" } },
  { code = "no", key = "t", id = "Tidak", en = "No" },
  { code = "unknown", key = "b", id = "Belum tahu", en = "Not known" },
]

[[say]]
id = "Tetap di tempat yang aman."
en = "Stay where it is safe."
`;

function say(problem) {
  toast(problem.message, { isBad: true });
  throw problem;
}

new CardsPage();
