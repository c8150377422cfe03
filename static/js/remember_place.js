// "Remember this place": the patokan a caller named, kept with its point for the next caller who says it.
import { post } from "./api.js";
import { readCoordinates } from "./coordinates.js";
import { setText } from "./dom.js";
import { toast } from "./toast.js";
import { distanceText, t } from "./words.js";

const LONGEST_NAME = 120;
const ROUGH_M = 500; // the middle of a village says little about a mosque in it

/** What the caller said, as the first idea of the patokan's name: the words in brackets, or what is no coordinate. */
export function nameFor({ text }) {
  const said = /\(([^()]*)\)\s*$/.exec(text)?.[1] ?? text;
  return (readCoordinates(said)?.rest ?? said).replace(/^(di|dekat|dkt|depan|dpn)\s+/i, "").trim().slice(0, LONGEST_NAME);
}

/** The body of a landmark: the point of the form with a name. */
export const landmarkOf = ({ lon, lat, radius_m, area_code }, name) => ({ name: name.trim(), kind: "landmark", lon, lat, radius_m, ...(area_code ? { area_code } : {}) });

/** `button` opens `dialog`; `form()` is the call being written. */
export class RememberPlace {
  constructor(button, dialog, form) {
    Object.assign(this, { dialog, form, confirmed: false });
    this.name = dialog.querySelector("input");
    this.problem = dialog.querySelector(".field-error");
    button.addEventListener("click", () => this.open());
    dialog.querySelector("form").addEventListener("submit", (event) => (event.preventDefault(), this.save()));
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  }

  open() {
    const { point } = this.form();
    if (!point) return;
    this.point = point;
    this.confirmed = false;
    this.name.value = nameFor(this.form());
    this.say(point.radius_m > ROUGH_M ? t("Titiknya masih kasar: lebih baik klik tempatnya di peta dahulu.") : "");
    setText(this.dialog.querySelector(".remember-where"), `${point.name ?? ""} ±${distanceText(point.radius_m)}`);
    this.dialog.showModal();
    this.name.select();
  }

  async save() {
    const body = landmarkOf(this.point, this.name.value);
    if (!body.name) return this.say(t("Beri nama yang dikenal orang."));
    try {
      await post("/landmarks", { ...body, ...(this.confirmed ? { confirmed: true } : {}) });
      this.dialog.close();
      toast(t("Diingat sebagai patokan: {name}.", { name: body.name }));
    } catch (problem) {
      this.confirmed = Boolean(problem.body?.confirm);
      this.say(this.confirmed ? `${problem.message} ${t("Untuk menegaskan, simpan sekali lagi.")}` : problem.message);
    }
  }

  say(words) {
    setText(this.problem, words);
  }
}
