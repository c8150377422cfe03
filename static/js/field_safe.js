// "Anda aman?": the welfare question on the team's own telephone, answered by one button, also without a network.
import { fill, h, icon } from "./dom.js";
import { soundMayday } from "./sound.js";
import { t } from "./words.js";

const PATH = /^\/units\/\d+\/welfare$/;

/** The open question of a unit, or its silence that became a mayday; null where nobody asks. Pure. */
export const questionOf = (alarms, unitId) => [...alarms].find((one) => one.unit_id === unitId && (one.kind === "welfare" || one.why === "silence")) ?? null;

/** Whether an answer waits in the outbox. Pure. */
export const isAnswering = (messages) => messages.some(({ path }) => PATH.test(path));

export class SafeBox {
  /** `say(path, body, label)` hands the answer to the outbox. */
  constructor(element, { unitId, say }) {
    Object.assign(this, { element, unitId, say, sounded: "" });
  }

  draw(alarms, messages) {
    const ask = this.unitId === null ? null : questionOf(alarms, this.unitId);
    this.element.hidden = !ask;
    fill(this.element, ...(ask ? this.box(ask, isAnswering(messages)) : []));
    if (ask) this.sound(ask);
  }

  box(ask, isWaiting) {
    const words = ask.why === "silence" ? t("Posko mencari Anda: DARURAT sudah dibunyikan. Tekan bila Anda aman.") : ask.misses ? t("Posko bertanya lagi: tekan sekarang, atau DARURAT dibunyikan.") : t("Posko menanyakan keadaan Anda. Tekan satu tombol.");
    const button = h("button.btn.btn-primary.btn-glove", { type: "button", data: { key: `safe-${ask.id}` }, onclick: () => this.answer() }, icon("circle-check"), t("SAYA AMAN"));
    return [h("h2", {}, icon("alarm"), " ", t("Anda aman?")), h("p", {}, words), isWaiting ? h("p.late", {}, t("Jawaban menunggu terkirim")) : button];
  }

  answer() {
    this.say(`/units/${this.unitId}/welfare`, { how: "phone" }, t("Aman"));
  }

  sound({ id, misses }) {
    const key = `${id}.${misses}`;
    if (key === this.sounded) return;
    this.sounded = key;
    soundMayday();
    if (navigator.userActivation?.hasBeenActive !== false) navigator.vibrate?.([400, 150, 400]);
  }
}
