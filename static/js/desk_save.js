// From the form to the server: kept in the outbox first, sent second, told when the answer came, whenever that is.
import { emptyForm, isEmpty, missing, toCall, withDoubt } from "./call_form.js";
import { now } from "./clock.js";
import { fieldOf, forgetProblems, sayMissing, sayProblem } from "./desk_fields.js";
import { labelOf, refusedWords, savedWords } from "./desk_words.js";
import { sendNow } from "./sending.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const PATIENCE_MS = 2500; // then the form is free again and the outbox goes on by itself
const AWAY_PATIENCE_MS = 400;
const MOST_TOASTS = 3;
const SECOND_PRESS_MS = 1500;

const $ = (id) => document.getElementById(id);

export class Saving {
  /** `desk` holds the form, `drafts` keep it, `calls` know the numbers of what was saved. */
  constructor({ desk, drafts, calls, live, types }) {
    Object.assign(this, { desk, drafts, calls, live, types, isBusy: false });
  }

  async save() {
    if (this.isBusy || this.isSecondPress()) return;
    forgetProblems();
    const wrong = missing(this.desk.form, this.types);
    if (Object.keys(wrong).length) return sayMissing(wrong);
    await this.busy(() => this.hand(this.message()));
  }

  // The same key pressed twice: the first already saved, and an empty form is no mistake.
  isSecondPress() {
    return isEmpty(this.desk.form) && now() - (this.savedAt ?? 0) < SECOND_PRESS_MS;
  }

  message() {
    const { form } = this.desk;
    return { uid: form.uid, path: "/calls", body: toCall(form, this.types, now()), label: labelOf(form), form };
  }

  async busy(work) {
    this.setBusy(true);
    try {
      await work();
    } finally {
      this.setBusy(false);
    }
  }

  setBusy(isBusy) {
    this.isBusy = isBusy;
    $("call-form").inert = isBusy;
    $("save").setAttribute("aria-busy", String(isBusy));
  }

  // Kept first, sent second: from here on the call is in the outbox and the draft is no more.
  async hand(message) {
    const { outbox } = this.desk;
    const isKept = await outbox.add(message);
    this.drafts.clear();
    if (!isKept) toast(t("Peramban ini tidak dapat menyimpannya: jangan tutup halaman ini sebelum terkirim."), { isBad: true });
    const { refused, waits, reason } = await sendNow(outbox, message, this.live.isConnected ? PATIENCE_MS : AWAY_PATIENCE_MS);
    this.setBusy(false);
    if (refused) return this.refusedNow(message, refused);
    this.savedAt = now();
    await this.desk.files.follow(message);
    this.desk.start();
    if (waits) toast(t("Tersimpan di komputer ini, dikirim begitu server menjawab. {reason}", { reason }));
  }

  refusedNow(message, refused) {
    this.desk.outbox.drop(message.uid);
    this.desk.form = refused.confirm ? withDoubt(this.desk.form) : this.desk.form;
    this.desk.change({});
    sayProblem(fieldOf(refused.field), refusedWords(refused));
  }

  // Told by the outbox, whether just now or long after the form was cleared.
  async told(message, answer) {
    if (answer.status >= 300) return;
    const { call, incident, repeats = [] } = answer.body ?? {};
    const number = incident ? incident.number ?? await this.calls.numberOf(call?.id ?? call) : null;
    if (!number) this.calls.refresh();
    sayShortly(savedWords(message, number, repeats));
  }

  reopen(message) {
    this.desk.outbox.drop(message.uid);
    const form = { ...emptyForm(message.uid), ...message.form };
    this.desk.form = message.refused?.confirm ? withDoubt(form) : form;
    this.desk.change({});
    sayProblem(fieldOf(message.refused?.field), refusedWords(message.refused));
  }
}

// Seventeen pranks in five minutes are not seventeen boxes over the list.
function sayShortly(words) {
  const shown = [...$("toasts").children];
  shown.slice(0, Math.max(0, shown.length - MOST_TOASTS + 1)).forEach((box) => box.remove());
  toast(words);
}
