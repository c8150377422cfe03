// "Are you sure?" where the server asks it: a place far off is confirmed beside the form, not refused.
import { fill, h } from "./dom.js";
import { t } from "./words.js";

/** The form, which offers "yes, it is meant so" when the server's refusal says that it may be confirmed. */
export function confirmable(form, words = t("Ya, memang di sana")) {
  const sure = h("label.check", { hidden: true }, h("input", { type: "checkbox", name: "confirmed", value: "true" }), h("span", {}, words));
  const [show, send] = [form.show.bind(form), form.send];
  form.problem.after(sure);
  form.send = (values, uid) => send({ ...values, confirmed: values.confirmed?.length > 0 }, uid, form);
  form.show = (problem) => {
    show(problem);
    if (!problem.body?.confirm) return;
    fill(form.problem, problem.message);
    form.problem.hidden = false;
    sure.hidden = false;
    sure.querySelector("input").focus();
  };
  return form;
}
