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

/** Fill the part with what waits, hide it when nothing does; answers how to read it anew. */
export function showKept(part) {
  const [list, count, rows] = [part.querySelector("ul"), part.querySelector("#kept-count"), new Map()];
  let timer = 0;
  const read = async () => {
    try {
      draw(await get("/messages"));
    } catch (problem) {
      if (problem.status) toast(problem.message, { isBad: true });
    }
  };
  const draw = ({ messages, total }) => {
    part.hidden = total === 0;
    setText(count, numberText(total));
    for (const id of rows.keys()) if (!messages.some((one) => one.id === id)) rows.delete(id);
    for (const one of messages) if (!rows.has(one.id)) rows.set(one.id, row(one, readSoon));
    arrange(list, messages.map((one) => rows.get(one.id))); // the newest of each sender first, as the server orders them
  };
  const readSoon = () => (clearTimeout(timer), (timer = setTimeout(read, SOON_MS)));
  read();
  return readSoon;
}

function row(message, changed) {
  const uids = { call: newUid(), aside: newUid() }; // pressed twice is done once
  const said = h("p.problem", { role: "alert" });
  const decide = async (decision, done) => {
    try {
      await post(`/messages/${message.id}/${decision}`, { uid: uids[decision] });
      toast(done);
    } catch (problem) {
      setText(said, problem.message);
    }
    changed();
  };
  const button = (decision, look, name, words, done) => h(`button.btn.btn-small${look}`, { type: "button", data: { kept: decision }, onclick: () => decide(decision, done) }, icon(name), words);
  const element = h("li.kept-row");
  fill(element,
    h("div.line.small", {}, h("b", {}, named(LAMPS, message.channel)), h("span.num", {}, message.sender), h("span.chip.chip-square", {}, WHY[message.became]), ...CAME.filter(([came]) => message[came]).map(([, words]) => h("span.chip.chip-square", {}, words)), h("span.muted.push", { title: atFully(message.said_at) }, ageMark(message.said_at, "time.num"))),
    h("blockquote.as-written", message.text ? { lang: "id" } : {}, message.text || t("(tanpa kata)")),
    h("div.line", {}, button("call", ".btn-primary", "phone", t("Jadikan laporan"), t("Pesan dijadikan laporan.")), button("aside", "", "x", t("Kesampingkan"), t("Pesan dikesampingkan."))), said);
  return element;
}
