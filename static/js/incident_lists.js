// The long lists of an incident: its chronology, and what callers told us, word for word and only as text.
import { at, atFully } from "./clock.js";
import { h } from "./dom.js";
import { CALL_CHANNELS, named } from "./names.js";
import { sentence } from "./sentences.js";
import { t } from "./words.js";

/** Journal entries, newest first; `deedOf(entry)` answers what can be done with one, or null. */
export function chronology(entries, limit = Infinity, deedOf = () => null) {
  const newest = [...entries].filter((entry) => entry.kind !== "entry.hidden").sort((a, b) => b.seq - a.seq).slice(0, limit);
  return h("ol.chronology", {}, newest.map((entry) => chronologyLine(entry, deedOf(entry))));
}

function chronologyLine(entry, deed) {
  const { text, soft } = sentence(entry);
  const { struck } = entry.body ?? {};
  const words = [text, " ", soft && h("span.muted", {}, soft)];
  const line = h("span", {}, struck ? h("s", {}, words) : words, " ", h("span.muted.small", {}, entry.by), struck && h("span.muted.small", {}, h("br"), struckWords(struck)));
  return h("li", { class: deed ? "has-deed" : "" }, h("time.num.muted", { datetime: entry.at, title: atFully(entry.at) }, at(entry.at)), line, deed);
}

/** "dicoret dewi 14.32.07: salah kejadian" */
export const struckWords = ({ by, at: when, why }) => t("dicoret {by} {at}: {why}", { by, at: at(when), why });

/** Calls, newest first; `phoneOf(call)` shows its number, `originOf(call)` names the incident it came from. */
export function callList(calls, { phoneOf = (call) => call.caller_phone, originOf = () => null } = {}) {
  return h("ol.calls", {}, calls.map((call) => callItem(call, phoneOf(call), originOf(call))));
}

function callItem(call, phone, origin) {
  const who = [call.caller_name && h("b", {}, call.caller_name), phone].flat().filter(Boolean);
  return h("li.box", {},
    h("div.line", {}, who.length ? who : h("b", {}, t("pelapor tidak dikenal")), origin && h("span.chip", {}, t("dari {number}", { number: origin })), h("time.push.num.muted", { datetime: call.received_at, title: atFully(call.received_at) }, at(call.received_at))),
    call.narrative && h("p.call-words", {}, call.narrative),
    h("p.small.muted", {}, [named(CALL_CHANNELS, call.channel), call.source === "paper" && t("dari kertas"), call.place, t("dicatat {by}", { by: call.taken_by })].filter(Boolean).join(" · ")));
}
