// Sets the saved theme before the first paint. Everything else happens in the application.
(() => {
  let theme = new URLSearchParams(location.search).get('theme');
  try {
    theme ??=
      JSON.parse(localStorage.getItem('tracekin.settings') ?? '{}').theme ??
      localStorage.getItem('zipkinThemeOverride');
  } catch {
    // Storage is blocked: the system's theme it is.
  }
  if (theme === 'light' || theme === 'dark' || theme === 'contrast') document.documentElement.dataset.theme = theme;
})();
