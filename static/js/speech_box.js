// An alert as it is spoken: asked for by a press, then a player and a file to carry to a microphone.
import { askBlob } from "./api.js";
import { fill, h, icon } from "./dom.js";
import { t } from "./words.js";

const PATIENCE_MS = 60_000; // a long text takes the voice some seconds

/** Fill `box` with the player of what `path` says; `fields` (or null to GET) are what is to be spoken, `name` the file's. */
export async function hear(button, box, { path, fields = null, name }) {
  forget(box);
  button.setAttribute("aria-busy", "true");
  try {
    const address = URL.createObjectURL(await askBlob(fields ? "POST" : "GET", path, fields, { patience: PATIENCE_MS }));
    const player = h("audio", { controls: true, src: address, "aria-label": t("Siaran yang diucapkan") });
    fill(box, h("div.line.speech", {}, player, h("a.btn.btn-small", { href: address, download: name }, icon("download"), t("Unduh suara (WAV)"))));
    player.play().catch(() => {}); // a browser that wants another press shows its own button
  } catch (problem) {
    fill(box, h("p.problem", { role: "alert" }, problem.message));
  } finally {
    button.setAttribute("aria-busy", "false");
  }
}

/** Take the player away, and the sound out of memory. */
export function forget(box) {
  const player = box.querySelector("audio");
  if (player) URL.revokeObjectURL(player.src);
  fill(box);
}
