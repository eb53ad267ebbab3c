/** Say "Schedule" on the button while the time given is still to come. Both are one and the same act. */
(function () {
  'use strict';

  const field = document.querySelector('[data-schedule]');
  const button = document.querySelector('.editor-acts [formaction$="/publication"], .editor-acts [formaction*="/publication?"]');
  if (!field || !button) return;

  const publish = button.textContent;
  const tell = () => {
    // Both are the wall clock of the site, to the minute.
    const isToCome = field.value > field.dataset.now.slice(0, 16);
    button.textContent = isToCome ? field.dataset.schedule : publish;
  };
  field.addEventListener('input', tell);
  window.addEventListener('pageshow', tell);
})();
