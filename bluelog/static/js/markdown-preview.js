/**
 * What readers will see, beside the Markdown: rendered by the server, shown in a frame that runs
 * no scripts.
 */
(function () {
  'use strict';

  const { address } = document.currentScript.dataset;
  const box = document.querySelector('.markdown');
  const { textarea } = window.bluelogMarkdown || {};
  if (!box || !textarea) return;

  const PAUSE_MS = 400;
  const KEY = 'bluelog-markdown-view';
  const WIDE = window.matchMedia('(min-width: 48rem)');
  const SHOWN = ['title', 'source', 'source_format', 'language', 'with_contents', 'with_formulas'];
  const views = box.querySelector('.markdown-views');
  const frame = box.querySelector('.markdown-preview');
  const state = box.querySelector('.markdown-state');
  let timer;
  let asked;
  let shown = '';

  /** Storage may be forbidden; then the view is the usual one each time. */
  function stored(value) {
    try {
      if (value) localStorage.setItem(KEY, value);
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  }

  function show(view) {
    const fitting = view === 'both' && !WIDE.matches ? 'write' : view;
    box.dataset.view = fitting;
    frame.hidden = fitting === 'write';
    views.querySelectorAll('button').forEach((button) => {
      button.setAttribute('aria-pressed', String(button.dataset.view === fitting));
    });
    if (!frame.hidden) refresh();
  }

  function later() {
    clearTimeout(timer);
    if (!frame.hidden) timer = setTimeout(refresh, PAUSE_MS);
  }

  async function refresh() {
    asked?.abort();
    asked = new AbortController();
    const typed = new FormData(textarea.form);
    const body = new FormData();
    ['csrf_token', ...SHOWN].filter((name) => typed.has(name)).forEach((name) => {
      body.append(name, typed.get(name));
    });
    const page = await fetch(address, { method: 'POST', body, signal: asked.signal })
      .then((answer) => (answer.ok || answer.status === 422 ? answer.text() : null))
      .catch((error) => (error.name === 'AbortError' ? undefined : null));
    if (page === undefined) return;
    if (page === null) state.textContent = state.dataset.away;
    else put(page);
  }

  /** Change the words in place, so that the frame neither flickers nor jumps. */
  function put(page) {
    if (state.textContent === state.dataset.away) state.textContent = '';
    if (page === shown) return;
    const old = frame.contentDocument?.getElementById('main');
    if (shown && old) {
      old.replaceWith(new DOMParser().parseFromString(page, 'text/html').getElementById('main'));
    } else {
      frame.srcdoc = page;
    }
    shown = page;
    follow();
  }

  /** Links lead nowhere from here, but within the text. */
  function stay(event) {
    const link = event.target.closest('a[href]');
    if (!link) return;
    event.preventDefault();
    const address = link.getAttribute('href');
    if (!address.startsWith('#')) return;
    const name = decodeURIComponent(address.slice(1));
    frame.contentDocument.getElementById(name)?.scrollIntoView();
  }

  /** Scroll to about the same place. */
  function follow() {
    const page = frame.contentDocument?.documentElement;
    const room = textarea.scrollHeight - textarea.clientHeight;
    if (box.dataset.view !== 'both' || !page || room <= 0) return;
    page.scrollTop = (textarea.scrollTop / room) * (page.scrollHeight - page.clientHeight);
  }

  /** That the keyboard went into the frame no style of this page can tell, and nothing scrolls. */
  function tellEntered() {
    const isEntered = document.activeElement === frame;
    if (isEntered && !frame.hasAttribute('data-is-entered')) frame.scrollIntoView({ block: 'nearest' });
    frame.toggleAttribute('data-is-entered', isEntered);
  }

  window.addEventListener('blur', () => setTimeout(tellEntered));
  document.addEventListener('focusin', tellEntered);
  frame.addEventListener('load', () => {
    frame.contentDocument?.addEventListener('click', stay);
    follow();
  });
  views.addEventListener('click', ({ target }) => {
    if (!target.dataset.view) return;
    stored(target.dataset.view);
    show(target.dataset.view);
  });
  textarea.addEventListener('scroll', follow);
  textarea.form.addEventListener('input', later);
  textarea.form.addEventListener('change', later);
  WIDE.addEventListener('change', () => show(box.dataset.view));
  views.hidden = false;
  show(stored() || (WIDE.matches ? 'both' : 'write'));
})();
