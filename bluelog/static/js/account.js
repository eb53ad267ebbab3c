/** Small kindnesses of the account pages; each works without. */
(function () {
  'use strict';

  /** A new blog is most likely at home where its owner's browser is. */
  function chooseOwnZone(select) {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const isKnown = [...select.options].some(({ value }) => value === timeZone);
    if (isKnown) select.value = timeZone;
  }

  document.querySelectorAll('select[data-own-zone]').forEach(chooseOwnZone);
  document.querySelector('[aria-invalid="true"]')?.focus();
})();
