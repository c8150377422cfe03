// The page on which staff write what everybody reads: answers to rumours (two people each), and which places are open.
import { get, newUid, post } from "./api.js";
import { wireForm } from "./api_form.js";
import { atFully } from "./clock.js";
import { fill, h, icon, setText } from "./dom.js";
import { page } from "./page.js";
import { toast } from "./toast.js";
import { t } from "./words.js";
import { facilityWord } from "./zone_words.js";

const $ = (id) => document.getElementById(id);
const WORDS = ["claim", "fact", "evidence", "link", "claim_en", "fact_en", "evidence_en"];
const STATES = { draft: t("menunggu orang kedua"), published: t("di halaman publik"), replaced: t("diganti yang baru"), withdrawn: t("ditarik") };
const OPENINGS = { open: t("Buka"), full: t("Penuh"), closed: t("Ditutup") };

// ---- clarifications

async function readClarifications() {
  try {
    const { clarifications } = await get("/clarifications");
    setText($("list-problem"), "");
    fill($("clarifications"), ...(clarifications.length ? clarifications.map(card) : [h("p.empty", {}, t("Belum ada klarifikasi."))]));
  } catch (problem) {
    setText($("list-problem"), problem.message);
  }
}

function card(one) {
  const isOver = one.state === "withdrawn" || one.state === "replaced";
  const buttons = isOver ? [] : actionsOf(one);
  return h(`article.box.said-card${one.state === "draft" ? ".is-draft" : ""}${isOver ? ".is-over" : ""}`, { "data-clarification": one.id },
    h("div.line", {}, h("span.chip", {}, STATES[one.state]), h("span.small.muted", {}, history(one))),
    h("dl", {},
      h("dt", {}, t("Kabar yang beredar")), h("dd", {}, one.claim),
      h("dt", {}, t("Faktanya")), h("dd.strong", {}, one.fact),
      h("dt", {}, t("Buktinya")), h("dd", {}, [one.evidence, one.link].filter(Boolean).join(" · ")),
      ...(one.claim_en || one.fact_en ? [h("dt", {}, "English"), h("dd", { lang: "en" }, [one.claim_en, one.fact_en, one.evidence_en].filter(Boolean).join("\n"))] : [])),
    h("p.field-error", { role: "alert" }),
    ...(buttons.length ? [h("div.line", {}, ...buttons)] : []));
}

function history(one) {
  const written = t("ditulis {by} {at}", { by: one.written_by, at: atFully(one.written_at) });
  const approved = one.approved_by ? t("disetujui {by} {at}", { by: one.approved_by, at: atFully(one.approved_at) }) : "";
  const why = one.withdrawn_why ? t("ditarik {by}: {why}", { by: one.withdrawn_by, why: one.withdrawn_why }) : "";
  return [written, approved, why].filter(Boolean).join(" · ");
}

function actionsOf(one) {
  const isMine = one.written_by === page.person.name;
  const approves = one.state === "draft" && page.may_approve && !isMine;
  return [
    approves && h("button.btn.btn-primary", { type: "button", onclick: (event) => approve(event, one) }, icon("check"), t("Setujui dan terbitkan")),
    one.state === "draft" && isMine && h("span.small.muted", {}, t("Orang lain yang menyetujui.")),
    one.state === "published" && h("button.btn", { type: "button", onclick: () => replace(one) }, icon("pencil"), t("Tulis penggantinya")),
    h("button.btn", { type: "button", onclick: (event) => askWhy(event, one) }, icon("x"), one.state === "draft" ? t("Buang") : t("Tarik")),
  ].filter(Boolean);
}

async function send(event, path, body, done) {
  const button = event.currentTarget ?? event.target;
  const box = button.closest("article");
  button.disabled = true;
  try {
    await post(path, body);
    toast(done);
    readClarifications();
  } catch (problem) {
    button.disabled = false;
    setText(box.querySelector(".field-error"), problem.message);
  }
}

function approve(event, one) {
  one.uid ??= newUid();
  return send(event, `/clarifications/${one.id}/approve`, { uid: one.uid, text_hash: one.text_hash }, t("Terbit di halaman publik."));
}

function askWhy(event, one) {
  const line = event.currentTarget.closest(".line");
  const uid = newUid();
  const input = h("input", { type: "text", maxlength: "200", id: `why-${one.id}`, autocomplete: "off" });
  const form = h("form.why", { onsubmit: (sent) => (sent.preventDefault(), sendWhy(sent, one, uid, input.value.trim())) },
    h("div.field", {}, h("label", { for: input.id }, t("Mengapa ditarik?")), input),
    h("button.btn.btn-danger", { type: "submit" }, one.state === "draft" ? t("Buang") : t("Tarik")));
  line.replaceWith(form);
  input.focus();
}

function sendWhy(event, one, uid, why) {
  if (!why) return setText(event.target.closest("article").querySelector(".field-error"), t("Tulis alasannya."));
  return send({ currentTarget: event.target.querySelector("button") }, `/clarifications/${one.id}/withdraw`, { uid, why }, t("Sudah ditarik."));
}

function replace(one) {
  for (const name of WORDS) $(`clarification-${name}`).value = one[name] ?? "";
  $("clarification-replaces_id").value = one.id;
  setText($("clarification-replaces"), t("Menggantikan: {claim}", { claim: one.claim }));
  $("clarification-replaces").hidden = false;
  $("clarification-fact").focus();
}

wireForm($("clarification"), {
  path: "/clarifications",
  read: (fields) => {
    for (const name of ["claim", "fact", "evidence"]) if (!fields[name].trim()) return { problem: [name, t("Wajib diisi.")] };
    const said = Object.fromEntries(WORDS.map((name) => [name, fields[name].trim()]).filter(([, words]) => words));
    return fields.replaces_id ? { ...said, replaces_id: Number(fields.replaces_id) } : said;
  },
  done: () => {
    $("clarification-replaces_id").value = "";
    $("clarification-replaces").hidden = true;
    setText($("clarification-done"), t("Tersimpan. Orang kedua menyetujuinya di halaman ini."));
    readClarifications();
  },
});

// ---- posts and shelters

async function readOpenings() {
  try {
    const { openings } = await get("/openings");
    fill($("openings"), ...(openings.length ? openings.map(place) : [h("p.empty", {}, t("Belum ada tempat di peta."))]));
  } catch (problem) {
    fill($("openings"), h("p.problem", { role: "alert" }, problem.message));
  }
}

function place(one) {
  const id = `opening-${one.id}`;
  const problem = h("p.field-error", { role: "alert" });
  const state = h("select", { id: `${id}-state`, name: "state" }, ...Object.entries(OPENINGS).map(([key, words]) => h("option", { value: key }, words)));
  state.value = one.state ?? "open";
  const input = (name, label, most) => h("div.field.wide", {}, h("label", { for: `${id}-${name}` }, label), h("input", { id: `${id}-${name}`, name, type: "text", maxlength: most, value: one[name] ?? "", autocomplete: "off" }));
  const shown = h("input", { type: "checkbox", name: "shown" });
  shown.checked = one.state !== null && one.shown;
  const form = h("form.box.opening", { "data-facility": one.id, onsubmit: (event) => (event.preventDefault(), savePlace(one, event.target, problem)) },
    h("p.name", {}, h("b", { lang: "id" }, one.name), h("br", {}), h("span.small.muted", {}, facilityWord(one.kind))),
    h("div.field", {}, h("label", { for: state.id }, t("Keadaan")), state),
    input("hours", t("Jam buka"), "120"), input("note", t("Keterangan"), "200"),
    h("label.check", {}, shown, t("Tampil")),
    h("button.btn", { type: "submit" }, t("Simpan")), problem);
  return form;
}

async function savePlace(one, form, problem) {
  const fields = new FormData(form);
  const body = { state: fields.get("state"), hours: fields.get("hours").trim(), note: fields.get("note").trim(), note_en: one.note_en ?? "", shown: fields.has("shown") };
  const key = JSON.stringify(body);
  if (one.sent?.key !== key) one.sent = { key, uid: newUid() };
  setText(problem, "");
  try {
    await post(`/openings/${one.id}`, { uid: one.sent.uid, ...body });
    toast(t("{name} tersimpan.", { name: one.name }));
  } catch (failure) {
    setText(problem, failure.message);
  }
}

readClarifications();
readOpenings();
