// A form that speaks to the API: one uid until it is answered, errors beside their fields, one click one try.
import { newUid, post } from "./api.js";

/** `read(fields)` makes the body, or {problem: [field, sentence]}; `done(entry, fields)` says what came of it. */
export function wireForm(form, { path, read, done }) {
  const state = { uid: newUid(), isBusy: false };
  form.addEventListener("submit", (event) => (event.preventDefault(), submit(form, state, { path, read, done })));
  form.addEventListener("input", ({ target }) => sayAt(form, target.name, ""));
}

async function submit(form, state, { path, read, done }) {
  if (state.isBusy) return;
  forget(form);
  const fields = Object.fromEntries(new FormData(form));
  const body = read(fields);
  if (body.problem) return sayAt(form, ...body.problem, true);
  await busy(form, state, () => send(form, state, path, body, (entry) => done(entry, fields)));
}

async function send(form, state, path, body, done) {
  try {
    const entry = await post(path, { uid: state.uid, ...body });
    state.uid = newUid();
    form.reset();
    done(entry);
  } catch (problem) {
    sayAt(form, problem.field, problem.message, true);
  }
}

async function busy(form, state, work) {
  const button = form.querySelector('[type="submit"]');
  state.isBusy = true;
  button.setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    state.isBusy = false;
    button.removeAttribute("aria-busy");
  }
}

/** Beside the field where there is one, else at the head of the form. */
export function sayAt(form, field, sentence, isFocused = false) {
  const name = String(field ?? "").split(".")[0];
  const beside = name && document.getElementById(`${form.id}-${name}-error`);
  (beside || document.getElementById(`${form.id}-problem`)).textContent = sentence;
  if (isFocused && beside) form.elements[name]?.focus();
}

function forget(form) {
  for (const said of form.querySelectorAll(".field-error, .problem, .once")) said.textContent = "";
}
