// A short form in the panel: the error stands beside its field, the button says what it does, the uid outlives every retry.
import { newUid } from "./api.js";
import { at } from "./clock.js";
import { fill, h } from "./dom.js";
import { sentence } from "./sentences.js";
import { t } from "./words.js";

let count = 0;
const newId = () => `field-${(count += 1)}`;

function wrap(name, label, input, hint) {
  const id = newId();
  input.id = id;
  input.name = name;
  input.setAttribute("aria-describedby", `${id}-error`);
  const error = h(`span.field-error#${id}-error`, { role: "alert" });
  return h("div.field", { data: { field: name } }, h("label", { for: id }, label), input, error, hint && h("span.field-hint", {}, hint));
}

export const textField = (name, label, { value = "", hint = "", required = false, list = null } = {}) =>
  wrap(name, label, h("input", { type: "text", value, required, list, autocomplete: "off" }), hint);

export const longField = (name, label, { value = "", hint = "", required = false, maxlength = 2000 } = {}) =>
  wrap(name, label, h("textarea", { rows: 3, required, maxlength, value }), hint);

export function choiceField(name, label, options, { value = "", hint = "", blank = "", required = true } = {}) {
  const choices = Object.entries(options).map(([code, words]) => h("option", { value: code }, words));
  const first = blank ? [h("option", { value: "" }, blank)] : [];
  const select = h("select", { required }, ...first, ...choices);
  select.value = value;
  return wrap(name, label, select, hint);
}

export const timeField = (name, label, { value, hint = "", required = true }) => wrap(name, label, h("input", { type: "time", value, required, step: 60 }), hint);

/** {name: value} of a form; ticked boxes of one name become a list. */
export function valuesOf(form) {
  const values = {};
  for (const { name, type, value, checked } of form.elements) {
    if (!name) continue;
    if (type === "checkbox") values[name] = [...(values[name] ?? []), ...(checked ? [value] : [])];
    else if (type !== "radio" || checked) values[name] = value;
  }
  return values;
}

export class ActionForm {
  /** `send(values, uid)` does the deed; `onDone(answer)` and `onClose()` tell the panel. */
  constructor({ title, fields, submit, send, onDone, onClose, isDangerous = false }) {
    Object.assign(this, { send, onDone, onClose, uid: newUid() });
    this.problem = h("p.problem", { role: "alert", hidden: true });
    this.button = h("button.btn", { type: "submit", class: isDangerous ? "btn-danger" : "btn-primary" }, submit);
    const cancel = h("button.btn.btn-quiet", { type: "button", onclick: () => this.close() }, t("Batal"), " ", h("kbd", {}, "Esc"));
    this.element = h("form.box.stack.action-form", { novalidate: true, "aria-label": title }, h("h3", {}, title), ...fields, this.problem, h("div.line", {}, this.button, cancel));
    this.element.addEventListener("submit", (event) => this.submit(event));
    this.element.addEventListener("keydown", (event) => this.key(event));
  }

  focus() {
    this.element.querySelector("[data-first], input, select, textarea, button")?.focus();
  }

  key(event) {
    if (event.key === "Escape") (event.stopPropagation(), this.close());
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.element.requestSubmit();
  }

  async submit(event) {
    event.preventDefault();
    if (this.isBusy || !this.check()) return;
    this.setBusy(true);
    try {
      this.onDone(await this.send(valuesOf(this.element), this.uid, this));
    } catch (problem) {
      this.show(problem);
    } finally {
      this.setBusy(false);
    }
  }

  check() {
    this.clear();
    const missing = [...this.element.elements].find((field) => field.required && !field.value.trim());
    if (missing) this.beside(missing.name, t("Isian ini wajib."));
    return !missing;
  }

  // What the server refused may be mended and sent anew: then it is another submission.
  show(problem) {
    if (problem.status >= 400 && problem.status < 500) this.uid = newUid();
    if (problem.body?.fresh) return this.showChanged(problem);
    if (problem.field && this.beside(problem.field, problem.message)) return;
    fill(this.problem, problem.message);
    this.problem.hidden = false;
    this.problem.scrollIntoView({ block: "nearest" });
  }

  // Another wrote meanwhile: what was typed stays, and may be sent all the same by who has read what changed.
  showChanged({ message, body: { changed, fresh } }) {
    this.seen = fresh;
    const lines = changed.map((entry) => h("li", {}, h("time.num", { datetime: entry.at }, at(entry.at)), " ", h("b", {}, entry.by), ": ", sentence(entry).text, " ", h("span.muted", {}, sentence(entry).soft)));
    fill(this.problem, h("strong", {}, t("Ini berubah sementara Anda menulis:")), h("ul.changed", {}, lines.length ? lines : h("li", {}, message)), t("Yang Anda tulis masih di sini."));
    this.problem.hidden = false;
    fill(this.button, t("Tetap simpan"));
    this.problem.scrollIntoView({ block: "nearest" });
  }

  beside(name, words) {
    const field = this.element.querySelector(`[data-field="${CSS.escape(name)}"]`);
    if (!field) return false;
    fill(field.querySelector(".field-error"), words);
    field.querySelector("input, select, textarea")?.focus();
    return true;
  }

  clear() {
    this.problem.hidden = true;
    for (const error of this.element.querySelectorAll(".field-error")) fill(error);
  }

  setBusy(isBusy) {
    this.isBusy = isBusy;
    this.button.setAttribute("aria-busy", String(isBusy));
  }

  close() {
    this.onClose();
  }
}
