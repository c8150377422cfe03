// The relays: stations that repeat for those the centre does not hear, in the order they speak; changed by who may.
import { newUid, put } from "./api.js";
import { fill, h, setText } from "./dom.js";
import { may } from "./page.js";
import { moved, oldCardsWords, saidByAddress } from "./radio_words.js";
import { t } from "./words.js";

const $ = (id) => document.getElementById(id);

export class RadioRelays {
  constructor(onChanged) {
    Object.assign(this, { onChanged, stations: [], relays: { order: [], said_by: "register", old_cards: [] }, isBusy: false });
    $("relay-add")?.addEventListener("submit", (event) => { event.preventDefault(); this.add(); });
  }

  show(stations, relays) {
    Object.assign(this, { stations, relays });
    this.order = stations.filter(({ relay }) => relay).sort((a, b) => a.relay - b.relay);
    fill($("relays"), ...this.order.map((one, at) => this.row(one, at)));
    $("relays-empty").hidden = this.order.length > 0;
    setText($("relays-address"), saidByAddress(relays));
    $("relays-address").hidden = relays.said_by !== "address";
    const old = oldCardsWords(stations, relays);
    setText($("relays-old"), old);
    $("relays-old").hidden = !old;
    this.showChoice();
  }

  row(one, at) {
    const needsCard = this.relays.old_cards.includes(one.number);
    const verbs = may("unit.manage")
      ? [at ? h("button.btn.btn-small", { type: "button", data: { relay: "up" }, "aria-label": t("Dahulukan {name}", { name: one.call_sign }), onclick: () => this.set(moved(this.numbers(), one.number)) }, t("Dahulukan")) : null,
        h("button.btn.btn-small", { type: "button", data: { relay: "off" }, "aria-label": t("{name} bukan relai lagi", { name: one.call_sign }), onclick: () => this.set(this.numbers().filter((number) => number !== one.number)) }, t("Bukan relai lagi"))]
      : [];
    return h("li.line.relay-row", {}, h("b.num", {}, `${at + 1}.`), h("b", {}, one.call_sign), h("span.muted.small", {}, t("stasiun {n}", { n: one.number })), needsCard ? h("span.late.small", {}, t("butuh kartu baru")) : null, h("span.line.push", {}, ...verbs));
  }

  // A choice that somebody is making stands still while the list is drawn anew.
  showChoice() {
    if (!$("relay-add")) return;
    const free = this.stations.filter(({ relay, revoked_at }) => !relay && !revoked_at);
    const said = JSON.stringify(free.map(({ number }) => number));
    $("relay-add").hidden = !free.length;
    if (said === this.offered) return;
    this.offered = said;
    fill($("relay-which"), ...free.map((one) => h("option", { value: String(one.number) }, one.call_sign)));
  }

  numbers() {
    return this.order.map(({ number }) => number);
  }

  add() {
    const chosen = Number($("relay-which").value);
    if (chosen) this.set([...this.numbers(), chosen]);
  }

  // What stood on the screen goes along: who changed it meanwhile is not written over.
  async set(relays) {
    if (this.isBusy) return;
    this.isBusy = true;
    setText($("relays-problem"), "");
    try {
      await put("/radio/relays", { uid: newUid(), relays, before: this.numbers() });
    } catch (problem) {
      setText($("relays-problem"), problem.message);
    } finally {
      this.isBusy = false;
      this.onChanged();
    }
  }
}
