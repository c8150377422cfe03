// Messages that became no call: a person reads each, makes it a call or sets it aside. Senders are masked by the server.
import { ageMark } from "./ages.js";
import { get, newUid, post } from "./api.js";
import { atFully } from "./clock.js";
import { arrange, fill, h, icon, setText } from "./dom.js";
import { LAMPS, named } from "./names.js";
import { toast } from "./toast.js";
import { numberText, t } from "./words.js";

const WHY = { limited: t("terlalu banyak dari satu pengirim"), broken: t("tidak dapat diolah") };
const CAME = [["has_place", t("lokasi")], ["has_files", t("foto")]];
const SOON_MS = 400;

/** Fill the part with what waits and what was set aside lately, hide it when there is neither; answers how to read it anew. */
export function showKept(part) {
  const [list, count, rows] = [part.querySelector("#kept"), part.querySelector("#kept-count"), new Map()];
  const [lately, deeds] = [part.querySelector("#kept-aside"), new Map()];
  let timer = 0;
  const read = async () => {
    try {
      draw(await get("/messages"));
    } catch (problem) {
      if (problem.status) toast(problem.message, { isBad: true });
    }
  };
  const draw = ({ messages, total, aside }) => {
    part.hidden = total === 0 && aside.length === 0;
    setText(count, numberText(total));
    keepOnly(rows, messages, (one) => one.id, (one) => row(one, readSoon));
    for (const one of messages) rows.get(one.id).show(one);
    arrange(list, messages.map((one) => rows.get(one.id).element)); // the newest of each sender first, as the server orders them
    keepOnly(deeds, aside, deedKey, (one) => deedRow(one, readSoon));
    arrange(lately, aside.map((one) => deeds.get(deedKey(one))));
    lately.hidden = aside.length === 0;
  };
  const readSoon = () => (clearTimeout(timer), (timer = setTimeout(read, SOON_MS)));
  read();
  return readSoon;
}

const deedKey = ({ id, at, many }) => `${id} ${at} ${many}`;

/** A row for each that is told, none for the others; who stays keeps its row. */
function keepOnly(rows, told, keyOf, make) {
  const keys = new Set(told.map(keyOf));
  for (const key of rows.keys()) if (!keys.has(key)) rows.delete(key);
  for (const one of told) if (!rows.has(keyOf(one))) rows.set(keyOf(one), make(one));
}

/** One deed about a message, with its own key: pressed twice it is done once. */
function deed(message, decision, changed, said, doneWords) {
  const uid = newUid();
  return async () => {
    try {
      const { body } = await post(`/messages/${message.id}/${decision}`, { uid });
      toast(doneWords(body ?? {}));
    } catch (problem) {
      setText(said, problem.message);
    }
    changed();
  };
}

/** What was set aside lately, and the way back. */
function deedRow({ id, channel, sender, many, by, at }, changed) {
  const said = h("p.problem", { role: "alert" });
  const back = deed({ id }, "reopen", changed, said, ({ many: n }) => t("{n} pesan menunggu keputusan lagi.", { n: numberText(n ?? many) }));
  return h("li.line.small", {}, h("span", {}, t("{n} pesan dari {sender} lewat {way} dikesampingkan oleh {by}", { n: numberText(many), sender, way: named(LAMPS, channel), by })), h("span.muted", { title: atFully(at) }, ageMark(at, "time.num")),
    h("button.btn.btn-small.push", { type: "button", data: { kept: "reopen" }, onclick: back }, icon("arrow-back-up"), t("Urungkan")), said);
}

function row(message, changed) {
  const said = h("p.problem", { role: "alert" });
  const button = (decision, look, name, words, done) => h(`button.btn.btn-small${look}`, { type: "button", data: { kept: decision }, onclick: deed(message, decision, changed, said, done) }, icon(name), h("span", {}, words));
  const all = button("aside_all", "", "x", "", ({ many }) => t("{n} pesan dari satu pengirim dikesampingkan.", { n: numberText(many ?? 0) }));
  const element = h("li.kept-row");
  fill(element,
    h("div.line.small", {}, h("b", {}, named(LAMPS, message.channel)), h("span.num", {}, message.sender), h("span.chip.chip-square", {}, WHY[message.became]), ...CAME.filter(([came]) => message[came]).map(([, words]) => h("span.chip.chip-square", {}, words)), h("span.muted.push", { title: atFully(message.said_at) }, ageMark(message.said_at, "time.num"))),
    h("blockquote.as-written", message.text ? { lang: "id" } : {}, message.text || t("(tanpa kata)")),
    h("div.line", {}, button("call", ".btn-primary", "phone", t("Jadikan laporan"), () => t("Pesan dijadikan laporan.")), button("aside", "", "x", t("Kesampingkan"), () => t("Pesan dikesampingkan.")), all), said);
  all.title = t("Semua yang menunggu dari pengirim ini");
  const show = ({ of_sender: many }) => {
    all.hidden = many < 2;
    setText(all.lastChild, t("Kesampingkan semua ({n})", { n: numberText(many) }));
  };
  return { element, show };
}
