/**
 * Marks for the Markdown in `textarea[data-markdown]`, by button and by key. Each change goes
 * through the browser's own editing, so that undo takes it back. Without scripts the textarea is
 * the editor.
 */
(function () {
  'use strict';

  const textarea = document.querySelector('textarea[data-markdown]');
  if (!textarea) return;

  const AROUND = { bold: '**', italic: '*', strike: '~~' };
  const BEFORE_LINES = {
    heading: () => '## ',
    quote: () => '> ',
    bullets: () => '- ',
    numbers: (index) => `${index + 1}. `,
    tasks: () => '- [ ] ',
  };
  const KEYS = { b: 'bold', i: 'italic', k: 'link' };
  const ITEM = /^(\s*)(?:([-*+]) (\[[ xX]\] )?|(\d{1,9})([.)]) |(> ))/;

  /** Put text in place of the selection; what of it is to be selected then counts from its start. */
  function insert(text, from = text.length, to = from) {
    const start = textarea.selectionStart;
    textarea.focus();
    // The old way is the only one that undo knows of.
    if (!document.execCommand('insertText', false, text)) {
      textarea.setRangeText(text, start, textarea.selectionEnd, 'end');
      textarea.dispatchEvent(new Event('input', { bubbles: true }));
    }
    textarea.setSelectionRange(start + from, start + to);
  }

  function selected() {
    return textarea.value.slice(textarea.selectionStart, textarea.selectionEnd);
  }

  function surround(mark, closing = mark) {
    const words = selected();
    const isMarked = words.length > mark.length + closing.length
      && words.startsWith(mark) && words.endsWith(closing);
    if (isMarked) {
      const plain = words.slice(mark.length, -closing.length);
      insert(plain, 0, plain.length);
    } else {
      insert(mark + words + closing, mark.length, mark.length + words.length);
    }
  }

  function selectLines() {
    const { value, selectionStart, selectionEnd } = textarea;
    const end = value.indexOf('\n', selectionEnd);
    textarea.setSelectionRange(
      value.lastIndexOf('\n', selectionStart - 1) + 1,
      end < 0 ? value.length : end,
    );
  }

  function beginLines(beginning) {
    selectLines();
    const lines = selected().split('\n');
    const isBegun = lines.every((line, index) => line.startsWith(beginning(index)));
    const changed = lines.map((line, index) => (
      isBegun ? line.slice(beginning(index).length) : beginning(index) + line
    )).join('\n');
    insert(changed, lines.length > 1 ? 0 : changed.length, changed.length);
  }

  /** A block stands between blank lines. */
  function insertBlock(text, from, to) {
    const before = textarea.value.slice(0, textarea.selectionStart);
    const start = !before || before.endsWith('\n\n') ? '' : before.endsWith('\n') ? '\n' : '\n\n';
    insert(`${start}${text}\n`, start.length + from, start.length + to);
  }

  const MARKS = {
    ...Object.fromEntries(Object.entries(AROUND).map(([name, mark]) => [name, () => surround(mark)])),
    ...Object.fromEntries(Object.entries(BEFORE_LINES).map(([name, of]) => [name, () => beginLines(of)])),
    link() {
      const words = selected();
      const text = `[${words}](https://)`;
      if (words) insert(text, words.length + 3, text.length - 1);
      else insert(text, 1);
    },
    code() {
      const words = selected();
      if (words.includes('\n') || !words) insertBlock(`\`\`\`\n${words}\n\`\`\``, 3, 3);
      else surround('`');
    },
    table() {
      insertBlock('|  |  |\n| --- | --- |\n|  |  |', 2, 2);
    },
    note() {
      const numbers = [...textarea.value.matchAll(/\[\^(\d+)\]/g)].map(([, number]) => Number(number));
      const name = Math.max(0, ...numbers) + 1;
      insert(`${selected()}[^${name}]`);
      textarea.setSelectionRange(textarea.value.length, textarea.value.length);
      const note = `[^${name}]: `;
      insertBlock(note, note.length, note.length);
    },
    formula() {
      document.getElementById('with_formulas').checked = true;
      surround('$');
    },
  };

  function onKey(event) {
    if (event.isComposing) return;
    const isCommand = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    const mark = isCommand && KEYS[event.key.toLowerCase()];
    if (mark) {
      event.preventDefault();
      MARKS[mark]();
    } else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      goOn(event);
    }
  }

  /** A new line in a list is its next item; in an empty item it ends the list. */
  function goOn(event) {
    const { value, selectionStart, selectionEnd } = textarea;
    if (selectionStart !== selectionEnd) return;
    const start = value.lastIndexOf('\n', selectionStart - 1) + 1;
    const line = value.slice(start, selectionStart);
    const found = ITEM.exec(line);
    if (!found) return;
    event.preventDefault();
    const [whole, indent, bullet, box, number, stop, quote] = found;
    if (line === whole) {
      textarea.setSelectionRange(start, selectionStart);
      insert('');
      return;
    }
    const next = quote || (bullet ? `${bullet} ${box ? '[ ] ' : ''}` : `${Number(number) + 1}${stop} `);
    insert(`\n${indent}${next}`);
  }

  /** One stop for the Tab key, arrows within. Source: WAI-ARIA APG, "Toolbar Pattern". */
  function steer(toolbar) {
    const buttons = [...toolbar.querySelectorAll('button')];
    toolbar.addEventListener('keydown', ({ key, target }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      const at = buttons.indexOf(target);
      if (!step || at < 0) return;
      buttons[at].tabIndex = -1;
      const next = buttons[(at + step + buttons.length) % buttons.length];
      next.tabIndex = 0;
      next.focus();
    });
    toolbar.addEventListener('click', ({ target }) => MARKS[target.dataset.mark]?.());
    toolbar.hidden = false;
  }

  textarea.addEventListener('keydown', onKey);
  steer(document.querySelector('.markdown-acts'));
  window.bluelogMarkdown = { textarea, insert, selected };
})();
