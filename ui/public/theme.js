// Runs before the first paint: the theme of the last run, or the system's.
(function () {
  var theme = 'system';
  try {
    theme = localStorage.getItem('confab.theme') || 'system';
  } catch (error) {
    void error; // Storage may be closed; then the system decides.
  }
  var dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  document.documentElement.style.background = dark ? '#1c2027' : '#ffffff';
})();
