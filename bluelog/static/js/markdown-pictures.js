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
  let trouble = '';
  let held = null;

  function picturesIn(files) {
    return [...files].filter(({ type }) => TYPES.includes(type));
  }

  /**
   * The text holds a place for each picture, so that writing goes on meanwhile. What a picture
   * shows is left to be said: the name of a file does not say it.
   */
  async function take(files) {
    const words = selected();
    const begun = Date.now() % 1e6;
    const taken = picturesIn(files).map((file, n) => [file, n ? '' : words, `(…${begun}-${n})`]);
    insert(taken.map(([, about, place]) => `![${plain(about)}]${place}`).join('\n\n'));
    trouble = '';
    sending += taken.length;
    say(state.dataset.sending);
    for (const each of taken) await send(...each);
  }

  async function send(file, words, place) {
    try {
      fill(place, `(${await stored(file)})`);
    } catch (error) {
      trouble = error.message || state.dataset.refused;
      fill(`![${plain(words)}]${place}`, words);
    }
    sending -= 1;
    if (!sending) done();
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

  function say(words) {
    state.textContent = words;
  }

  function done() {
    const submitter = held;
    held = null;
    say(trouble);
    if (submitter && !trouble) textarea.form.requestSubmit(submitter);
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
