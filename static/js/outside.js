// Above the queue: what sources outside told and what it proposes. Comes with the first news, not with the page.
import { newUid, post } from "./api.js";
import { atFully } from "./clock.js";
import { openForm } from "./dialog_form.js";
import { h, icon, oncePerFrame } from "./dom.js";
import { choiceField, longField, textField } from "./form.js";
import { ICONS, LEVELS, VOLCANOES, asksOf, creditOf, decidedWords, factsOf, inTurn, newestFirst, openCount, partsOf, shortWords, whatOf } from "./outside_words.js";
import { may } from "./page.js";
import { Section } from "./section.js";
import { toast } from "./toast.js";
import { told } from "./told.js";
import { t } from "./words.js";

const SHOWN = 30;

export class Outside {
  constructor(live, element) {
    Object.assign(this, { live, element, part: new Section(element), uids: new Map(), isOpen: null });
    element.addEventListener("toggle", ({ target }) => target.matches(".outside-box") && (this.isOpen = target.open), true);
    live.addEventListener("change", oncePerFrame(() => this.draw()));
    this.draw();
  }

  draw() {
    const { bulletins, proposals } = this.live.picture;
    const [told, asked] = [newestFirst(bulletins.values()).slice(0, SHOWN), inTurn(proposals.values())];
    this.element.hidden = !bulletins.size && !asked.length;
    this.part.show([told, asked, bulletins.size], () => [this.box(told, asked, bulletins)]);
  }

  // It opens by itself while somebody must decide; whoever closed it keeps it closed.
  box(told, asked, bulletins) {
    const waiting = openCount(asked);
    return h("details.outside-box", { open: this.isOpen ?? waiting > 0, class: waiting ? "is-waiting" : "", data: { key: "outside" } },
      h("summary", {}, icon("rss"), h("span.outside-short", {}, h("b", {}, t("Peringatan dari luar")), h("span", {}, shortWords([...bulletins.values()]))),
        waiting > 0 && h("span.chip.outside-count.num", { title: t("menunggu keputusan") }, String(waiting), h("span.sr-only", {}, t("menunggu keputusan")))),
      h("div.outside-body", {}, asked.map((one) => this.proposal(one)), h("ul.outside-list", {}, told.map(row)), this.foot()));
  }

  // ---- what is proposed

  proposal(one) {
    const [what, asks] = [partsOf(one)[0], asksOf(one)];
    return h("section.outside-proposal", { data: { state: one.state }, "aria-label": t("Usulan") },
      h("h3", {}, told(what)), asks && h("p.outside-asks", {}, asks),
      h("details", { data: { key: `why-${one.id}` } }, h("summary", {}, t("Alasan")), h("ul.small", {}, one.reasons.map((words) => h("li", {}, told(words))))),
      one.state === "open" ? this.choice(one) : this.decided(one));
  }

  choice(one) {
    if (!may("proposal.decide")) return h("p.muted.small", {}, t("Menunggu keputusan petugas."));
    return h("div.line", {},
      h("button.btn.btn-small.btn-primary", { type: "button", data: { key: `accept-${one.id}` }, onclick: ({ currentTarget }) => this.accept(one, currentTarget) }, t("Terima")),
      h("button.btn.btn-small", { type: "button", data: { key: `decline-${one.id}` }, onclick: () => this.decline(one) }, t("Tolak…")));
  }

  // Nothing happens by itself: what was accepted is done by the person, from here.
  decided(one) {
    const deeds = one.state !== "accepted" ? [] : [
      one.asks.includes("status") && may("status.declare") && h("button.btn.btn-small", { type: "button", data: { key: `status-${one.id}` }, onclick: () => document.getElementById("status-pill")?.click() }, t("Nyatakan status…")),
      one.asks.includes("alert") && may("alert.write") && h("a.btn.btn-small", { href: `/alerts/new?proposal=${one.id}`, data: { key: `alert-${one.id}` } }, t("Tulis siaran…")),
    ];
    return [h("p.small", {}, icon(one.state === "accepted" ? "check" : "circle-x"), " ", decidedWords(one), one.why && h("span.muted", {}, ` “${one.why}”`)), h("div.line", {}, deeds)];
  }

  async accept(one, button) {
    button.setAttribute("aria-busy", "true");
    try {
      await post(`/proposals/${one.id}/accept`, { uid: this.uidOf(one) });
    } catch (problem) {
      this.uids.delete(one.id);
      toast(problem.message, { isBad: true });
      button.removeAttribute("aria-busy");
    }
  }

  uidOf(one) {
    if (!this.uids.has(one.id)) this.uids.set(one.id, newUid());
    return this.uids.get(one.id);
  }

  decline(one) {
    openForm({
      title: t("Tolak usulan"), submit: t("Tolak"),
      fields: [h("p", {}, `${told(partsOf(one)[0])}: ${asksOf(one)}`), longField("text", t("Alasan"), { required: true, maxlength: 500 })],
      send: ({ text }, uid) => post(`/proposals/${one.id}/decline`, { uid, text }),
    });
  }

  // ---- by hand

  foot() {
    return may("bulletin.write") && h("p.outside-foot", {}, h("button.btn.btn-small.btn-quiet", { type: "button", data: { key: "volcano" }, onclick: () => writeVolcano() }, icon("mountain"), " ", t("Catat tingkat gunung api…")));
  }
}

function row(one) {
  const facts = factsOf(one);
  return h("li.outside-row", { data: { severity: one.severity ?? "" } }, icon(ICONS[one.kind] ?? "info-circle"),
    h("div", {},
      h("div", {}, h("b", {}, whatOf(one)), one.tsunami && h("strong.outside-tsunami", {}, ` ${t("DAPAT MENIMBULKAN TSUNAMI")}`)),
      one.place && h("div", {}, told(one.place)),
      h("div.muted.small", {}, h("time.num", { datetime: one.at }, atFully(one.at)), facts && ` · ${facts}`),
      h("div.muted.small", {}, t("Sumber: {who}", { who: creditOf(one) }), one.url && [" ", h("a", { href: one.url, target: "_blank", rel: "noopener noreferrer" }, t("selengkapnya"))])));
}

/** The level of a volcano, as MAGMA or the letter of its observatory says it. */
export function writeVolcano() {
  const names = h("datalist#volcano-names", {}, Object.keys(VOLCANOES).map((name) => h("option", { value: name })));
  const fields = [
    textField("name", t("Gunung"), { required: true, list: "volcano-names" }), names,
    choiceField("level", t("Tingkat"), LEVELS, { blank: t("pilih") }),
    textField("lon", t("Bujur"), { required: true, hint: t("derajat, misalnya 116,47") }),
    textField("lat", t("Lintang"), { required: true, hint: t("derajat, selatan negatif: -8,42") }),
    textField("basis", t("Dasar"), { required: true, hint: t("surat, laman atau telepon siapa") }),
  ];
  const dialog = openForm({ title: t("Tingkat gunung api"), submit: t("Catat"), fields, send: ({ lon, lat, ...said }, uid) => post("/bulletins/volcano", { uid, ...said, lon: degrees(lon), lat: degrees(lat) }) });
  dialog.querySelector("[name=name]").addEventListener("input", ({ target }) => fillPlace(dialog, VOLCANOES[target.value.trim()]));
}

const degrees = (words) => Number(words.trim().replace(",", "."));

function fillPlace(dialog, place) {
  if (!place) return;
  [dialog.querySelector("[name=lon]").value, dialog.querySelector("[name=lat]").value] = place.map(String);
}
