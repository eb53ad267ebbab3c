/** What is pleasant with scripts and not missed without them. */
(function () {
  'use strict';

  const words = document.currentScript.dataset;
  const REMEMBERED = ['author', 'email', 'site'];
  const KEY = 'bluelog-guest';

  function all(selector) {
    return document.querySelectorAll(selector);
  }

  /** A button that copies what `text` gives, and says so for a moment. */
  function copyButton(text) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = words.copy;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(text());
      button.textContent = words.copied;
      setTimeout(() => (button.textContent = words.copy), 2000);
    });
    return button;
  }

  function offerCopies() {
    if (!navigator.clipboard) return;
    all('.prose pre').forEach((block) => {
      const box = document.createElement('div');
      box.className = 'code';
      block.replaceWith(box);
      box.append(block, copyButton(() => block.textContent));
    });
    all('[data-share]').forEach((link) => link.after(' ', copyButton(() => link.href)));
  }

  /** Storage may be forbidden; then nothing is remembered, and nothing breaks. */
  function remembered() {
    try {
      return JSON.parse(localStorage.getItem(KEY));
    } catch {
      return null;
    }
  }

  function remember(values) {
    try {
      if (values) localStorage.setItem(KEY, JSON.stringify(values));
      else localStorage.removeItem(KEY);
    } catch {
      // Nothing to do: the comment is sent all the same.
    }
  }

  function offerMemory(form) {
    const known = remembered();
    const fields = REMEMBERED.map((name) => form.elements[name]);
    const box = document.createElement('input');
    const label = document.createElement('label');
    box.type = 'checkbox';
    box.checked = Boolean(known);
    label.className = 'remember';
    label.append(box, ' ' + words.remember);
    form.querySelector('.send').before(label);
    fields.forEach((field) => (field.value ||= known?.[field.name] ?? ''));
    form.addEventListener('submit', () => {
      const values = fields.map((field) => [field.name, field.value]);
      remember(box.checked ? Object.fromEntries(values) : null);
    });
  }

  /** Change colours in place; the link's own answer keeps the choice. */
  function switchThemes() {
    const links = all('[data-set-theme]');
    links.forEach((link) => {
      link.addEventListener('click', (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        fetch(link.href, { redirect: 'manual' });
        document.documentElement.dataset.theme = link.dataset.setTheme;
        links.forEach((one) => one.removeAttribute('aria-current'));
        link.setAttribute('aria-current', 'true');
      });
    });
  }

  offerCopies();
  all('form.guest').forEach(offerMemory);
  switchThemes();
  // Once the page has scrolled to the form, which would take the focus away again.
  addEventListener('load', () => document.querySelector('[aria-invalid="true"]')?.focus());
})();
