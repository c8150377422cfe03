// The shift in the top bar: red while a handover waits for its signature too long, or a shift did not leave in time.
import { now, onTick } from "./clock.js";
import { setText } from "./dom.js";
import { t } from "./words.js";

/** {text, title} of a shift that is red now; null while all is well. Pure. */
export function redOf(shift, moment) {
  if (!shift || Date.parse(shift.red_at) > Number(moment)) return null;
  if (shift.state === "left") return { text: t("SERAH TERIMA BELUM DITANDATANGANI"), title: t("Piket {name} diserahkan {who}; piket berikutnya belum menandatangani", { name: shift.name, who: shift.left_by }) };
  return { text: t("PIKET BELUM DISERAHKAN"), title: t("Piket {name} seharusnya sudah berakhir; {who} belum menyerahkan", { name: shift.name, who: shift.led_by }) };
}

export class ShiftPill {
  constructor(live) {
    this.live = live;
    this.pill = document.getElementById("shift-pill");
    if (!this.pill) return;
    live.addEventListener("change", ({ detail }) => (detail.isSnapshot || detail.changed.shifts?.size) && this.draw());
    onTick((moment) => Math.floor(moment / 1000) % 10 === 0 && this.draw());
  }

  draw() {
    if (!this.live.hasPicture) return;
    const red = redOf([...this.live.picture.shifts.values()].at(-1), now());
    this.pill.hidden = !red;
    this.mark(red);
    if (!red) return;
    setText(this.pill, red.text);
    this.pill.title = red.title;
  }

  // Where the bar has no room for the pill, the link to the page is red and says why.
  mark(red) {
    const link = document.querySelector('nav.pages a[href="/handover"]');
    link?.toggleAttribute("data-red", Boolean(red));
    if (link) link.title = red?.title ?? "";
  }
}
