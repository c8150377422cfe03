// Above the queue: the P1 nobody has heard yet, taken on by one key for the whole room; and whether the browser holds the sound back.
import { h, icon } from "./dom.js";
import { typeName } from "./names.js";
import { may } from "./page.js";
import { Section } from "./section.js";
import { t } from "./words.js";

export class QueueBell {
  constructor(bell, element, open) {
    Object.assign(this, { bell, element, open, part: new Section(element) });
    bell.addEventListener("change", () => this.draw());
    this.draw();
  }

  draw() {
    const { waiting, isBlocked } = this.bell;
    this.element.hidden = !waiting.length && !isBlocked;
    this.part.show([waiting[0], waiting.length, isBlocked], () => [waiting.length > 0 && this.row(waiting), isBlocked && blocked()].filter(Boolean));
  }

  row([first, ...rest]) {
    return h("div.bell-row", {}, icon("bell-ringing"),
      h("button.bell-what", { type: "button", data: { key: "go" }, onclick: () => this.open(first.id) }, h("b", {}, t("P1 belum didengar"), rest.length > 0 && ` (${rest.length + 1})`), h("span", {}, `${typeName(first.type)} · ${first.place || first.number}`)),
      may("incident.hear") && h("button.btn.btn-small.btn-primary", { type: "button", data: { key: "hear" }, "aria-keyshortcuts": "h", onclick: () => this.hear() }, t("Dengar"), " ", h("kbd", {}, "H")));
  }

  /** Hear the one that stands here; false when there is none. */
  hear() {
    const [first] = this.bell.waiting;
    if (!first || !may("incident.hear")) return false;
    this.bell.hear(first);
    return true;
  }
}

const blocked = () => h("p.bell-blocked", {}, icon("volume-off"), t("Bunyi tertahan peramban: sentuh layar atau tekan satu tombol."));
