// A proposal that was accepted brings its words into an alert that is written: as if they had stood in the address.
import { get } from "./api.js";

const NAMES = ["what", "where", "when", "todo", "template", "order", "villages"];

/** Put the words of the proposal the address names beside what it says itself; nothing where it names none. */
export async function bringProposal(asked, ask = get) {
  const id = Number(asked.get("proposal"));
  if (!Number.isInteger(id) || id < 1) return;
  const { draft } = await ask(`/proposals/${id}`).catch(() => ({ draft: null }));
  if (!draft) return;
  for (const name of NAMES) if (draft[name]?.length && !asked.get(name)) asked.set(name, String(draft[name]));
  if (draft.heads && draft.villages.length) asked.set("heads", "1");
}
