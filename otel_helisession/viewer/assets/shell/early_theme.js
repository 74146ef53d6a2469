/** Before the first paint: the theme that was chosen here, so that nothing flashes. */
try {
  const chosen = localStorage.getItem("helisession-theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // Storage is switched off: the system's theme holds.
}
