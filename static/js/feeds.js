// The sources outside: on or off, how each fares, what it is asked for. A table for the page of the ways out.
import { get, newUid, put } from "./api.js";
import { atFully } from "./clock.js";
import { openForm } from "./dialog_form.js";
import { fill, h } from "./dom.js";
import { longField } from "./form.js";
import { may } from "./page.js";
import { toast } from "./toast.js";
import { told } from "./told.js";
import { t } from "./words.js";

const AGAIN_MS = 30_000;
const STATES = { ok: t("baik"), warn: t("tersendat"), down: t("putus"), off: t("mati") };

/** Fill the element with the table and keep it true; answers how to read it anew. */
export function showFeeds(element) {
  const read = async () => {
    try {
      draw(element, await get("/feeds"), read);
    } catch (problem) {
      if (!element.childElementCount) fill(element, h("p.problem", {}, problem.message));
    }
  };
  setInterval(() => document.visibilityState === "visible" && !document.querySelector("dialog[open]") && read(), AGAIN_MS);
  read();
  return read;
}

const MISSING = {
  area_code: () => t("Tempat ini belum punya kode wilayah (POSKO_SITE), jadi kabar dari luar tidak dekat dengan apa pun dan tidak ada yang diusulkan. Teknisi mengisinya, misalnya 52.03."),
  villages: () => t("Desa-desa wilayah ini belum dikenal di mesin ini, jadi tidak ada yang diusulkan. Jalankan script/setup, atau masukkan batas desa di Peta dan wilayah."),
};

function draw(element, { feeds, exercise, missing }, read) {
  if (exercise) return void fill(element, h("p.empty", {}, t("Latihan tidak bertanya kepada sumber di luar.")));
  const key = element.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  fill(element, missing && h("p.notice", { role: "status" }, MISSING[missing]?.()), h("ul.feed-list", {}, feeds.map((feed) => row(feed, read))));
  if (key) element.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

function row(feed, read) {
  return h("li.feed-row", { data: { state: feed.state } },
    h("div.feed-what", {}, h("b", {}, feed.label), h("span.muted.small", {}, t("Sumber: {who}", { who: feed.credit }), feed.credit_url && [" ", h("a", { href: feed.credit_url, target: "_blank", rel: "noopener noreferrer" }, t("lamannya"))])),
    h("div.feed-state", {}, h("span.feed-lamp", {}, STATES[feed.state] ?? feed.state), h("span.muted.small", {}, stateWords(feed))),
    may("feed.manage") && h("div.line", {}, feed.needs && chooser(feed, read), toggle(feed, read)));
}

function stateWords({ words, answered_at: answered, count, is_on: isOn }) {
  const heard = answered ? t("terakhir menjawab {at}", { at: atFully(answered) }) : isOn ? t("belum pernah menjawab") : "";
  return [told(words), heard, count > 0 && t("{n} kabar", { n: count })].filter(Boolean).join(" · ");
}

const toggle = (feed, read) =>
  h("button.btn.btn-small", { type: "button", data: { key: `feed-${feed.name}` }, "aria-pressed": String(feed.is_on), "aria-label": [feed.is_on ? t("Nyala") : t("Mati"), t("{feed}: nyalakan atau matikan", { feed: feed.label })].join(", "), onclick: ({ currentTarget }) => switchFeed(feed, currentTarget, read) }, feed.is_on ? t("Nyala") : t("Mati"));

async function switchFeed(feed, button, read) {
  if (!feed.is_on && feed.needs && !feed[feed.needs].length) return choose(feed, read);
  button.setAttribute("aria-busy", "true");
  try {
    await put(`/feeds/${feed.name}`, { uid: newUid(), is_on: !feed.is_on });
  } catch (problem) {
    toast(problem.message, { isBad: true });
  }
  read();
}

const CHOICES = {
  villages: () => ({ title: t("Desa yang diprakirakan"), label: t("Kode desa"), hint: t("satu kode Kemendagri di tiap baris, misalnya 52.03.01.2001") }),
  addresses: () => ({ title: t("Alamat sumber"), label: t("Alamat"), hint: t("satu alamat https di tiap baris: CAP, RSS atau Atom") }),
};

const chooser = (feed, read) =>
  h("button.btn.btn-small.btn-quiet", { type: "button", data: { key: `choose-${feed.name}` }, onclick: () => choose(feed, read) }, feed.needs === "villages" ? t("{n} desa…", { n: feed.villages.length }) : t("{n} alamat…", { n: feed.addresses.length }));

// Whoever chooses something wants it asked for.
function choose(feed, read) {
  const { title, label, hint } = CHOICES[feed.needs]();
  openForm({
    title, submit: t("Simpan"), onDone: read,
    fields: [longField(feed.needs, label, { value: feed[feed.needs].join("\n"), hint, maxlength: 15_000 })],
    send: (values, uid) => put(`/feeds/${feed.name}`, { uid, is_on: linesOf(values[feed.needs]).length > 0, [feed.needs]: linesOf(values[feed.needs]) }),
  });
}

const linesOf = (words) => words.split(/[\s,;]+/).filter(Boolean);
