// The long lists of an incident: its chronology, and what callers told us, word for word and only as text.
import { at, atFully } from "./clock.js";
import { h } from "./dom.js";
import { CALL_CHANNELS, named } from "./names.js";
import { sentence } from "./sentences.js";
import { t } from "./words.js";

/** Journal entries, newest first. */
export function chronology(entries, limit = Infinity) {
  const newest = [...entries].filter((entry) => entry.kind !== "entry.hidden").sort((a, b) => b.seq - a.seq).slice(0, limit);
  return h("ol.chronology", {}, newest.map(chronologyLine));
}

function chronologyLine(entry) {
  const { text, soft } = sentence(entry);
  return h("li", {}, h("time.num.muted", { datetime: entry.at, title: atFully(entry.at) }, at(entry.at)), h("span", {}, text, " ", soft && h("span.muted", {}, soft), " ", h("span.muted.small", {}, entry.by)));
}

export function callList(calls) {
  return h("ol.calls", {}, calls.map(callItem));
}

function callItem(call) {
  const who = [call.caller_name, call.caller_phone].filter(Boolean).join(" · ") || t("pelapor tidak dikenal");
  return h("li.box", {},
    h("div.line", {}, h("b", {}, who), h("time.push.num.muted", { datetime: call.received_at, title: atFully(call.received_at) }, at(call.received_at))),
    call.narrative && h("p.call-words", {}, call.narrative),
    h("p.small.muted", {}, [named(CALL_CHANNELS, call.channel), call.place, t("dicatat {by}", { by: call.taken_by })].filter(Boolean).join(" · ")));
}
