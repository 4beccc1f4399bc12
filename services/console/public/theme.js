// Sets the theme before the first paint. A file of its own: the policy of the page allows no inline script.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem('tandem-theme');
  } catch (error) {
    // No storage: the system's theme.
  }
  var isDark =
    chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', isDark ? 'dark' : 'light');
})();
