// The set-up page: two secrets that must be the same, said beside the field before anything is sent.
import { wrongWith } from "./secrets.js";
import { t } from "./words.js";

const $ = (id) => document.getElementById(id);

const WORDS = {
  "too short": ["secret", () => t("Kata sandi paling sedikit 8 huruf.")],
  "not the same": ["again", () => t("Kedua kata sandi tidak sama.")],
};

function check() {
  for (const [field] of Object.values(WORDS)) $(`${field}-error`).textContent = "";
  const wrong = wrongWith($("secret").value, $("again").value);
  if (!wrong) return true;
  const [field, words] = WORDS[wrong];
  $(`${field}-error`).textContent = words();
  $(field).focus();
  return false;
}

$("name").focus();
$("setup").addEventListener("submit", (event) => check() || event.preventDefault());
$("again").addEventListener("input", () => ($("again-error").textContent = ""));
