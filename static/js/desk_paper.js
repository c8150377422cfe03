// A paper form entered later: its own times are typed, and stay beside the call as they stand on the paper.
import { zone } from "./clock.js";
import { fromLocal, toLocal } from "./local_time.js";
import { setText } from "./dom.js";
import { t } from "./words.js";

const WHICH = ["t0", "t1", "t2", "t3", "t4"];
const $ = (id) => document.getElementById(id);

/** The first two times that stand the wrong way round: asked about, never refused. */
export function oddPair(paper) {
  const known = ["t0", "t1", "t2", "t4"].filter((which) => Number.isFinite(paper?.[which]));
  return known.slice(1).map((which, i) => [known[i], which]).find(([one, other]) => paper[other] < paper[one]) ?? null;
}

export class PaperPart {
  /** `desk` holds the form and changes it. */
  constructor(desk) {
    this.desk = desk;
    $("paper-switch").addEventListener("change", ({ target }) => this.turn(target.checked));
    for (const which of WHICH) $(`paper-${which}`).addEventListener("input", () => this.typed(which));
  }

  turn(isOn) {
    this.desk.change({ paper: isOn ? this.desk.form.paper ?? {} : null });
    (isOn ? $("paper-t1") : $("paper-switch")).focus();
  }

  typed(which) {
    this.desk.change({ paper: { ...this.desk.form.paper, [which]: fromLocal($(`paper-${which}`).value, zone) } });
  }

  paint({ paper }) {
    $("paper-switch").checked = Boolean(paper);
    $("paper-times").hidden = !paper;
    for (const which of WHICH) this.paintOne(which, paper?.[which]);
    setText($("paper-odd"), oddWords(paper));
  }

  // What is being typed stays as it is: half a date is no time yet.
  paintOne(which, ms) {
    const input = $(`paper-${which}`);
    if (document.activeElement === input) return;
    input.value = toLocal(ms ?? NaN, zone);
  }
}

function oddWords(paper) {
  const pair = oddPair(paper);
  return pair ? t("Periksa lagi: {other} lebih awal daripada {one}.", { one: nameOf(pair[0]), other: nameOf(pair[1]) }) : "";
}

const nameOf = (which) => document.querySelector(`label[for="paper-${which}"]`).textContent.trim().toLowerCase();
