/** A new page that is put under another one is left out of the menu, unless somebody says otherwise. */
(function () {
  'use strict';

  const parent = document.querySelector('select[name="parent"]');
  const menu = document.querySelector('input[type="checkbox"][name="in_menu"]');
  if (!parent || !menu) return;

  const wanted = menu.checked;
  let isChosen = false;
  menu.addEventListener('change', () => { isChosen = true; });
  parent.addEventListener('change', () => {
    if (!isChosen) menu.checked = wanted && parent.selectedIndex === 0;
  });
})();
