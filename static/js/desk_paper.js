// A paper form entered later: its own times are typed, and stay beside the call as they stand on the paper.
import { now, zone } from "./clock.js";
import { setText } from "./dom.js";
import { WHICH, momentsOf, oddPair, today, unreadable } from "./paper_times.js";
import { t } from "./words.js";

const $ = (id) => document.getElementById(id);

export class PaperPart {
  /** `desk` holds the form and changes it. */
  constructor(desk) {
    this.desk = desk;
    $("paper-switch").addEventListener("change", ({ target }) => this.turn(target.checked));
    $("paper-date").addEventListener("input", ({ target }) => this.typed({ date: target.value }));
    for (const which of WHICH) $(`paper-${which}`).addEventListener("input", ({ target }) => this.typed({ words: { ...this.desk.form.paper?.words, [which]: target.value } }));
  }

  turn(isOn) {
    this.desk.change({ paper: isOn ? this.desk.form.paper ?? { date: today(now(), zone), words: {} } : null });
    (isOn ? $("paper-t1") : $("paper-switch")).focus();
  }

  typed(facts) {
    const paper = { ...this.desk.form.paper, ...facts };
    this.desk.change({ paper: { ...paper, ...momentsOf(paper, zone) } });
  }

  paint({ paper }) {
    $("paper-switch").checked = Boolean(paper);
    $("paper-times").hidden = !paper;
    this.paintOne("paper-date", paper?.date ?? "");
    for (const which of WHICH) this.paintOne(`paper-${which}`, paper?.words?.[which] ?? "");
    setText($("paper-odd"), paper ? oddWords(paper) : "");
  }

  // What is being typed stays as it is.
  paintOne(id, words) {
    if (document.activeElement !== $(id) && $(id).value !== words) $(id).value = words;
  }
}

function oddWords(paper) {
  const [bad] = unreadable(paper);
  if (bad) return t("{which}: tulis jam seperti 02.34 atau 02.34.18.", { which: nameOf(bad) });
  const pair = oddPair(paper);
  return pair ? t("Periksa lagi: {other} lebih awal daripada {one}.", { one: nameOf(pair[0]), other: nameOf(pair[1]).toLowerCase() }) : "";
}

const nameOf = (which) => document.querySelector(`label[for="paper-${which}"]`).textContent.trim();
