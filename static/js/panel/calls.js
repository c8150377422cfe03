// What callers told us, word for word, for those who may read it; a number is masked until somebody looks, for one minute.
import { post } from "../api.js";
import { h } from "../dom.js";
import { callList } from "../incident_lists.js";
import { may } from "../page.js";
import { toast } from "../toast.js";
import { t } from "../words.js";

const shown = new Map(); // call -> its number, while it is shown; nowhere else and never kept

export const calls = {
  name: "calls",
  label: t("Laporan"),
  count: ({ facts, incident, whole }) => (whole ? facts.calls.length : incident.calls),
  facts: ({ facts, whole }) => [facts.calls, whole?.origins?.calls, facts.calls.map(({ id }) => shown.has(id))],
  body: (panel) => {
    if (!may("call.read")) return [h("p.empty", {}, t("Peran Anda tidak melihat kata-kata pelapor."))];
    return [callList([...panel.facts.calls].reverse(), { phoneOf: (call) => phone(panel, call), originOf: ({ id }) => panel.whole?.origins?.calls?.[id] })];
  },
};

function phone(panel, call) {
  if (!call.caller_phone) return null;
  const number = shown.get(call.id);
  const look = may("call.unmask") && h("button.btn.btn-small.btn-quiet", { type: "button", data: { key: `look-${call.id}` }, onclick: ({ currentTarget }) => (number ? hide(panel, call.id) : unmask(panel, call.id, currentTarget)) }, number ? t("Tutup nomor") : t("Lihat nomor"));
  return [h("span.num", {}, number ?? call.caller_phone), " ", look];
}

async function unmask(panel, id, button) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    const { phone: number, shown_s } = await post(`/calls/${id}/unmask`);
    shown.set(id, number);
    setTimeout(() => hide(panel, id), shown_s * 1000);
  } catch (problem) {
    toast(problem.message, { isBad: true });
  } finally {
    button.setAttribute("aria-busy", "false");
  }
  panel.draw();
}

function hide(panel, id) {
  shown.delete(id);
  panel.draw();
}
