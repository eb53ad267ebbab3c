/**
 * Keeps what is typed into the editor: at once in this browser, every few seconds on the server.
 *
 * Every field of the form counts, whatever edits it: it is enough that the form hears of a change,
 * `form.dispatchEvent(new Event('input'))`, and that the field holds the text when the form is read.
 */
(function () {
  'use strict';

  const AT_ONCE_MS = 250;
  const EVERY_MS = 3000;
  const AGAIN_MS = [5000, 10000, 20000];
  const FINAL = ['tooLong', 'closed'];
  const { said, store, forget, send, isClosed, revive } = window.bluelogKeeping || {};
  const form = document.querySelector('#editor');
  if (!said || !form) return;
  const [state, ago, signIn] = ['.state', '.ago', '.sign-in-again']
    .map((selector) => document.querySelector(selector));
  const relative = new Intl.RelativeTimeFormat(document.documentElement.lang, { style: 'narrow' });
  const editor = form.elements.submission_id.value;
  let how = '';
  let keptAt = 0;
  let changes = 0;
  let failures = 0;
  let isStored = true;
  let isSending = false;
  let [soon, later] = [0, 0];

  /* What is typed */

  function changed() {
    changes += 1;
    soon ||= setTimeout(storeNow, AT_ONCE_MS);
    later ||= setTimeout(sendNow, EVERY_MS);
  }

  function typed() {
    const rich = Object.values(window.CKEDITOR?.instances || {});
    rich.filter(({ status }) => status === 'ready').forEach((one) => one.updateElement());
    const isOurs = ([name, value]) => typeof value === 'string' && name !== 'csrf_token';
    const fields = [...new FormData(form)].filter(isOurs);
    return { post: said.post, kind: said.kind, at: Date.now(), fields };
  }

  function storeNow() {
    clearTimeout(soon);
    soon = 0;
    isStored = store(editor, typed());
    if (how !== 'kept') tell(how);
  }

  /* To the server */

  async function sendNow() {
    clearTimeout(later);
    later = 0;
    if (isSending) return;
    isSending = true;
    const before = changes;
    const outcome = await sent(typed()).catch(() => 'offline');
    isSending = false;
    tell(outcome);
    if (outcome === 'kept') kept(before);
    else if (!FINAL.includes(outcome)) tryAgain();
  }

  async function sent(entry) {
    let answer = await send(entry);
    if (answer.status === 401 || answer.status === 400) {
      const who = await revive();
      if (who !== 'alive') return who;
      answer = await send(entry);
    }
    if (answer.status === 413) return 'tooLong';
    if (isClosed(answer)) return 'closed';
    if (!answer.ok) return 'refused';
    form.dispatchEvent(new CustomEvent('standing', { detail: await answer.json() }));
    return 'kept';
  }

  function kept(before) {
    [keptAt, failures] = [Date.now(), 0];
    if (before === changes) forget(editor);
    else later ||= setTimeout(sendNow, EVERY_MS);
    tick();
  }

  function tryAgain() {
    const pause = AGAIN_MS[Math.min(failures, AGAIN_MS.length - 1)];
    failures += 1;
    clearTimeout(later);
    later = setTimeout(sendNow, pause);
  }

  function goOn() {
    if (later && how !== 'kept') sendNow();
  }

  /* What is said of it */

  function tell(outcome) {
    how = outcome;
    signIn.hidden = outcome !== 'signedOut';
    if (outcome !== 'kept') ago.textContent = '';
    const words = outcome !== 'kept' && !isStored ? said.nowhere : said[outcome];
    if (words && state.textContent !== words) state.textContent = words;
    if (words) state.dataset.isChanged = '';
  }

  function tick() {
    if (how !== 'kept') return;
    const seconds = Math.round((Date.now() - keptAt) / 1000);
    const [count, unit] = seconds < 60 ? [seconds, 'second'] : [Math.floor(seconds / 60), 'minute'];
    ago.textContent = relative.format(-count, unit);
  }

  /* When the page is left */

  /** A form that cannot arrive stays here, with everything in it. */
  function hold(event) {
    if (how === 'offline' && !navigator.onLine) {
      event.preventDefault();
      storeNow();
    } else if (how === 'closed') {
      event.preventDefault();
      storeNow();
      sendNow(); // it may have been opened again
    } else if (how === 'signedOut') {
      event.preventDefault();
      resumeWith(event.submitter);
    }
  }

  async function resumeWith(submitter) {
    const who = await revive().catch(() => 'offline');
    tell(who === 'alive' ? '' : who);
    if (who === 'alive') form.requestSubmit(submitter);
  }

  function leave() {
    if (soon) storeNow();
  }

  form.addEventListener('input', changed);
  form.addEventListener('change', changed);
  form.addEventListener('submit', hold);
  window.CKEDITOR?.on('instanceReady', (event) => event.editor.on('change', changed));
  window.addEventListener('submit', (event) => {
    if (event.target !== form || event.defaultPrevented) return;
    if (event.submitter?.formTarget === '_blank') return; // a preview, beside which writing goes on
    leave();
    clearTimeout(later);
    later = 0;
  });
  window.addEventListener('pagehide', leave);
  window.addEventListener('online', goOn);
  window.addEventListener('focus', goOn);
  document.addEventListener('visibilitychange', () => (document.hidden ? leave() : goOn()));
  setInterval(tick, 1000);
})();
