// Dark or light before the first paint: the person's choice, else what the machine prefers. A plain script, not a module.
(() => {
  const KEY = "posko.theme";
  const root = document.documentElement;
  const prefersLight = matchMedia("(prefers-color-scheme: light)");

  const chosen = () => {
    try { return localStorage.getItem(KEY); } catch { return null; }
  };
  const keep = (theme) => {
    try { localStorage.setItem(KEY, theme); } catch { /* private mode: the choice lasts for this page */ }
  };
  const paint = (theme) => {
    root.dataset.theme = theme;
    root.dataset.bsTheme = theme;
    dispatchEvent(new CustomEvent("posko:theme", { detail: theme }));
  };
  const wanted = () => chosen() ?? (prefersLight.matches ? "light" : "dark");
  const turn = () => {
    const theme = root.dataset.theme === "light" ? "dark" : "light";
    keep(theme);
    paint(theme);
  };

  paint(wanted());
  prefersLight.addEventListener("change", () => paint(wanted()));
  addEventListener("storage", (event) => event.key === KEY && paint(wanted()));
  document.addEventListener("click", (event) => event.target.closest?.("#theme-switch") && turn());
})();
