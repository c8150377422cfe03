// Our stations: when each was last heard, how it did in the roll-calls, where it was; and the roll-calls themselves.
import { newUid, post } from "./api.js";
import { atFully, now } from "./clock.js";
import { fill, h, setText } from "./dom.js";
import { RadioMap } from "./radio_map.js";
import { RadioRelays } from "./radio_relays.js";
import { isOldPlace, placeAge, qualityWords, scoreLook, scoreWords } from "./radio_words.js";
import { ageWords, secondsBetween } from "./time.js";
import { toast } from "./toast.js";
import { listed, numberText, t } from "./words.js";

const $ = (id) => document.getElementById(id);

export class RadioStations {
  constructor(live, { onCalled, onChoose, onRelays }) {
    Object.assign(this, { live, onCalled, onChoose, uid: newUid(), stations: [], net: { roll_calls: [], scores: {} } });
    this.relays = new RadioRelays(onRelays);
    $("roll-begin")?.addEventListener("click", () => this.begin());
  }

  /** The part is on the screen; the map is made when it is first looked at. */
  wake() {
    this.map ??= new RadioMap($("radio-map"), this.live);
    this.map.show(this.stations);
    this.map.wake();
  }

  show({ stations, relays }, net) {
    Object.assign(this, { stations, net });
    $("stations-empty").hidden = stations.length > 0;
    fill($("stations"), ...stations.map((one) => this.row(one)));
    $("calls-empty").hidden = net.roll_calls.length > 0;
    fill($("calls"), ...net.roll_calls.map((one) => this.callRow(one)));
    setText($("next-call"), net.next_at ? t("pengecekan berikutnya {time}", { time: atFully(net.next_at) }) : t("pengecekan hanya dengan tangan"));
    const placed = stations.filter(({ located_at }) => located_at);
    setText($("map-words"), placed.length ? t("{n} stasiun pernah mengirim posisi; lingkaran kosong: lebih dari 15 menit lalu.", { n: placed.length }) : t("Belum ada stasiun yang mengirim posisi."));
    this.map?.show(stations);
    if (relays) this.relays.show(stations, relays);
  }

  row(one) {
    const score = this.net.scores[one.number];
    const marks = [one.relay ? h("span.chip.chip-square", {}, t("relai {n}", { n: one.relay })) : null, one.revoked_at ? h("span.bad", {}, t("dicabut")) : null, one.waiting ? h("span.late.small.block", {}, t("{n} menunggu", { n: one.waiting })) : null];
    return h("tr", {}, h("td.num", {}, String(one.number)), h("td", {}, h("b", {}, one.call_sign), " ", ...marks, one.unit && one.unit !== one.call_sign ? h("span.muted.small.block", {}, one.unit) : null),
      h("td", { title: one.last_heard_at ? atFully(one.last_heard_at) : "" }, one.last_heard_at ? t("{age} lalu", { age: ageWords(secondsBetween(one.last_heard_at, now())) }) : t("belum pernah"), qualityWords(one.quality) ? h("span.muted.small.block", { title: t("Kuat sinyal bingkai terakhir") }, qualityWords(one.quality)) : null),
      h("td", {}, h("span.lamp", { class: `lamp-${scoreLook(score)}` }, h("span", {}, scoreWords(score)))),
      h("td", { title: one.located_at ? atFully(one.located_at) : "" }, one.located_at ? h("span", { class: isOldPlace(one, now()) ? "late" : "" }, placeAge(one, now())) : h("span.muted", {}, t("tidak diketahui"))));
  }

  callRow(one) {
    const words = !one.ended_at ? t("sedang berjalan") : one.was_on_air ? t("{n} dari {all} menjawab", { n: numberText(one.answered), all: numberText(one.asked) }) : t("tidak sempat mengudara; tidak dihitung");
    const look = !one.ended_at || !one.was_on_air ? "" : one.silent.length ? "late" : "good";
    return h("li.box.radio-call", {},
      h("div.line", {}, h("time.num.strong", { datetime: one.begun_at }, atFully(one.begun_at)), h("span.chip.chip-square", {}, one.kind === "daily" ? t("harian") : t("dengan tangan")), h("b.push", { class: look }, words)),
      one.was_on_air && one.silent.length ? h("p.late", {}, t("Tidak menjawab: {names}. Tugas dibuat untuk masing-masing.", { names: listed(one.silent) })) : null,
      h("div.line", {}, h("span.muted.small", {}, one.begun_by), h("button.btn.btn-small.push", { type: "button", data: { choose: one.uid }, onclick: () => this.onChoose(one.uid) }, t("Lihat giliran"))));
  }

  // One key until it is answered: a second click calls nobody twice.
  async begin() {
    const button = $("roll-begin");
    button.disabled = true;
    setText($("roll-problem"), "");
    try {
      await post("/radio/rollcalls", { uid: this.uid });
      this.uid = newUid();
      toast(t("Stasiun dipanggil; jawabannya tampil giliran demi giliran."));
      this.onCalled();
    } catch (problem) {
      if (problem.status) this.uid = newUid();
      setText($("roll-problem"), problem.message);
    } finally {
      button.disabled = false;
    }
  }
}

