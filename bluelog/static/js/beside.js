/** Who else is at the post, and what was typed in this browser before and never arrived. */
(function () {
  'use strict';

  const PRESENT_EVERY_MS = 30000;
  const { said, stored, forget, ask, send, isClosed } = window.bluelogKeeping || {};
  const form = document.querySelector('#editor');
  if (!said || !form) return;
  const others = document.querySelector('[data-others]');
  const offers = document.querySelector('[data-offers]');
  let names = '';

  /* The others */

  function show({ others: present, newer }) {
    const sentences = newer ? [...present.map(({ text }) => text), newer] : present.map(({ text }) => text);
    const now = [...present.map(({ name }) => name), Boolean(newer)].join('\n');
    // A time alone is no news: only who comes and goes is read out.
    others.setAttribute('aria-live', now === names ? 'off' : 'polite');
    names = now;
    others.replaceChildren(...sentences.map((text) => {
      const line = document.createElement('p');
      line.textContent = text;
      return line;
    }));
  }

  async function bePresent() {
    if (document.hidden) return;
    const version = form.elements.version.value;
    const answer = await ask(said.presentAt, [['version', version]]).catch(() => null);
    if (answer?.ok) show(await answer.json());
  }

  if (said.presentAt) {
    bePresent();
    setInterval(bePresent, PRESENT_EVERY_MS);
  }
  form.addEventListener('standing', ({ detail }) => show(detail));

  /* What never arrived */

  async function deliver([editor, written]) {
    const entry = JSON.parse(written);
    const answer = await send(entry).catch(() => null);
    if (answer && isClosed(answer)) showStranded(entry, () => forget(editor, written));
    if (!answer?.ok) return;
    forget(editor, written);
    const { offer } = await answer.json();
    if (offer && entry.post === said.post && entry.kind === said.kind) offerAgain(offer, entry.at);
  }

  function offerAgain({ take, drop, title }, at) {
    const known = [...offers.querySelectorAll('a')].find((link) => link.getAttribute('href') === take);
    const made = document.querySelector('[data-offer]').content.cloneNode(true);
    made.querySelector('bdi').textContent = title || said.untitled;
    made.querySelector('[data-when]').textContent = when(at);
    made.querySelector('a').href = take;
    made.querySelector('form').action = drop;
    if (known) known.closest('.offer').replaceWith(made);
    else offers.prepend(made);
  }

  /** What the server takes no longer is shown, to be copied. */
  function showStranded({ fields, at }, drop) {
    const made = document.querySelector('[data-stranded]').content.cloneNode(true);
    const [box, form] = ['.stranded', 'form'].map((selector) => made.querySelector(selector));
    const typed = Object.fromEntries(fields);
    made.querySelector('bdi').textContent = typed.title || said.untitled;
    made.querySelector('textarea').value = typed.source || '';
    made.querySelector('[data-when]').textContent = when(at);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (!('isConfirmed' in form.dataset)) return; // dashboard.js asks first
      drop();
      box.remove();
    });
    offers.prepend(made);
  }

  function when(at) {
    const { lang } = document.documentElement;
    return new Intl.DateTimeFormat(lang, { dateStyle: 'long', timeStyle: 'short' }).format(at);
  }

  stored().filter(([editor]) => editor !== form.elements.submission_id.value).forEach(deliver);
})();
