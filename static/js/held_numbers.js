// Numbers a supervisor holds back: put one back for some hours with a reason, see which are held, let one go.
import { get, post } from "./api.js";
import { atFully } from "./clock.js";
import { openForm } from "./dialog_form.js";
import { fill, h } from "./dom.js";
import { choiceField, longField } from "./form.js";
import { may } from "./page.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const HOURS = { 1: t("1 jam"), 2: t("2 jam"), 4: t("4 jam"), 8: t("8 jam"), 24: t("24 jam") };

/** `whose` is {ring} or {call}: the screen need not know the number. */
export function holdNumber(whose) {
  openForm({
    title: t("Tahan nomor ini"), submit: t("Tahan"),
    fields: [
      longField("reason", t("Mengapa"), { required: true, maxlength: 200, hint: t("Panggilannya tetap dicatat dan dihitung; tiga kali dalam lima menit tetap tampil.") }),
      choiceField("hours", t("Berapa lama"), HOURS, { value: "2" }),
    ],
    send: ({ reason, hours }, uid) => post("/holds", { uid, reason, hours: Number(hours), ...whose }),
    onDone: () => toast(t("Nomor ditahan.")),
  });
}

export class HeldNumbers {
  constructor(live) {
    this.button = document.getElementById("holds-open");
    this.dialog = document.getElementById("holds");
    if (!this.button || !may("number.hold")) return;
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.open());
    live.addEventListener("change", ({ detail }) => this.heard(detail.entries));
  }

  heard(entries) {
    if (this.dialog.open && entries.some(({ kind }) => kind.startsWith("hold.") || kind.startsWith("status."))) this.load();
  }

  open() {
    this.dialog.showModal();
    this.load();
  }

  async load() {
    try {
      this.show(await get("/holds"));
    } catch (problem) {
      toast(problem.message, { isBad: true });
    }
  }

  show({ holds, suspended }) {
    const standing = holds.filter((one) => !one.over_at);
    this.dialog.querySelector("#holds-suspended").hidden = !suspended;
    this.dialog.querySelector("#holds-empty").hidden = standing.length > 0;
    fill(this.dialog.querySelector("#holds-list"), ...standing.map((one) => this.row(one)));
  }

  row(one) {
    return h("li.box.line", {}, h("b.num", {}, one.masked), h("span", {}, one.reason),
      h("span.muted.small", {}, t("oleh {who}, sampai {time}", { who: one.held_by, time: atFully(one.until) })),
      h("button.btn.btn-small.push", { type: "button", onclick: () => this.lift(one) }, t("Lepas…")));
  }

  lift(one) {
    this.dialog.close();
    openForm({
      title: t("Lepas nomor {masked}", one), submit: t("Lepas lagi"),
      fields: [longField("why", t("Mengapa"), { required: true, maxlength: 200 })],
      send: ({ why }, uid) => post(`/holds/${one.id}/lift`, { uid, why }),
      onDone: () => toast(t("Nomor tidak ditahan lagi.")),
    });
  }
}
