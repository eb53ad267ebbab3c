/**
 * Pictures in Markdown: pasted, dropped or picked, sent at once, named in the text when stored; or
 * chosen from the library, with the words that are kept there.
 */
(function () {
  'use strict';

  const { textarea, insert, selected } = window.bluelogMarkdown || {};
  const address = textarea?.dataset.uploadUrl;
  if (!address) return;

  const TYPES = ['image/gif', 'image/jpeg', 'image/png', 'image/webp'];
  const state = document.querySelector('.markdown-state');
  let sending = 0;
  let held = null;

  function picturesIn(files) {
    return [...files].filter(({ type }) => TYPES.includes(type));
  }

  async function take(files) {
    const words = selected();
    for (const file of picturesIn(files)) await send(file, words);
  }

  /** The text holds a place for the picture, so that writing goes on meanwhile. */
  async function send(file, words) {
    const place = `![${words || plain(file.name.replace(/\.\w+$/, ''))}](…${Date.now() % 1e6})`;
    insert(place);
    say(state.dataset.sending, 1);
    try {
      fill(place, place.replace(/\(…\d+\)$/, `(${await stored(file)})`));
      say('', -1);
    } catch (error) {
      fill(place, words);
      say(error.message || state.dataset.refused, -1);
    }
  }

  function plain(words) {
    return words.replace(/[[\]\\]/g, '');
  }

  async function stored(file) {
    const body = new FormData();
    body.append('upload', file, file.name || 'picture.png');
    const headers = { Accept: 'application/json', 'X-CSRFToken': textarea.dataset.csrfToken };
    const answer = await fetch(address, { method: 'POST', body, headers }).catch(() => null);
    const told = await answer?.json().catch(() => null);
    if (!told?.uploaded) throw new Error(told?.error?.message || '');
    return told.url;
  }

  function fill(place, text) {
    const at = textarea.value.indexOf(place);
    if (at < 0) return;
    const { selectionStart, selectionEnd } = textarea;
    textarea.setRangeText(text, at, at + place.length, 'preserve');
    if (document.activeElement !== textarea) textarea.setSelectionRange(selectionStart, selectionEnd);
    textarea.dispatchEvent(new Event('input', { bubbles: true }));
  }

  function say(words, step) {
    sending += step;
    state.textContent = words;
    if (sending || !held) return;
    const submitter = held;
    held = null;
    if (!words) textarea.form.requestSubmit(submitter);
  }

  function pick() {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = true;
    input.accept = TYPES.join(',');
    input.addEventListener('change', () => take(input.files));
    input.click();
  }

  function choose() {
    window.bluelogEditor.chooseFromLibrary(({ url, alt, caption }) => {
      const words = selected() || alt;
      insert(caption ? figure(url, words, caption) : `![${plain(words)}](${url})`);
    });
  }

  /** Markdown has no captions; HTML is as good, on lines of its own. */
  function figure(url, alt, caption) {
    const [image, words] = [new Image(), document.createElement('figcaption')];
    image.setAttribute('src', url);
    image.alt = alt;
    words.textContent = caption;
    return `\n\n<figure>${image.outerHTML}${words.outerHTML}</figure>\n\n`;
  }

  textarea.addEventListener('paste', (event) => {
    if (!picturesIn(event.clipboardData.files).length) return;
    event.preventDefault();
    take(event.clipboardData.files);
  });
  textarea.addEventListener('dragover', (event) => {
    if (event.dataTransfer.types.includes('Files')) event.preventDefault();
  });
  textarea.addEventListener('drop', (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    take(event.dataTransfer.files);
  });
  document.querySelector('[data-mark="picture"]')?.addEventListener('click', pick);
  document.querySelector('[data-mark="library"]')?.addEventListener('click', choose);
  // A picture still on its way would be missing from the text: hold the form until it is there.
  textarea.form.addEventListener('submit', (event) => {
    if (!sending) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held = event.submitter;
  });
})();
