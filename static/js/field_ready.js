// A team without a task: ready at its base (1), ready in the field (8), mayday (0); kept and sent like all it says.
import { now } from "./clock.js";
import { fill, h } from "./dom.js";
import { t } from "./words.js";

const SURE_MS = 4000;
const WORDS = { 1: t("Siaga di pos"), 8: t("Siaga di lapangan"), 0: t("DARURAT") };

/** Which digits a unit without a task may say: not what it says already, nothing while it is out of service but mayday. Pure. */
export const digitsOf = (unit) => [1, 8, 0].filter((digit) => (digit === 0 ? unit.state !== "mayday" : unit.in_service && unit.state !== (digit === 8 ? "afield" : "standby")));

export class ReadyBox {
  /** `say(path, body, label)` hands the digit to the outbox. */
  constructor(element, { say }) {
    Object.assign(this, { element, say, sureMs: -Infinity });
  }

  draw(unit, hasTasks) {
    this.element.hidden = !unit || hasTasks;
    fill(this.element, ...(unit && !hasTasks ? digitsOf(unit).map((digit) => this.button(unit, digit)) : []));
  }

  button(unit, digit) {
    const words = digit === 0 && this.isSure() ? t("TEKAN SEKALI LAGI: {verb}", { verb: WORDS[0] }) : WORDS[digit];
    return h("button.btn.btn-glove", { type: "button", class: digit === 0 ? "btn-danger" : "", data: { key: `ready-${digit}` }, onclick: () => this.press(unit, digit) }, words, h("kbd.digit", { "aria-hidden": "true" }, String(digit)));
  }

  isSure() {
    return performance.now() - this.sureMs < SURE_MS;
  }

  // Mayday is pressed twice: nothing a wet glove may do by itself.
  press(unit, digit) {
    if (digit === 0 && !this.isSure()) {
      this.sureMs = performance.now();
      this.draw(unit, false);
      return void setTimeout(() => this.draw(unit, false), SURE_MS + 50);
    }
    this.sureMs = -Infinity;
    this.say(`/units/${unit.id}/status`, { digit, at: new Date(now()).toISOString() }, WORDS[digit]);
  }
}
