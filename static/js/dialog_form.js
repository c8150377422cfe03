// A short form in a dialog of its own: opened by a button, gone when it is done, the focus back where it was.
import { ActionForm } from "./form.js";
import { h } from "./dom.js";

/** Opens it; `send(values, uid)` does the deed, `onDone(answer)` hears of it. Answers the dialog. */
export function openForm({ title, fields, submit, send, onDone = () => {}, isDangerous = false }) {
  const before = document.activeElement;
  const dialog = h("dialog.dialog-form", { "aria-label": title });
  const close = () => dialog.close();
  const form = new ActionForm({ title, fields, submit, send, isDangerous, onClose: close, onDone: (answer) => (close(), onDone(answer)) });
  dialog.append(form.element);
  dialog.addEventListener("close", () => (dialog.remove(), before?.focus?.({ preventScroll: true })));
  document.body.append(dialog);
  dialog.showModal();
  form.focus();
  return dialog;
}
