// The files that came in: how far each is, what was mended and refused, and what would help one that was refused.
import { get, newUid, post } from "./api.js";
import { atFully, atMinute, now, zone } from "./clock.js";
import { fill, h } from "./dom.js";
import { WHAT, isUnderWay, outcomeLines, outcomeParts, percentOf, progressWords, stateWord, waysOf } from "./ground_words.js";
import { Section } from "./section.js";
import { dateText } from "./time.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const ASK_MS = 700;
const NAMES_SHOWN = 200;
const FIRST = 2; // shown whole; those before them are folded
const DAY_MS = 86_400_000;

export class Imports extends EventTarget {
  constructor() {
    super();
    this.rows = [];
    this.section = new Section(document.getElementById("import-rows"));
  }

  take(rows) {
    this.rows = rows;
    this.draw();
  }

  /** One that just began, or is farther than it was. */
  add(one) {
    this.rows = [one, ...this.rows.filter(({ uid }) => uid !== one.uid)].sort((a, b) => b.at - a.at);
    this.draw();
  }

  draw() {
    document.getElementById("imports").hidden = !this.rows.length;
    this.section.show(this.rows, () => [...this.rows.slice(0, FIRST).map((one) => this.row(one)), this.earlier(this.rows.slice(FIRST))]);
    if (this.rows.some(isUnderWay)) this.askLater();
  }

  earlier(rows) {
    return rows.length > 0 && h("li", {}, h("details", { data: { key: "earlier" } }, h("summary", {}, t("{n} berkas sebelumnya", { n: rows.length })), h("ol.imports", {}, rows.map((one) => this.row(one)))));
  }

  askLater() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), ASK_MS);
  }

  async ask() {
    for (const { uid } of this.rows.filter(isUnderWay)) {
      const one = await get(`/ground/imports/${uid}`).catch(() => null);
      if (!one) return this.askLater();
      this.add(one);
      if (!isUnderWay(one)) this.dispatchEvent(new Event("over"));
    }
  }

  row(one) {
    const moment = one.at * 1000;
    return h("li.box.import", { class: `import-${one.state}` },
      h("p.import-head", {}, h("strong", {}, one.name), h("span", {}, WHAT[one.what] ?? one.what), h("span.muted", {}, stateWord(one)), h("span.small.muted.push.num", { title: atFully(moment) }, `${one.by}, ${now() - moment < DAY_MS ? atMinute(moment) : dateText(moment, zone)}`)),
      isUnderWay(one) && this.bar(one),
      !isUnderWay(one) && h("p", { class: one.state === "done" ? "" : "bad" }, outcomeLines(one).join(" ")),
      outcomeParts(one).map((part) => unfolding(one, part)),
      this.ways(one));
  }

  bar(one) {
    const percent = percentOf(one);
    return h("div.ground-progress", {}, h("progress", { max: 100, value: percent === null ? null : percent, "aria-label": progressWords(one) }), h("span.small.num", {}, progressWords(one)));
  }

  ways(one) {
    const ways = waysOf(one);
    return ways.length > 0 && h("div.line", {}, ways.map(({ label, wish }) => h("button.btn.btn-small", { type: "button", data: { key: `${one.uid}${label}` }, onclick: ({ target }) => this.again(one, wish, target) }, label)));
  }

  async again(one, wish, button) {
    button.disabled = true;
    try {
      const next = await post(`/ground/imports/${one.uid}/again`, { uid: newUid(), ...wish });
      this.rows = this.rows.filter(({ uid }) => uid !== one.uid);
      this.add(next);
    } catch (problem) {
      button.disabled = false;
      toast(problem.message, { isBad: true });
    }
  }
}

function unfolding({ uid }, { title, names }) {
  const shown = names.slice(0, NAMES_SHOWN);
  const list = h("ul.import-names", { tabindex: 0 });
  fill(list, ...shown.map((name) => h("li", {}, name)), names.length > shown.length && h("li", {}, t("dan {n} lagi", { n: names.length - shown.length })));
  return h("details", { data: { key: `${uid}${title}` } }, h("summary", {}, title), list);
}
