// Who follows the change of the net's keys, in words; and, above every part of the page, that the net could not be told of it.
import { setText } from "./dom.js";
import { numberText, t } from "./words.js";

/** "masa 2 · 8 stasiun sudah memakainya · 1 masih di masa lama · 1 belum pernah terdengar · 1 dicabut" */
export function keysWords({ epoch, newest, behind, unheard, out }) {
  const n = numberText;
  return [
    t("Kunci jaringan masa {epoch}", { epoch: n(epoch) }), t("{n} stasiun sudah memakainya", { n: n(newest) }),
    behind ? t("{n} masih di masa lama", { n: n(behind) }) : null, unheard ? t("{n} belum pernah terdengar", { n: n(unheard) }) : null, out ? t("{n} dicabut", { n: n(out) }) : null,
  ].filter(Boolean).join(" · ");
}

/** What a person must know of the newest change; "" when the net was told. */
export function keysProblem({ epoch, is_told, problem }) {
  if (is_told) return "";
  if (!problem) return t("Pergantian kunci ke masa {epoch} menunggu diumumkan lewat radio; sampai itu regu memakai kunci lama.", { epoch: numberText(epoch) });
  return t("Kunci masa {epoch} belum diumumkan, dan radio ini tidak dapat mengumumkannya. {why} Regu masih memakai kunci lama: bagikan kartu baru kepada setiap regu, atau pindahkan radio ke kanal lain.", { epoch: numberText(epoch), why: problem });
}

export function showKeys(keys) {
  const [state, notice] = ["keys-state", "keys-problem"].map((id) => document.getElementById(id));
  setText(state, keys ? keysWords(keys) : "");
  setText(notice, keys ? keysProblem(keys) : "");
  notice.hidden = !notice.textContent;
}
