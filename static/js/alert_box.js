// One alert and the truth about it: who saw it, which device only has it, who has nothing, and the clock to the next rung.
import { countdownMark } from "./ages.js";
import { post } from "./api.js";
import { atMinute, zoneLabel } from "./clock.js";
import { h } from "./dom.js";
import { counted, isCut, isSeen, nextRung, recipientLook, recipientWords } from "./ladder.js";
import { ALERT_STATES, ORDERS, named } from "./names.js";
import { may } from "./page.js";
import { toast } from "./toast.js";
import { listed, t } from "./words.js";

const ME = document.documentElement.dataset.person ?? "";

/** The alert in short: its counts and its clock; `isWhole` adds the words and every recipient. */
export function alertBox(alert, recipients, { isWhole, onDone }) {
  const sums = counted(recipients);
  return h("article.box.alert-box", { class: alert.state === "draft" ? "is-draft" : "" },
    head(alert, recipients, isWhole),
    isWhole && h("p.alert-text", {}, alert.text),
    isWhole && h("p.small.muted", {}, facts(alert)),
    countLines(sums),
    isWhole && h("ul.recipients", {}, recipients.map((one) => recipientLine(alert, one, onDone))),
    buttons(alert, recipients, onDone));
}

// A headline that is only how the text begins need not be said above the text.
const headWords = (alert, isWhole) => (isWhole && isCut(alert) ? t("Siaran") : `${t("Siaran")}: ${alert.headline}`);

function head(alert, recipients, isWhole) {
  const rung = alert.state === "active" ? nextRung(recipients, alert) : null;
  const state = rung
    ? [t("{way} dalam", { way: rung.channel }), " ", countdownMark(rung.at)]
    : [named(ALERT_STATES, alert.state)];
  return h("div.line", {}, h("b", {}, alert.exercise ? t("LATIHAN") + " · " : "", headWords(alert, isWhole)), h("span.push.late", {}, state));
}

const facts = (alert) =>
  [
    t("perintah {order}", { order: named(ORDERS, alert.order) }),
    t("ditulis {by}", { by: alert.written_by }),
    alert.approved_by && alert.approved_by !== alert.written_by ? t("disetujui {by}", { by: alert.approved_by }) : null,
    alert.expires_at && t("berlaku sampai {time} {zone}", { time: atMinute(alert.expires_at), zone: zoneLabel }),
  ].filter(Boolean).join(" · ");

function countLines({ total, seen, device, missing }) {
  const line = (words, value, look) => h("div.line", {}, h("dt", {}, words), h("dd.push", { class: look }, value));
  return h("dl.alert-counts", {},
    line(t("dilihat orang"), t("{n} dari {total}", { n: seen, total }), seen === total ? "good" : ""),
    device > 0 && line(t("diterima alat saja"), String(device), "late"),
    missing.length > 0 && line(t("belum diterima"), listed(missing), "bad"));
}

function recipientLine(alert, one, onDone) {
  const canSay = alert.state === "active" && !isSeen(one) && may("alert.acknowledge");
  const say = canSay && h("button.btn.btn-small", { type: "button", data: { key: `seen-${one.id}` }, title: t("Satuan mengaku sudah melihatnya, misalnya lewat suara"), onclick: ({ currentTarget }) => send(currentTarget, `/alerts/${alert.id}/acknowledge`, { unit_id: one.unit_id }, onDone) }, t("tandai dilihat"));
  return h("li.line", {}, h("b", {}, one.call_sign), h("span", { class: recipientLook(one) }, recipientWords(one, atMinute)), say && h("span.push", {}, say));
}

function buttons(alert, recipients, onDone) {
  const whole = h("a.btn.btn-small.btn-quiet", { href: `/alerts?a=${alert.id}`, data: { key: `whole-${alert.id}` } }, t("Lihat di Siaran"));
  const row = [approveButton(alert, recipients, onDone), cancelButton(alert, onDone), whole].filter(Boolean);
  return h("div.line", {}, row);
}

function approveButton(alert, recipients, onDone) {
  if (alert.state !== "draft" || !may("alert.approve")) return null;
  if (alert.written_by === ME) return h("span.late.small", {}, t("Anda yang menulis; orang kedua harus menyetujui."));
  const words = t("Setujui: {order}, {place}, {n} satuan", { order: named(ORDERS, alert.order), place: alert.place || "?", n: recipients.length });
  return h("button.btn.btn-small.btn-danger", { type: "button", data: { key: `approve-${alert.id}` }, onclick: ({ currentTarget }) => send(currentTarget, `/alerts/${alert.id}/approve`, { text_hash: alert.text_hash }, onDone) }, words);
}

// Two clicks take it back: the first one turns the button into the question.
function cancelButton(alert, onDone) {
  if (!["draft", "active"].includes(alert.state) || !may("alert.cancel")) return null;
  const button = h("button.btn.btn-small", { type: "button", data: { key: `cancel-${alert.id}` } }, t("Batalkan siaran"));
  button.addEventListener("click", () => {
    if (button.dataset.sure) return send(button, `/alerts/${alert.id}/cancel`, {}, onDone);
    button.dataset.sure = "yes";
    button.classList.add("btn-danger");
    button.textContent = t("Ya, batalkan sekarang");
  });
  return button;
}

async function send(button, path, fields, onDone) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    onDone(await post(path, fields));
  } catch (problem) {
    toast(problem.message, { isBad: true });
  } finally {
    button.setAttribute("aria-busy", "false");
  }
}
