// Left on the desk: the last calls of the shift and how many of each class, asked anew when the journal says a call came.
import { get } from "./api.js";
import { atFully, atMinute } from "./clock.js";
import { arrange, h, icon, setText } from "./dom.js";
import { holdNumber } from "./held_numbers.js";
import { CALL_CLASSES, named, typeName } from "./names.js";
import { may } from "./page.js";
import { numberText, t } from "./words.js";

const PAUSE_MS = 300;
const SHOWN = 20;
const ICONS = { normal: "phone-incoming", ghost: "phone-off", prank: "x", info: "info-circle" };

export class ShiftCalls {
  constructor(live) {
    this.list = document.getElementById("calls");
    this.rows = new Map();
    this.calls = [];
    live.addEventListener("change", ({ detail }) => this.heard(detail));
    live.addEventListener("connection", ({ detail }) => detail.isConnected && this.soon());
    this.soon();
  }

  heard({ entries, isSnapshot }) {
    if (isSnapshot || entries.some((entry) => /^(call|ring)\./.test(entry.kind))) this.soon();
  }

  soon() {
    this.timer ??= setTimeout(() => { this.timer = null; this.refresh(); }, PAUSE_MS);
  }

  async refresh() {
    try {
      const [{ calls }, counts] = await Promise.all([get(`/calls?limit=${SHOWN}`), get("/calls/counts")]);
      this.draw(calls, counts);
    } catch { /* the lamps and the red band say that the server is away; what was read stays */ }
  }

  /** The incident's number of a call just saved, once the list knows it. */
  async numberOf(callId) {
    if (!this.calls.some((call) => call.id === callId)) await this.refresh();
    return this.calls.find((call) => call.id === callId)?.number ?? null;
  }

  draw(calls, counts) {
    this.calls = calls;
    arrange(this.list, calls.map((call) => this.row(call)));
    document.getElementById("calls-empty").hidden = calls.length > 0;
    this.drawCounts(counts);
  }

  drawCounts({ shift, day }) {
    setText(document.getElementById("counts-words"), countWords(shift));
    setText(document.getElementById("counts-normal"), t("{n} nyata", { n: numberText(shift.classes.normal ?? 0) }) + " ·");
    setText(document.getElementById("counts-rang"), rangWords(shift));
    setText(document.getElementById("counts-day"), dayWords(day));
  }

  // A row is drawn once for what it says; a call does not change unless its incident's number appears.
  row(call) {
    const sign = JSON.stringify(call);
    const known = this.rows.get(call.id);
    if (known?.sign === sign) return known.element;
    const element = rowOf(call);
    this.rows.set(call.id, { sign, element });
    return element;
  }
}

const OTHERS = ["ghost", "prank", "info"];
const total = (classes) => Object.values(classes).reduce((sum, count) => sum + count, 0);
const perClass = (classes, kinds) => kinds.map((kind) => `${numberText(classes[kind] ?? 0)} ${named(CALL_CLASSES, kind)}`);

/** "Sejak 15.00: 61 dicatat · 38 ghost · 9 prank · 3 info" */
export function countWords({ since, classes }) {
  const head = t("Sejak {time}: {n} dicatat", { time: atMinute(since), n: numberText(total(classes)) });
  return [head, ...perClass(classes, OTHERS)].join(" · ");
}

/** "70 berdering · 4 tidak terjawab · 9 ditutup penelepon": lost calls are counted apart, they are no prank. */
export function rangWords({ rang, missed, dropped, held }) {
  const kept = held ? [t("{n} ditahan", { n: numberText(held) })] : [];
  return [t("{n} berdering", { n: numberText(rang) }), t("{n} tidak terjawab", { n: numberText(missed) }), t("{n} ditutup penelepon", { n: numberText(dropped) }), ...kept].join(" · ");
}

const dayWords = (day) => [...perClass(day.classes, ["normal", ...OTHERS]), rangWords(day)].join(" · ");

function rowOf(call) {
  const who = call.caller_phone || t("tanpa nomor");
  return h("li.call", { class: `call-${call.class}` },
    h("span.call-who", {}, icon(ICONS[call.class] ?? "phone"), " ", h("b.num", {}, who)),
    h("time.call-at.num", { datetime: call.received_at, title: atFully(call.received_at) }, atMinute(call.received_at)),
    h("span.call-what", {}, whatOf(call)),
    call.number ? h("a.call-number.num", { href: `/?i=${call.incident_id}` }, call.number) : holdDeed(call));
}

// A supervisor may hold the number of a prank back for a while; nothing does so by itself.
function holdDeed(call) {
  if (call.class === "normal" || !call.caller_phone || !may("number.hold")) return null;
  const words = t("Tahan nomor…");
  return h("button.btn.btn-small.btn-quiet.call-hold", { type: "button", title: words, "aria-label": words, onclick: () => holdNumber({ call: call.id }) }, icon("bell-z"));
}

function whatOf(call) {
  const kind = [call.class === "normal" ? null : named(CALL_CLASSES, call.class), call.source === "paper" ? t("dari kertas") : null];
  return [...kind, call.type ? typeName(call.type) : null, placeWords(call.place)].filter(Boolean).join(" · ");
}

const placeWords = (place) => (typeof place === "string" ? place : place?.text) || null;
