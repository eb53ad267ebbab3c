/** Choosing a picture of the library, for the cover here and for the text in editor-pictures.js. */
(function () {
  'use strict';

  const SEARCH_AFTER_MS = 300;
  const dialog = document.querySelector('#library-picker');
  if (!dialog) return;
  const words = dialog.querySelector('[type="search"]');
  const list = dialog.querySelector('.library');
  const status = dialog.querySelector('[role="status"]');
  const more = dialog.querySelector('[data-more]');
  let choose;
  let asked = 0;
  let after;

  /** Open the library; `chosen` is called with the picture, or not at all. */
  function chooseFromLibrary(chosen) {
    choose = chosen;
    words.value = '';
    dialog.showModal();
    words.focus();
    load();
  }

  async function load(from) {
    asked += 1;
    const mine = asked;
    const query = new URLSearchParams({ q: words.value.trim(), ...(from && { after: from }) });
    try {
      const answer = await fetch(`${dialog.dataset.choices}?${query}`);
      if (!answer.ok) throw new Error(answer.status);
      const found = await answer.json();
      if (mine === asked) show(found, from);
    } catch {
      if (mine === asked) status.textContent = dialog.dataset.away;
    }
  }

  function show(found, from) {
    const items = found.pictures.map(itemOf);
    if (from) list.append(...items);
    else list.replaceChildren(...items);
    after = found.after;
    more.hidden = !after;
    if (from) items[0]?.firstChild.focus();
    const { none, empty } = dialog.dataset;
    status.textContent = list.children.length ? '' : (words.value.trim() ? none : empty);
  }

  function itemOf(picture) {
    const image = Object.assign(new Image(), { src: picture.thumbnail, alt: '', loading: 'lazy' });
    const frame = elementOf('span', 'frame-of', image);
    const name = elementOf('span', 'name', picture.alt || picture.name || dialog.dataset.nameless);
    const button = elementOf('button', '', frame, name);
    button.type = 'button';
    button.addEventListener('click', () => {
      dialog.close();
      choose(picture);
    });
    return elementOf('li', '', button);
  }

  function elementOf(tag, className, ...children) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children);
    return element;
  }

  let waiting;
  words.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(load, SEARCH_AFTER_MS);
  });
  words.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') event.preventDefault();
  });
  more.addEventListener('click', () => load(after));

  /* The cover */

  function takeCover(button, picture) {
    const { form } = button;
    let shown = form.querySelector('img.cover');
    if (!shown) {
      const removing = form.querySelector('[data-chosen-cover]');
      shown = elementOf('img', 'cover');
      removing.before(shown);
      removing.hidden = false;
    }
    Object.assign(shown, { src: picture.thumbnail, alt: picture.alt || button.dataset.alt });
    form.elements.cover_id.value = picture.id;
    form.elements.cover.value = '';
    form.elements.remove_cover.checked = false;
    form.elements.cover_id.dispatchEvent(new Event('change', { bubbles: true }));
    button.focus();
  }

  document.querySelectorAll('[data-choose-cover]').forEach((button) => {
    button.addEventListener('click', () => {
      chooseFromLibrary((picture) => takeCover(button, picture));
    });
  });

  window.bluelogEditor = { ...window.bluelogEditor, chooseFromLibrary };
})();
