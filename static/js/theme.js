// Runs before the first paint, so that a chosen theme does not flash. The door keeps a choice of its own.
(() => {
  const root = document.documentElement;
  const key = root.dataset.themeScope === "door" ? "mixwell-door-theme" : "mixwell-theme";
  try {
    const choice = localStorage.getItem(key);
    if (choice === "light" || choice === "dark") {
      root.dataset.theme = choice === "light" && root.dataset.themeScope === "door" ? "sun" : choice;
    }
  } catch {
    // Storage can be refused; then the system decides.
  }
})();
