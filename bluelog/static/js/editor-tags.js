/**
 * Offers known tags while they are typed, for `input[data-tags]` with a datalist of them. Arrow keys
 * choose, Enter or Tab takes, Escape closes; without scripts the browser's own list is there.
 */
(function () {
  'use strict';

  const MOST = 8;
  const BETWEEN = /[,，、;；]/;
  const input = document.querySelector('input[data-tags][list]');
  if (!input) return;

  const known = [...input.list.options].map(({ value }) => value);
  const joint = input.dataset.tags;
  const box = document.createElement('ul');
  let offered = [];
  let chosen = -1;

  const folded = (text) => text.normalize('NFKC').toLowerCase().trim();

  /** The tag around the caret: where it begins and ends, and what is before the caret of it. */
  function here() {
    const { value, selectionStart: caret } = input;
    let start = caret;
    while (start > 0 && !BETWEEN.test(value[start - 1])) start -= 1;
    let end = caret;
    while (end < value.length && !BETWEEN.test(value[end])) end += 1;
    return { start, end, typed: folded(value.slice(start, caret).replace(/^\s*[#＃]/, '')) };
  }

  function matching({ start, end, typed }) {
    if (!typed) return [];
    const rest = input.value.slice(0, start) + input.value.slice(end);
    const used = new Set(rest.split(BETWEEN).map(folded));
    const found = known.filter((name) => folded(name).includes(typed) && !used.has(folded(name)));
    const rank = (name) => !folded(name).startsWith(typed);
    return found.sort((one, other) => rank(one) - rank(other)).slice(0, MOST);
  }

  function offer() {
    offered = matching(here());
    box.replaceChildren(...offered.map(option));
    box.hidden = !offered.length;
    input.setAttribute('aria-expanded', String(!box.hidden));
    choose(-1);
  }

  function option(name, number) {
    const item = document.createElement('li');
    Object.assign(item, { id: `known-tag-${number}`, role: 'option', textContent: name, dir: 'auto' });
    // Not a click, which would come after the field has lost the focus.
    item.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      take(name);
    });
    return item;
  }

  function choose(number) {
    chosen = number;
    [...box.children].forEach((item, place) => item.setAttribute('aria-selected', String(place === number)));
    box.children[number]?.scrollIntoView({ block: 'nearest' });
    if (number < 0) input.removeAttribute('aria-activedescendant');
    else input.setAttribute('aria-activedescendant', box.children[number].id);
  }

  function take(name) {
    const { start, end } = here();
    const before = input.value.slice(0, start);
    const gap = before && joint.endsWith(' ') ? ' ' : '';
    const isLast = !input.value.slice(end).trim();
    const taken = before + gap + name + (isLast ? joint : '');
    input.value = taken + (isLast ? '' : input.value.slice(end));
    input.setSelectionRange(taken.length, taken.length);
    input.dispatchEvent(new Event('input', { bubbles: true }));
    close();
  }

  function close() {
    offered = [];
    box.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    choose(-1);
  }

  const count = () => offered.length + 1; // with the place of none
  const KEYS = {
    ArrowDown: () => choose(((chosen + 2) % count()) - 1),
    ArrowUp: () => choose(((chosen + count()) % count()) - 1),
    Escape: close,
    Enter: () => chosen >= 0 && take(offered[chosen]),
    Tab: () => take(offered[chosen]),
  };

  function press(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const { key } = event;
    // The end of a word, not of the work: the form has buttons to be sent by.
    const isOurs = key === 'Enter' || (offered.length && KEYS[key] && (key !== 'Tab' || chosen >= 0));
    if (!isOurs) return;
    event.preventDefault();
    KEYS[key]();
  }

  input.removeAttribute('list');
  Object.assign(box, { id: 'offered-tags', role: 'listbox', className: 'offered', hidden: true });
  box.setAttribute('aria-label', input.labels[0].firstChild.textContent.trim());
  input.after(box);
  const states = { role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': box.id };
  Object.entries(states).forEach(([name, value]) => input.setAttribute(name, value));
  input.addEventListener('input', offer);
  input.addEventListener('keydown', press);
  input.addEventListener('blur', close);
})();
