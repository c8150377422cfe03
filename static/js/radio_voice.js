// Net control for voice: who checked in and who did not, by keyboard; who comes next; silence and emergency by order.
import { newUid, post } from "./api.js";
import { wireForm } from "./api_form.js";
import { at, atFully, now, onTick, zone } from "./clock.js";
import { fill, h, setText } from "./dom.js";
import { may } from "./page.js";
import { LINE_KINDS, counted, nextOf, saidAt } from "./radio_words.js";
import { ageText, secondsBetween } from "./time.js";
import { named } from "./names.js";
import { t } from "./words.js";

const $ = (id) => document.getElementById(id);
const KEYS = { n: "no_answer", b: "traffic", d: "emergency" };

export class RadioVoice {
  constructor(onDone) {
    Object.assign(this, { onDone, kind: "check_in", net: null, expected: [], skipped: [], firstSaid: null, uids: new Map() });
    this.clock = h("b.num");
    onTick((moment) => this.net && setText(this.clock, ageText(secondsBetween(this.net.opened_at, moment))));
    if ($("net-open")) wireForm($("net-open"), { path: "/radio/nets", read: readOpening, done: onDone });
    if ($("line")) this.wireLine($("line"));
  }

  wireLine(form) {
    wireForm(form, { path: () => `/radio/nets/${this.net.id}/lines`, read: (fields) => this.read(fields), done: () => this.written() });
    form.querySelector('[type="submit"]').addEventListener("click", () => { this.kind = "check_in"; });
    form.addEventListener("click", ({ target }) => this.submitAs(form, target.closest("[type=button][data-kind]")?.dataset.kind));
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.kind = "check_in";
      const kind = event.altKey && KEYS[event.key.toLowerCase()];
      if (kind) (event.preventDefault(), this.submitAs(form, kind));
      if (event.key === "Escape") this.skip();
    });
  }

  submitAs(form, kind) {
    if (!kind) return;
    this.kind = kind;
    form.requestSubmit();
  }

  // What is sent again after a lost line keeps the time at which it was first said.
  read({ call_sign, signal, report, time }) {
    const sign = call_sign.trim();
    if (!sign) return { problem: ["call_sign", t("Tulis nama panggilannya.")] };
    this.firstSaid ??= new Date(now()).toISOString();
    const said = time ? saidAt(time, now(), zone) : this.firstSaid;
    return { kind: this.kind, call_sign: sign, said_at: said, ...(signal.trim() ? { signal: signal.trim() } : {}), ...(report.trim() ? { report: report.trim() } : {}) };
  }

  written() {
    this.firstSaid = null;
    this.kind = "check_in";
    $("line").elements.call_sign.value = "";
    this.onDone();
  }

  skip() {
    const next = nextOf(this.expected, this.net?.lines ?? [], this.skipped);
    if (next) this.skipped.push(next);
    this.prompt(true);
  }

  show({ net, expected, nets }) {
    const isNew = net?.id !== this.net?.id;
    if (isNew) this.skipped = [];
    const isWriting = isNew && document.activeElement?.closest("#net-open, #line");
    Object.assign(this, { net, expected });
    if ($("net-open")) $("net-open").hidden = Boolean(net);
    if ($("line")) $("line").hidden = !net;
    $("voice-mark").hidden = !net;
    setText($("voice-mark"), net ? (net.traffic === "emergency" ? t("DARURAT") : t("terbuka")) : "");
    fill($("voice"), net ? this.head(net) : null);
    fill($("voice-log"), net ? this.log(net.lines) : null);
    if ($("expected")) fill($("expected"), ...expected.map((sign) => h("option", { value: sign })));
    if (net) this.prompt();
    this.drawNets(nets.filter(({ id }) => id !== net?.id));
    if (this.isAwaited || isWriting) this.focus();
    this.isAwaited = false;
  }

  head(net) {
    const { heard, silent } = counted(net.lines);
    const orders = h("div.line.voice-orders", {}, ...this.orders(net).map(([order, words, look]) => h("button.btn", { type: "button", class: look, data: { order }, onclick: () => this.do(`/radio/nets/${net.id}/orders`, { order }) }, words)),
      h("a.btn", { href: `/api/v1/radio/nets/${net.id}/log.csv`, download: "" }, t("Unduh CSV")),
      may("radio.say") ? h("button.btn", { type: "button", data: { order: "close" }, onclick: () => this.do(`/radio/nets/${net.id}/close`) }, t("Tutup jaring")) : null);
    return h("section.box.voice-head", { class: net.traffic === "emergency" ? "is-emergency" : net.is_silent ? "is-silent" : "" },
      h("div.line", {}, h("h2", {}, net.name), h("span.muted", {}, net.channel), h("span.push", {}, t("berjalan"), " ", this.clock)),
      net.traffic === "emergency" ? h("p.voice-banner", {}, t("LALU LINTAS DARURAT: stasiun lain diam.")) : net.is_silent ? h("p.voice-banner", {}, t("SEMUA DIAM: hanya yang dipanggil berbicara.")) : null,
      h("p", {}, t("{n} hadir, {silent} tidak menjawab, {left} belum dipanggil", { n: heard.length, silent: silent.length, left: this.expected.filter((one) => !heard.includes(one) && !silent.includes(one)).length })),
      h("p.problem", { id: "voice-problem", role: "alert" }), orders);
  }

  orders(net) {
    if (!may("radio.say")) return [];
    if (net.traffic === "emergency") return [["routine", t("Darurat selesai"), ""]];
    return [net.is_silent ? ["lift", t("Cabut larangan bicara"), ""] : ["silence", t("Semua diam"), ""], ["emergency", t("Lalu lintas darurat"), "btn-danger"]];
  }

  // One key for each deed until it is answered.
  async do(path, fields = {}) {
    const name = `${path} ${JSON.stringify(fields)}`;
    if (!this.uids.has(name)) this.uids.set(name, newUid());
    try {
      await post(path, { uid: this.uids.get(name), ...fields });
      this.uids.delete(name);
      this.onDone();
    } catch (problem) {
      if (problem.status) this.uids.delete(name);
      if ($("voice-problem")) setText($("voice-problem"), problem.message);
    }
  }

  /** Who is called next stands in the box, unless somebody is writing there. */
  prompt(isAsked = false) {
    const form = $("line");
    if (!form) return;
    const next = nextOf(this.expected, this.net.lines, this.skipped);
    setText($("voice-next"), next ? t("Panggil berikutnya: {name}. Enter bila hadir, Alt N bila diam, Esc lewati.", { name: next }) : t("Semua sudah dipanggil; stasiun lain dapat masuk."));
    const box = form.elements.call_sign;
    const isFree = !box.value || box.value === this.offered;
    if (isAsked || (isFree && !form.elements.report.value && !form.elements.signal.value)) box.value = this.offered = next ?? "";
  }

  log(lines) {
    if (!lines.length) return h("p.empty.box", {}, h("strong", {}, t("Belum ada yang masuk")), t("Panggil stasiun pertama, tekan Enter bila ia menjawab."));
    return h("ol.box.voice-lines", {}, ...[...lines].reverse().map((line) => this.line(line)));
  }

  line(line) {
    const isOrder = line.kind === "order";
    return h("li", { class: `voice-${line.kind}${line.struck_at ? " is-struck" : ""}` },
      h("time.num", { title: atFully(line.said_at) }, at(line.said_at)), h("b", {}, isOrder ? t("semua") : line.call_sign), h("span.voice-kind", {}, named(LINE_KINDS, line.kind), line.signal ? ` ${line.signal}` : ""),
      h("span.voice-report", {}, line.report), h("span.muted.small", {}, line.struck_at ? t("dicoret {by}", { by: line.struck_by }) : line.written_by),
      may("radio.say") && !line.struck_at && !isOrder ? h("button.btn.btn-small.btn-quiet", { type: "button", data: { strike: line.id }, "aria-label": t("Coret {name}", { name: line.call_sign }), onclick: () => this.do(`/radio/lines/${line.id}/strike`) }, t("Coret")) : null);
  }

  drawNets(nets) {
    $("nets-empty").hidden = nets.length > 0;
    fill($("nets"), ...nets.map((one) => h("tr", {}, h("td.strong", {}, one.name), h("td", {}, one.channel), h("td.num", {}, atFully(one.opened_at)), h("td.num", {}, one.closed_at ? at(one.closed_at) : ""), h("td.num", {}, String(one.checked_in)),
      h("td", {}, h("a.btn.btn-small", { href: `/api/v1/radio/nets/${one.id}/log.csv`, download: "" }, "CSV")))));
  }

  /** The hand goes to the box that is written next; until the first answer is there, none is shown. */
  focus() {
    const box = this.net ? $("line")?.elements.call_sign : $("net-open")?.elements.name;
    box?.focus();
    this.isAwaited = Boolean(box) && document.activeElement !== box;
  }
}

function readOpening({ name, channel }) {
  if (!name.trim()) return { problem: ["name", t("Beri nama jaring ini.")] };
  return channel.trim() ? { name: name.trim(), channel: channel.trim() } : { problem: ["channel", t("Tulis kanalnya.")] };
}

