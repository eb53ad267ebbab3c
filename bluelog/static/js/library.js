/** Sends chosen pictures one by one, so that together they may be larger than one form. */
(function () {
  'use strict';

  const form = document.querySelector('form[data-upload]');
  if (!form) return;
  const status = form.querySelector('[role="status"]');

  async function send(file) {
    const body = new FormData();
    body.append('upload', file, file.name);
    body.append('csrf_token', form.elements.csrf_token.value);
    const answer = await fetch(form.dataset.upload, {
      method: 'POST', body, headers: { Accept: 'application/json' },
    });
    if (answer.ok) return '';
    const told = await answer.json().catch(() => ({}));
    return `${file.name}: ${told.error?.message || answer.statusText || answer.status}`;
  }

  async function sendAll(files) {
    const refusals = [];
    for (const [index, file] of files.entries()) {
      status.textContent = form.dataset.sending
        .replace('{n}', index + 1).replace('{all}', files.length);
      const refusal = await send(file).catch((error) => `${file.name}: ${error.message}`);
      if (refusal) refusals.push(refusal);
    }
    return refusals;
  }

  form.addEventListener('submit', async (event) => {
    const files = [...form.elements.upload.files];
    if (files.length < 2) return; // one alone is sent as without scripts
    event.preventDefault();
    const refusals = await sendAll(files);
    status.textContent = refusals.join('\n');
    form.reset();
    if (!refusals.length) window.location.assign(form.getAttribute('action'));
  });
})();
