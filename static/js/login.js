// The log-in page: the cursor stands where it is needed, Caps Lock is told, and one click is one try.
const $ = (id) => document.getElementById(id);

$($("name").value ? "secret" : "name").focus();

$("secret").addEventListener("keydown", (event) => { $("caps").hidden = !event.getModifierState?.("CapsLock"); });

$("login").addEventListener("submit", () => {
  $("submit").setAttribute("aria-busy", "true");
  setTimeout(() => ($("submit").disabled = true), 0);
});

// Back by the browser's own button: the form must be usable again.
addEventListener("pageshow", () => {
  $("submit").disabled = false;
  $("submit").removeAttribute("aria-busy");
});
