// Photos, voice notes and documents of the incident: brought by drop, paste, picker or camera; struck, never deleted.
// What a camera wrote about where and when is offered, and taken only by a person.
import { post } from "../api.js";
import { Sendings, kindIcon, kindWord, pickers, sendingRow, sizeText, takeDrops, takePastes } from "../attachments.js";
import { at, atFully } from "../clock.js";
import { sayCoordinates } from "../coordinates.js";
import { h, icon } from "../dom.js";
import { ActionForm, longField } from "../form.js";
import { may } from "../page.js";
import { toast } from "../toast.js";
import { distanceText, t } from "../words.js";
import { struckWords } from "./strike.js";

const ME = document.documentElement.dataset.person ?? "";
const LANGUAGE = document.documentElement.lang || "id";
const isSupervisor = () => may("alert.approve");

let shown = null; // the panel, once it was drawn
const words = new Map(); // incident -> what is being typed about the next files
const sendings = new Sendings({ changed: () => shown?.draw(), arrived: () => shown?.fetchSoon() });

const cardsOf = (panel) => panel.whole?.attachments ?? [];
const ownerOf = (panel) => ({ incident_id: panel.id });

export const attachments = {
  name: "attachments",
  label: t("Lampiran"),
  count: (panel) => cardsOf(panel).filter((card) => !card.struck).length,
  facts: (panel) => (listen(panel), [cardsOf(panel), sendings.of(ownerOf(panel)).map((row) => [row.uid, row.fault, row.isSending])]),
  body: (panel) => [adding(panel), ...list(panel)],
};

// ---- bringing

function listen(panel) {
  if (shown) return;
  shown = panel;
  const can = () => may("attachment.write") && panel.incident !== null && panel.tab === attachments.name;
  takeDrops(panel.parts.body.element, can, (files) => bring(panel, files));
  takePastes(can, (files) => bring(panel, files));
}

function bring(panel, files) {
  sendings.add(ownerOf(panel), files, words.get(panel.id) ?? "");
  words.delete(panel.id);
  panel.draw();
}

function adding(panel) {
  if (!may("attachment.write")) return null;
  const about = h("input", { type: "text", id: "attachment-words", maxlength: "500", autocomplete: "off", placeholder: t("misalnya: tinggi air di depan pasar"), value: words.get(panel.id) ?? "", data: { key: "attachment-words" }, oninput: ({ target }) => words.set(panel.id, target.value) });
  const waiting = sendings.of(ownerOf(panel));
  return h("div.adding", {},
    h("div.field", {}, h("label", { for: "attachment-words" }, t("Keterangan (boleh kosong)")), about),
    h("div.line", {}, pickers((files) => bring(panel, files), "attachment"), h("span.muted.small", {}, t("atau seret ke sini, atau tempel gambar (Ctrl V)"))),
    waiting.length > 0 && h("ul.sending-rows", {}, waiting.map((row) => sendingRow(sendings, row))));
}

// ---- what is there

function list(panel) {
  const cards = [...cardsOf(panel)].reverse();
  if (!cards.length) return [h("p.empty", {}, h("strong", {}, t("Belum ada lampiran")), t("Foto, rekaman suara, PDF, teks atau CSV; paling besar 15 MB."))];
  return [h("ul.attachment-rows", {}, cards.map((card) => row(panel, card)))];
}

function row(panel, card) {
  return h("li.attachment-row", { class: card.struck ? "is-struck" : "", data: { attachment: card.id } },
    face(card),
    h("div.attachment-words", {},
      h("div.line", {}, h("b", {}, card.struck ? h("s", {}, kindWord(card.kind)) : kindWord(card.kind)), h("span.muted.num.small", {}, sizeText(card.bytes)), strikeButton(panel, card)),
      card.words && h("p.call-words", {}, card.struck ? h("s", {}, card.words) : card.words),
      h("p.small.muted", {}, cameFrom(card)),
      card.kind === "document" && card.name && h("p.small.muted.file-name", {}, card.name),
      card.struck && h("p.small.bad", {}, struckWords(card.struck)),
      card.kind === "voice" && card.file && h("audio", { controls: true, preload: "none", src: card.file, "aria-label": t("Rekaman suara dari {by}", { by: card.sent_by }) }),
      offer(panel, card)));
}

function face(card) {
  const label = t("Buka {kind} dari {by}", { kind: kindWord(card.kind).toLowerCase(), by: card.sent_by });
  if (card.thumb) return h("a.attachment-face", { href: card.file, target: "_blank", rel: "noopener", "aria-label": label }, h("img", { src: card.thumb, alt: "", loading: "lazy", width: "96", height: "72" }));
  const facts = { href: card.file, "aria-label": label, ...(card.kind === "document" ? { download: "" } : { target: "_blank", rel: "noopener" }) };
  return card.file ? h("a.attachment-face", facts, icon(kindIcon(card.kind))) : h("span.attachment-face", {}, icon("eye-off"));
}

function cameFrom({ sent_by: by, sent_at: sent, taken_at: taken, call_id: call, seconds }) {
  return [
    by, h("time.num", { datetime: sent, title: atFully(sent) }, at(sent)),
    taken && h("time.num", { datetime: taken, title: atFully(taken) }, t("diambil {at}", { at: at(taken) })),
    Number.isFinite(seconds) && t("{n} detik", { n: Math.round(seconds) }),
    call && t("dari laporan"),
  ].filter(Boolean).flatMap((one, place) => (place ? [" · ", one] : [one]));
}

// ---- what the camera wrote

function offer(panel, card) {
  if (!card.offer || !may("attachment.write")) return null;
  const { offer: told } = card;
  const hasPlace = Number.isFinite(told.lon) && may("incident.correct");
  if (!hasPlace && !told.at) return null;
  const button = (key, sentence, look, body) => h("button.btn.btn-small", { type: "button", class: look, data: { key: `offer-${card.id}-${key}` }, onclick: ({ currentTarget }) => answer(panel, card, body, currentTarget) }, sentence);
  const left = { ...(hasPlace ? { position: false } : {}), ...(told.at ? { time: false } : {}) };
  return h("div.offer", {}, h("p", {}, offerWords(told, hasPlace)),
    h("div.line", {}, hasPlace && button("position", t("Pakai posisinya"), "btn-primary", { position: true }), told.at && button("time", t("Pakai waktunya"), "", { time: true }), button("leave", t("Abaikan"), "btn-quiet", left)));
}

export function offerWords(told, hasPlace) {
  const when = told.at ? t("Menurut kamera diambil {at}.", { at: atFully(told.at) }) : "";
  if (!hasPlace) return when;
  const where = sayCoordinates(told, LANGUAGE);
  const place = told.distance_m === null ? t("Foto ini diambil di {where}; kejadian belum punya titik.", { where }) : t("Foto ini diambil di {where}, {distance} dari kejadian.", { where, distance: distanceText(told.distance_m) });
  return [place, when].filter(Boolean).join(" ");
}

async function answer(panel, card, body, button) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    panel.done("attachment", await post(`/attachments/${card.id}/offer`, { ...body, ...(body.position ? { seen: panel.incident.changed_at } : {}) }));
  } catch (problem) {
    if (problem.body?.confirm) confirmFar(panel, card, body, problem.message);
    else toast(problem.message, { isBad: true });
    panel.fetchSoon();
  } finally {
    button.setAttribute("aria-busy", "false");
  }
}

// A point far from here may be meant; it is asked about once, with the reason.
function confirmFar(panel, card, body, why) {
  panel.showForm(new ActionForm({
    title: t("Posisi foto ini diragukan"), submit: t("Tetap pakai posisinya"), fields: [h("p", {}, why)],
    send: (values, uid) => post(`/attachments/${card.id}/offer`, { uid, ...body, confirmed: true, seen: panel.incident.changed_at }),
    onDone: () => panel.done("attachment"), onClose: () => panel.closeForm(),
  }), "attachments");
}

// ---- striking

function strikeButton(panel, card) {
  if (card.struck || !may("attachment.write") || (card.sent_by !== ME && !isSupervisor())) return null;
  return h("button.btn.btn-small.btn-quiet.strike.push", { type: "button", data: { key: `strike-attachment-${card.id}` }, title: t("Coret"), "aria-label": t("Coret lampiran dari {by}", { by: card.sent_by }), onclick: () => panel.showForm(strikeForm(panel, card), "attachments") }, icon("eraser"));
}

const strikeForm = (panel, card) => new ActionForm({
  title: t("Coret lampiran ini"), submit: t("Coret"),
  fields: [h("p.small", {}, t("Berkasnya tetap disimpan; sesudah ini hanya pengirimnya dan koordinator dapat membukanya.")), longField("text", t("Mengapa tidak berlaku lagi"), { required: true, maxlength: 500 })],
  send: ({ text }, uid) => post(`/attachments/${card.id}/strike`, { uid, text }),
  onDone: () => panel.done("strike"), onClose: () => panel.closeForm(),
});
