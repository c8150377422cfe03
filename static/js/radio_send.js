// Words for the air: measured while they are typed, refused with a sentence before they are sent, never cut.
import { post } from "./api.js";
import { sayAt, wireForm } from "./api_form.js";
import { fill, h, setText } from "./dom.js";
import { meterWords } from "./radio_words.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const PAUSE_MS = 250;

export class RadioSend {
  constructor(form, onSent) {
    this.form = form;
    this.meter = form.querySelector(".radio-meter");
    this.turn = 0;
    form.addEventListener("input", () => this.measureSoon());
    wireForm(form, { path: "/radio/texts", read: (fields) => this.read(fields), done: () => (this.forget(), toast(t("Antre untuk radio; jawabannya muncul di jurnal ini.")), onSent()) });
  }

  /** Stations one may speak to; what is chosen stays. */
  setStations(stations) {
    const select = this.form.elements.to;
    if (document.activeElement === select) return;
    const chosen = select.value;
    fill(select, h("option", { value: "" }, t("semua stasiun")), ...stations.filter((one) => !one.revoked_at).map((one) => h("option", { value: one.call_sign }, one.call_sign)));
    select.value = chosen;
  }

  read({ to, text }) {
    const words = text.trim();
    if (!words) return { problem: ["text", t("Tulis pesannya.")] };
    if (this.problem && this.measured === words) return { problem: ["text", this.problem] };
    return { text: words, ...(to ? { to } : {}) };
  }

  measureSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.measure(), PAUSE_MS);
  }

  async measure() {
    const [text, to, turn] = [this.form.elements.text.value.trim(), this.form.elements.to.value, ++this.turn];
    if (!text) return this.forget();
    const told = await post("/radio/measure", { text, ...(to ? { to } : {}) }).catch(() => null);
    if (!told || turn !== this.turn) return;
    Object.assign(this, { problem: told.problem, measured: text });
    setText(this.meter, meterWords(told));
    sayAt(this.form, "text", told.problem ?? "");
  }

  forget() {
    Object.assign(this, { problem: null, measured: null });
    setText(this.meter, "");
  }
}
