/** What is pleasant in the dashboard with scripts; everything works without. */
(function () {
  'use strict';

  const SENT_FOR_MS = 10000;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);

  /* Sending */

  /** Ask before what cannot be undone, in a dialog that names it. */
  function askFirst(event) {
    const { target: form, submitter } = event;
    if (!form.dataset.confirm || 'isConfirmed' in form.dataset) return;
    event.preventDefault();
    const dialog = one('#ask');
    one('#ask-text').textContent = form.dataset.confirm;
    dialog.querySelector('[data-yes]').textContent = submitter.firstChild.textContent;
    dialog.returnValue = 'no';
    dialog.showModal();
    dialog.onclose = () => {
      if (dialog.returnValue !== 'yes') return;
      form.dataset.isConfirmed = '';
      form.requestSubmit(submitter);
    };
  }

  /** On the window, so that whoever stops the form has had its turn before. */
  function guardAgainstDoubles(event) {
    if (event.defaultPrevented || event.target.method === 'dialog' || staysHere(event)) return;
    const buttons = [...event.target.elements].filter(({ type }) => type === 'submit');
    // Not at once: a disabled button would not be sent with its form.
    setTimeout(() => buttons.forEach((button) => { button.disabled = true; }));
    setTimeout(() => release(buttons), SENT_FOR_MS);
  }

  /** A preview opens in a tab of its own. */
  function staysHere({ submitter }) {
    return submitter?.formTarget === '_blank';
  }

  function release(buttons) {
    buttons.forEach((button) => { button.disabled = false; });
  }

  document.addEventListener('submit', askFirst);
  window.addEventListener('submit', guardAgainstDoubles);
  window.addEventListener('pageshow', () => release(all('button:disabled')));

  /* Choosing several */

  function watchChoices(boxes, chooseAll, count) {
    const tell = () => {
      const chosen = boxes.filter(({ checked }) => checked).length;
      chooseAll.checked = chosen === boxes.length;
      chooseAll.indeterminate = chosen > 0 && chosen < boxes.length;
      count.textContent = `${count.dataset.count} ${chosen}`;
    };
    chooseAll.addEventListener('change', () => {
      boxes.forEach((box) => { box.checked = chooseAll.checked; });
      tell();
    });
    boxes.forEach((box) => box.addEventListener('change', tell));
    window.addEventListener('pageshow', tell);
  }

  const chooseAll = one('[data-choose-all]');
  if (chooseAll) watchChoices(all('[name="id"][form]'), chooseAll, one('[data-count]'));

  /* Keys */

  const ACTS = {
    n: () => one('[data-key="n"]')?.click(),
    '/': () => (one('main [type="search"]') || one('.filters a'))?.focus(),
    j: () => step(1),
    k: () => step(-1),
    x: () => document.activeElement.closest('[data-row]')?.querySelector('[name="id"]')?.click(),
    '?': () => one('#keys').showModal(),
  };

  function step(by) {
    const rows = all('[data-row]');
    const here = rows.findIndex((row) => row.contains(document.activeElement));
    const row = rows[here < 0 ? 0 : here + by];
    (row?.querySelector('[data-lead]') || row?.querySelector('a, input, button'))?.focus();
  }

  function isTyping({ target }) {
    return target.isContentEditable || target.matches('input:not([type="checkbox"]), textarea, select');
  }

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (isTyping(event) || one('dialog[open]') || !ACTS[event.key]) return;
    event.preventDefault();
    ACTS[event.key]();
  });

  document.addEventListener('click', ({ target }) => {
    all('.row-menu[open]').forEach((menu) => { menu.open = menu.contains(target); });
  });

  document.addEventListener('keydown', ({ key }) => {
    const menu = one('.row-menu[open]');
    if (key !== 'Escape' || !menu) return;
    menu.open = false;
    menu.querySelector('summary').focus();
  });

  all('[data-open]').forEach((button) => {
    button.addEventListener('click', () => one(`#${button.dataset.open}`).showModal());
  });

  /* Copying */

  all('[data-copy]').forEach((button) => {
    const field = one(`#${button.dataset.copy}`);
    button.addEventListener('click', async () => {
      field.select();
      await navigator.clipboard.writeText(field.value);
      button.textContent = button.dataset.done;
    });
  });

  /* Writing */

  /** Say that there is something to save. CKEditor tells of its own changes, the fields of theirs. */
  function watchChanges(form, state) {
    const changed = () => {
      if ('isChanged' in state.dataset) return; // to be said once, not with every letter
      state.textContent = state.dataset.changed;
      state.dataset.isChanged = '';
    };
    form.addEventListener('input', changed);
    form.addEventListener('change', changed);
    window.CKEDITOR?.on('instanceReady', ({ editor }) => editor.on('change', changed));
    window.addEventListener('submit', (event) => {
      if (event.target !== form || event.defaultPrevented || staysHere(event)) return;
      state.textContent = state.dataset.sending;
    });
  }

  /** A title is one line, however many it is shown on: Enter leads on to the text. */
  function keepOneLine(title) {
    const grow = () => {
      title.style.blockSize = 'auto';
      title.style.blockSize = `${title.scrollHeight}px`;
    };
    if (!CSS.supports('field-sizing', 'content')) {
      title.addEventListener('input', grow);
      grow();
    }
    title.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.isComposing) return;
      event.preventDefault();
      one('.writing .text label').click();
    });
  }

  function rememberFold(details) {
    const key = `bluelog-${details.dataset.remember}`;
    const hasErrors = details.querySelector('[aria-invalid="true"]');
    try {
      details.open = Boolean(hasErrors) || localStorage.getItem(key) !== 'closed';
      details.addEventListener('toggle', () => {
        localStorage.setItem(key, details.open ? 'open' : 'closed');
      });
    } catch {
      // Storage may be forbidden; then it is open on each page.
    }
  }

  const form = one('#editor');
  if (form) {
    watchChanges(form, one('.state'));
    keepOneLine(form.elements.title);
  }
  all('details[data-remember]').forEach(rememberFold);
  one('[aria-invalid="true"]')?.focus();
})();
