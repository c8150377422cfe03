// The chosen alert: its frozen words, who must approve, what everybody knows, the clock to the next rung, and what one may do.
import { countBar, countLegend } from "./alerts_bar.js";
import { added, approvalLeft, doneWords, ladderSteps, missingOf, rungsOf, seenOf, totalOf } from "./alerts_words.js";
import { countdownMark } from "./ages.js";
import { atMinute, atFully, now, zoneLabel } from "./clock.js";
import { fill, h, icon, setText } from "./dom.js";
import { nextRung } from "./ladder.js";
import { ALERT_STATES, ORDERS, named } from "./names.js";
import { may, page } from "./page.js";
import { Section } from "./section.js";
import { forget, hear } from "./speech_box.js";
import { ageText } from "./time.js";
import { listed, numberText, t } from "./words.js";

const $ = (id) => document.getElementById(id);
const ME = document.documentElement.dataset.person ?? "";
const PARTS = ["head", "ask", "words", "sums", "ladder", "deeds"];

export class AlertPicture {
  /** `deeds` are what the buttons do: {approve, cancel, resend, missing, update}. */
  constructor(deeds) {
    this.deeds = deeds;
    this.parts = Object.fromEntries(PARTS.map((name) => [name, new Section($(`alert-${name}`))]));
  }

  /** `alert` may be null; `units` are the unit cards of the live picture, `counts` everybody by state. */
  draw(alert, { counts, units }) {
    $("alert-none").hidden = alert !== null;
    if (this.shown !== alert?.id) forget($("alert-speech"));
    this.shown = alert?.id;
    $("alert-people").hidden = alert === null;
    if (!alert) return Object.values(this.parts).forEach((part) => part.clear());
    const { head, ask, words, sums, ladder, deeds } = this.parts;
    head.show([alert.id, alert.state, alert.headline, alert.revision, alert.approved_by], () => headOf(alert));
    ask.show([alert.id, alert.state, counts], () => this.askOf(alert, counts));
    words.show([alert.id, alert.text, alert.state, alert.expires_at], () => wordsOf(alert));
    sums.show([alert.id, alert.state, counts], () => sumsOf(alert, counts));
    ladder.show([alert.id, alert.state, units.map((one) => [one.rung, one.state, one.next_rung_at, one.next_channel]), alert.rungs, alert.next_rung_at, alert.waits], () => ladderOf(alert, units));
    deeds.show([alert.id, alert.state, missingOf(counts)], () => this.deedsOf(alert, counts));
  }

  // ---- the second person: what, where, how many, until when; ten minutes, and never the writer

  askOf(alert, counts) {
    if (alert.state !== "draft") return [];
    const isMine = alert.written_by === ME;
    return [h("section.alert-ask.stack", { "aria-label": t("Menunggu orang kedua") },
      h("div.line", {}, h("h3", {}, isMine ? t("Menunggu orang kedua") : may("alert.approve") ? t("Periksa, lalu setujui") : t("Menunggu orang kedua")), h("span.push.late.num", { data: { approval: alert.written_at } }, leftWords(alert.written_at))),
      h("dl.alert-what", {},
        fact(t("Apa"), `${named(ORDERS, alert.order)}: ${alert.headline}`), fact(t("Di mana"), whereWords(alert)),
        fact(t("Berapa"), manyWords(alert, counts)), fact(t("Sampai"), `${atFully(alert.expires_at)}`)),
      alert.reach && h("p.small", {}, alert.reach),
      h("p.problem", { role: "alert", data: { problem: "approve" } }),
      h("div.line", {}, isMine ? h("span.late", {}, t("Anda yang menulis; orang lain yang harus menyetujui.")) : this.approveButton(alert, counts), this.cancelButton(alert, counts)))];
  }

  approveButton(alert, counts) {
    if (!may("alert.approve")) return h("span.muted", {}, t("Peran Anda tidak dapat menyetujui."));
    const words = t("Setujui: {order}, {place}, {many}", { order: named(ORDERS, alert.order), place: whereWords(alert), many: manyWords(alert, counts) });
    return h("button.btn.btn-danger", { type: "button", id: "alert-approve", data: { key: "approve" }, onclick: () => this.deeds.approve(alert) }, icon("check"), words, " ", h("kbd", {}, "S"));
  }

  // ---- what one may do

  deedsOf(alert, counts) {
    const missing = missingOf(counts);
    const isActive = alert.state === "active";
    const row = [
      isActive && missing > 0 && may("alert.write") && h("button.btn", { type: "button", id: "alert-resend", data: { key: "resend" }, onclick: () => this.deeds.resend(alert) }, icon("refresh"), t("Kirim ulang ke {n} yang belum", { n: numberText(missing) })),
      isActive && missing > 0 && may("contact.unmask") && h("button.btn", { type: "button", id: "alert-phone", data: { key: "phone" }, onclick: () => this.deeds.missing(alert) }, icon("phone"), t("Daftar telepon ({n})", { n: numberText(missing) }), " ", h("kbd", {}, "T")),
      isActive && may("alert.write") && h("a.btn", { href: `/alerts/new?update=${alert.id}`, id: "alert-update", data: { key: "update" } }, icon("edit"), t("Perbarui")),
      h("button.btn", { type: "button", id: "alert-hear", data: { key: "hear-alert" }, onclick: ({ currentTarget }) => this.hear(alert, currentTarget) }, icon("volume"), t("Dengarkan")),
      alert.state !== "draft" && may("contact.read") && h("a.btn", { href: `/api/v1/alerts/${alert.id}/export.csv`, id: "alert-csv", download: "", data: { key: "csv" } }, icon("download"), t("CSV")),
      alert.incident_id && h("a.btn.btn-quiet", { href: `/?i=${alert.incident_id}`, data: { key: "incident" } }, icon("external-link"), t("Kejadiannya")),
      isActive && this.cancelButton(alert, counts),
    ].filter(Boolean);
    return row.length ? [h("div.line", {}, row)] : [];
  }

  hear({ id }, button) {
    return hear(button, $("alert-speech"), { path: `/alerts/${id}/speech`, name: `siaran-${id}.wav` });
  }

  cancelButton(alert) {
    if (!may("alert.cancel")) return null;
    return h("button.btn", { type: "button", id: "alert-cancel", "aria-haspopup": "true", data: { key: "cancel" }, onclick: () => this.deeds.cancel(alert) }, icon("arrow-back-up"), alert.state === "draft" ? t("Buang") : t("Tarik kembali…"));
  }

  /** Every second: how long the second person has. */
  tick() {
    for (const mark of document.querySelectorAll("[data-approval]")) setText(mark, leftWords(mark.dataset.approval));
  }
}

const fact = (name, words) => h("div", {}, h("dt", {}, name), h("dd", {}, words));

// How many, and whether everybody may read it: both are what a second person answers for.
function manyWords(alert, counts) {
  const many = t("{n} penerima", { n: numberText(totalOf(counts)) });
  return alert.audience === "public" ? t("{many} dan umum", { many }) : many;
}

export const whereWords = ({ area_words, place }) => area_words || place || t("tanpa tempat");

function leftWords(writtenAt) {
  const left = approvalLeft(writtenAt, now(), page.approval_s);
  return left ? t("tinggal {time}", { time: ageText(left) }) : t("lewat sepuluh menit: tulis siaran baru");
}

function headOf(alert) {
  return [h("header.alert-head", {},
    h("div.line", {}, alert.exercise && h("strong.pill.pill-drill", {}, t("LATIHAN")), h("span.chip", { class: `chip-${alert.state}` }, named(ALERT_STATES, alert.state)), h("span.chip.chip-square", {}, alert.priority), h("span.chip.chip-square", {}, named(ORDERS, alert.order)), alert.revision > 0 && h("span.chip.chip-square", {}, t("pembaruan ke-{n}", { n: alert.revision }))),
    h("h2", {}, alert.headline),
    h("p.small.muted", {}, [whereWords(alert), t("ditulis {by} {time}", { by: alert.written_by, time: atMinute(alert.written_at) }), alert.approved_by && alert.approved_by !== alert.written_by ? t("disetujui {by} {time}", { by: alert.approved_by, time: atMinute(alert.approved_at) }) : null].filter(Boolean).join(" · ")))];
}

const wordsOf = (alert) => [
  h("blockquote.as-written.alert-words", {}, alert.text),
  h("p.small.muted", {}, alert.expires_at && t("Berlaku sampai {time}. Sesudah itu tidak pernah dikirim.", { time: atFully(alert.expires_at) })),
];

function sumsOf(alert, counts) {
  if (alert.state === "draft") return [];
  const [seen, total] = [seenOf(counts), totalOf(counts)];
  return [
    h("p.alert-sum", {}, h("b.num", { class: seen === total && total ? "good" : "" }, numberText(seen)), " ", t("dari {total} dilihat orang", { total: numberText(total) })),
    countBar(counts), countLegend(counts),
  ];
}

function ladderOf(alert, units) {
  if (alert.state !== "active") return [];
  const steps = ladderSteps(page.ladder?.[alert.priority] ?? [], page.ladder_s ?? 60, added(rungsOf(units), alert.rungs), page.channels_on ?? null);
  return [h("div.line", {}, h("h3", {}, t("Tangga")), h("span.muted.small", {}, doneWords(page.done_at?.[alert.priority] ?? "seen"))), nextWords(alert, units), h("ol.ladder", {}, steps.map(stepRow))];
}

// What the clock will do, before it does it.
function nextWords(alert, units) {
  const next = nextRung(units, alert);
  if (!next) return h("p.muted.small", {}, t("Tidak ada yang menunggu anak tangga berikut."));
  const words = next.isRunner ? t("seseorang harus diutus kepada {n} yang belum melihatnya", { n: numberText(next.count) }) : t("dikirim juga lewat {way} ke {n} yang belum melihatnya", { way: next.channel, n: numberText(next.count) });
  return h("p.alert-next", {}, icon("clock"), " ", t("Dalam"), " ", countdownMark(next.at), " ", words);
}

const stepRow = ({ number, ways, words, look, n }) =>
  h("li", { class: `ladder-${look}`, "aria-current": look === "now" ? "step" : null }, h("b", {}, `${number}. ${ways}`), " ", h("span.muted.small", {}, words), n > 0 && h("span.chip.push", {}, t("{n} di sini", { n: numberText(n) })));
