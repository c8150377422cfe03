// A form that speaks to the API: one uid until it is answered, errors beside their fields, one click one try.
import { newUid, post } from "./api.js";
import { t } from "./words.js";

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
  setBusy(form, state, true);
  const { entry, problem } = await send(typeof path === "function" ? path() : path, { uid: state.uid, ...body, ...(isMeant(state, body) ? { confirmed: true } : {}) });
  setBusy(form, state, false);
  if (problem) return sayAt(form, problem.field, askedBack(state, body, problem), true);
  begin(form, state);
  done(entry, fields);
}

// The server asks whether a place is meant: sent once more as it is, it is.
const isMeant = (state, body) => state.doubted === JSON.stringify(body);

function askedBack(state, body, problem) {
  if (!problem.body?.confirm) return problem.message;
  state.doubted = JSON.stringify(body);
  return `${problem.message} ${t("Untuk menegaskan, kirim sekali lagi.")}`;
}

async function send(path, body) {
  try {
    return { entry: await post(path, body) };
  } catch (problem) {
    return { problem };
  }
}

// What is typed while the answer is away would be wiped with the rest: the form waits.
function setBusy(form, state, isBusy) {
  state.isBusy = isBusy;
  form.inert = isBusy;
  form.querySelector('[type="submit"]').setAttribute("aria-busy", String(isBusy));
}

function begin(form, state) {
  state.uid = newUid();
  form.reset();
  form.querySelector("input, select, textarea")?.focus();
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
