/**
 * Where what is typed is kept: this browser's own storage, and the server's working copies. For
 * `autosave.js` and `beside.js`, which come after. What to say and whom to ask stands in the data
 * attributes of `[data-keeping]`.
 */
(function () {
  'use strict';

  const PATIENCE_MS = 20000;
  const element = document.querySelector('[data-keeping]');
  if (!element) return;
  const said = element.dataset;
  const PREFIX = `bluelog-copy-${said.user}-`;
  let token = document.querySelector('#editor [name="csrf_token"]').value;

  /* In this browser, whose storage may be full or forbidden. */

  function store(editor, entry) {
    try {
      localStorage.setItem(PREFIX + editor, JSON.stringify(entry));
      return true;
    } catch {
      return false;
    }
  }

  function forget(editor, written) {
    try {
      const key = PREFIX + editor;
      if (written === undefined || localStorage.getItem(key) === written) localStorage.removeItem(key);
    } catch {
      // Then nothing was stored either.
    }
  }

  /** What was stored and never arrived, by the editor it was typed into. */
  function stored() {
    try {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
      return keys.map((key) => [key.slice(PREFIX.length), localStorage.getItem(key)]);
    } catch {
      return [];
    }
  }

  /* On the server. */

  async function ask(address, fields) {
    const body = new FormData();
    fields.forEach(([name, value]) => body.append(name, value));
    const headers = { Accept: 'application/json', 'X-CSRFToken': token };
    const signal = AbortSignal.timeout(PATIENCE_MS);
    return fetch(address, { method: 'POST', body, headers, signal });
  }

  function send({ post, kind, at, fields }) {
    const age = Math.max(0, Math.round((Date.now() - at) / 1000));
    return ask(said.keepAt, [...fields, ['post_id', post], ['kind', kind], ['age', age]]);
  }

  /** Whether the server says that this person may not write there, or that it is gone. */
  function isClosed({ status }) {
    return status === 403 || status === 404;
  }

  /** Whether the same person is signed in, perhaps anew; then the page's forms are theirs again. */
  async function revive() {
    const headers = { Accept: 'application/json' };
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(said.sessionAt, { headers, redirect: 'manual', signal });
    if (!answer.ok) return 'signedOut';
    const session = await answer.json();
    if (String(session.user) !== said.user) return 'otherPerson';
    token = session.csrf_token;
    document.querySelectorAll('[name="csrf_token"]').forEach((field) => { field.value = token; });
    document.querySelectorAll('[data-csrf-token]').forEach((field) => {
      field.dataset.csrfToken = token;
    });
    return 'alive';
  }

  window.bluelogKeeping = { said, store, forget, stored, ask, send, isClosed, revive };
})();
