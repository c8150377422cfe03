// The call form on the screen: what is known of a call goes into its boxes, only where it changed.
import { isBare, isEmpty, isOverridden, isReal, priorityOf, suggested, usualPriority } from "./call_form.js";
import { now } from "./clock.js";
import { TEXTS } from "./desk_fields.js";
import { placeWords, saveWords } from "./desk_words.js";
import { setText } from "./dom.js";
import { ageText } from "./time.js";
import { t } from "./words.js";

const $ = (id) => document.getElementById(id);

export class Painter {
  /** `types` of incident, the desk's `map`, `waiting()`: how many calls are still to be sent, and `parts` that paint themselves. */
  constructor({ types, map, live, waiting, parts }) {
    Object.assign(this, { types, map, live, waiting, parts });
  }

  paint(form, isKept) {
    for (const name of ["class", "type"]) check(name, form[name]);
    check("priority", priorityOf(form, this.types));
    for (const name of TEXTS) if ($(name).value !== form[name]) $(name).value = form[name];
    if ($("place").value !== form.text) $("place").value = form.text;
    this.paintPlace(form);
    this.paintPriority(form);
    this.paintClass(form);
    for (const part of this.parts) part.paint(form);
    this.paintKept(form, isKept);
    this.tick(form);
  }

  paintPlace(form) {
    const { point } = form;
    setText($("place-words"), placeWords(form));
    $("radius-box").hidden = !point;
    if (point && document.activeElement !== $("radius")) $("radius").value = Math.round(point.radius_m);
    this.map.drawPoint(point);
  }

  paintPriority(form) {
    const isOwn = isReal(form) && isOverridden(form, this.types);
    setText($("priority-from"), priorityWords(usualPriority(form, this.types), suggested(form, this.types), isOwn));
    paintSuggestion(suggested(form, this.types));
    $("reason-box").hidden = !isOwn;
  }

  paintClass(form) {
    const isNothingMore = isBare(form);
    $("for-real").inert = isNothingMore;
    $("for-real").classList.toggle("is-idle", isNothingMore);
    setText($("save-words"), saveWords(form));
  }

  paintKept(form, isKept) {
    const kept = isKept === false ? t("tidak tersimpan di peramban: penyimpanan penuh atau dilarang") : isEmpty(form) ? t("kotak kosong") : t("tersimpan di peramban");
    const server = this.live.isConnected ? t("server terhubung") : t("server tidak terhubung");
    setText($("kept"), [kept, server, t("{n} belum terkirim", { n: this.waiting() })].join(" · "));
    $("kept").classList.toggle("bad", isKept === false);
  }

  tick({ answered_at }) {
    setText($("timer-words"), answered_at ? t("sejak terjawab") : t("waktu mulai dengan F2"));
    setText($("timer-time"), answered_at ? ageText((now() - answered_at) / 1000) : "");
  }
}

/** Where the priority comes from: the type, the answers and which, or a person's own word against them. */
function priorityWords(usual, { priority, because }, isOwn) {
  if (!usual) return "";
  if (isOwn) return because.length ? t("· menurut jawaban {priority}", { priority }) : t("· biasanya {priority} untuk jenis ini", { priority: usual });
  return because.length ? `· ${because.join(", ")}` : t("· dari jenis kejadian");
}

function paintSuggestion({ priority, because }) {
  const words = because.length ? t("prioritas sementara {priority}: {why}", { priority, why: because.join(", ") }) : t("prioritas belum berubah oleh jawaban");
  setText($("card-priority"), words);
  $("card-priority").className = because.length ? `card-priority card-${priority}` : "card-priority";
}

function check(name, value) {
  for (const input of document.querySelectorAll(`input[name="${name}"]`)) input.checked = input.value === value;
}
