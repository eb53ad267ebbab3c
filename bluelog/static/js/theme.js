/** Tells Bootstrap whether it is dark, where the chosen colours leave that to the system. */
(function () {
  'use strict';

  const root = document.documentElement;
  const dark = window.matchMedia('(prefers-color-scheme: dark)');

  function follow() {
    root.dataset.bsTheme = dark.matches ? 'dark' : 'light';
  }

  if (['light', 'dark'].includes(root.dataset.theme)) return;
  follow();
  dark.addEventListener('change', follow);
})();
