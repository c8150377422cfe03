// The units on an incident: each with its own clock, its five steps with their times, and the status it may say next.
import { ageMark } from "./ages.js";
import { post } from "./api.js";
import { at } from "./clock.js";
import { h } from "./dom.js";
import { ASSIGNMENT_VERBS, UNIT_STATES, kindName, named } from "./names.js";
import { may, tables } from "./page.js";
import { nextVerbs, stepsOf } from "./steps.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const WORRYING = new Set(["obstructed", "mayday"]);

/** `elsewhere` are the unit's other running tasks, [{number, state, since}]: each keeps its own clock. */
export function unitRow(assignment, unit, onDone, elsewhere = []) {
  return h("li.unit-row", { class: assignment.gone ? "is-over" : "" },
    h("div.line", {},
      h("b", {}, assignment.call_sign ?? unit?.call_sign ?? "?"),
      h("span.muted.small", {}, unit?.kind ? kindName(unit.kind) : ""),
      h("span.push", { class: lookOf(assignment.state) }, named(UNIT_STATES, assignment.state), " · ", ageMark(assignment.state_since))),
    stepsBar(assignment),
    elsewhere.length > 0 && h("p.unit-elsewhere.small.late", {}, elsewhere.map(({ number, state, since }) => h("span", {}, t("juga di {number}: {state}", { number, state: named(UNIT_STATES, state) }), " ", ageMark(since)))),
    !assignment.gone && may("assignment.verb") && verbButtons(assignment, onDone));
}

const lookOf = (state) => (state === "mayday" ? "bad strong" : WORRYING.has(state) || state === "assigned" ? "late" : "");

function stepsBar(assignment) {
  const steps = stepsOf(assignment);
  const said = steps.filter((step) => step.at).map((step) => `${step.name} ${at(step.at)}`).join(", ");
  return h("ol.steps", { "aria-label": said, title: said }, steps.map((step) => h(`li.step-${step.look}`)));
}

function verbButtons(assignment, onDone) {
  const { usual, others } = nextVerbs(assignment.state, tables.assignment_verbs?.[assignment.state] ?? []);
  const button = (verb, look) => h("button.btn.btn-small", { type: "button", class: look, data: { key: `${assignment.id}-${verb}` }, onclick: ({ currentTarget }) => doVerb(assignment, verb, currentTarget, onDone) }, named(ASSIGNMENT_VERBS, verb));
  return h("div.line.unit-verbs", {},
    usual && button(usual, "btn-primary"),
    others.length > 0 && h("details.unit-more", { data: { key: `more-${assignment.id}` } }, h("summary.btn.btn-small.btn-quiet", { data: { key: `sum-${assignment.id}` } }, t("status lain")),
      h("div.line", {}, others.map((verb) => button(verb, verb === "mayday" ? "btn-danger" : "")))));
}

async function doVerb(assignment, verb, button, onDone) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    onDone(await post(`/assignments/${assignment.id}/${verb}`));
  } catch (problem) {
    toast(problem.message, { isBad: true });
  } finally {
    button.setAttribute("aria-busy", "false");
  }
}
