/**
 * Turns each `textarea[data-editor]` into CKEditor. Its data attributes:
 *   data-language    language of the interface: en, zh or zh-cn
 *   data-upload-url  where pictures are sent; without it nothing can be uploaded
 *   data-csrf-token  sent with each upload
 *   data-labels      JSON that maps the English words of these files to the writer's
 *   data-unsaved     the text shown was never saved, as after a refused form
 * Its `lang` is the language written in. Without scripts the textarea is the editor.
 */
(function () {
  'use strict';

  const MIN_HEIGHT = '360px';
  const READY_WITHIN_MS = 20000;
  const UPLOAD_CHECK_MS = 200;
  const { CODE_LANGUAGES, settingsFor, takePictures, adaptDialog } = window.bluelogEditor || {};
  const editors = [];
  let heldSubmit;

  function start() {
    const textareas = [...document.querySelectorAll('textarea[data-editor]')];
    const written = [...textareas, ...document.querySelectorAll('textarea[data-markdown]')];
    const forms = new Set(written.map(({ form }) => form).filter(Boolean));
    forms.forEach(guard);
    forms.forEach(catchUp);
    if (!window.CKEDITOR?.env.isCompatible || !settingsFor || !takePictures) return;
    addPlainCode();
    CKEDITOR.on('dialogDefinition', adaptDialog);
    watchLoading();
    textareas.forEach(enrich);
  }

  function enrich(textarea) {
    const label = labelsOf(textarea);
    const editor = CKEDITOR.replace(textarea, settingsFor(textarea, label));
    if (!editor) return;
    editors.push(editor);
    editor.on('langLoaded', () => completeLanguage(editor, label));
    editor.on('pluginsLoaded', lowerHeadings);
    editor.on('mode', () => dress(editor, textarea));
    editor.on('pasteDialog', refusePasteDialog, null, null, 1);
    takePictures(editor, textarea.dataset.csrfToken);
    textarea.labels.forEach((text) => text.addEventListener('click', () => editor.focus()));
    setTimeout(() => editor.status !== 'ready' && giveUp(editor), READY_WITHIN_MS);
  }

  function labelsOf(textarea) {
    const labels = JSON.parse(textarea.dataset.labels || '{}');
    return (english) => labels[english] || english;
  }

  /** CKEditor's Chinese lacks these, and its own words for a refused file name MIME types. */
  function completeLanguage({ lang }, label) {
    const refused = label('This kind of file cannot be put into the text.');
    lang.clipboard.fileFormatNotSupportedNotification = refused;
    lang.clipboard.fileWithoutFormatNotSupportedNotification = refused;
    lang.image.notOurs = label('Only pictures of this blog can be shown. Upload it first.');
    lang.image.library = label('Choose from the library');
    lang.image.caption = label('Caption');
    lang.table.cell.columnHeader = label('Column header');
    lang.table.cell.rowHeader = label('Row header');
  }

  /** The page has its title as first heading; the server, too, makes others of that rank second. */
  function lowerHeadings({ editor }) {
    const h1 = (heading) => { heading.name = 'h2'; };
    editor.dataProcessor.dataFilter.addRules({ elements: { h1 } });
  }

  /** Show the text as readers will see it, and keep what is said about the field with it. */
  function dress(editor, textarea) {
    const area = editor.editable();
    area.setStyle('min-height', MIN_HEIGHT);
    if (editor.mode !== 'wysiwyg') return;
    area.addClass('prose');
    area.setAttribute('lang', editor.config.contentsLanguage);
    area.removeAttribute('title');
    describe(area, textarea);
  }

  function describe(area, textarea) {
    const [own, keyboard] = [textarea, area].map((at) => at.getAttribute('aria-describedby'));
    if (own) area.setAttribute('aria-describedby', `${own} ${keyboard || ''}`.trim());
    if (textarea.hasAttribute('aria-invalid')) area.setAttribute('aria-invalid', 'true');
  }

  /** The dialog is a frame with a script in it, which the page's policy forbids. */
  function refusePasteDialog(event) {
    event.editor._.forcePasteDialog = false; // else the hint to use the keyboard is held back
    event.cancel();
  }

  /** Keep code as it is typed: without a highlighter the plugin would load one of its own. */
  function addPlainCode() {
    CKEDITOR.plugins.add('plaincode', {
      requires: 'codesnippet',
      init(editor) {
        const { highlighter: Highlighter } = CKEDITOR.plugins.codesnippet;
        const plain = new Highlighter({
          languages: CODE_LANGUAGES,
          highlighter: (code, language, done) => done(CKEDITOR.tools.htmlEncode(code)),
        });
        editor.plugins.codesnippet.setHighlighter(plain);
      },
    });
  }

  /** Warn of what would be lost, save by keyboard, wait for pictures. */
  function guard(form) {
    let touched = Boolean(form.querySelector('textarea[data-unsaved]'));
    let leaving = false;
    const touch = (event) => { touched ||= event.target.form === form; };
    form.addEventListener('input', touch);
    form.addEventListener('change', touch);
    form.addEventListener('submit', awaitUploads);
    document.addEventListener('keydown', (event) => saveByKeyboard(event, form));
    // On the window, so that whoever stops the submit has had its turn.
    window.addEventListener('submit', (event) => {
      if (event.target === form && !event.defaultPrevented && !opensBeside(event)) leaving = true;
    });
    window.addEventListener('pageshow', () => { leaving = false; });
    window.addEventListener('beforeunload', (event) => {
      const isUnsaved = touched || editorsOf(form).some((editor) => editor.checkDirty());
      if (isUnsaved && !leaving) event.preventDefault();
    });
  }

  /** On a slow network words may be typed before there are scripts to hear of them. */
  function catchUp(form) {
    // Elsewhere the browser has put back what was typed, and kept, before.
    if (performance.getEntriesByType('navigation')[0]?.type !== 'navigate') return;
    const fields = [...form.querySelectorAll('textarea, input[type="text"]')];
    fields.filter(({ value, defaultValue }) => value !== defaultValue)
      .forEach((field) => field.dispatchEvent(new Event('change', { bubbles: true })));
  }

  /** A preview comes up in a tab of its own, and the writer stays here. */
  function opensBeside({ submitter }) {
    return submitter?.formTarget === '_blank';
  }

  function editorsOf(form) {
    return editors.filter(({ element, status }) => status === 'ready' && element.$.form === form);
  }

  /** A picture still on its way would be missing from the text: hold the form until it is there. */
  function awaitUploads(event) {
    const form = event.target;
    const pending = editorsOf(form)
      .flatMap((editor) => editor.uploadRepository.loaders)
      .filter((loader) => !loader.isFinished());
    if (!pending.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    submitAfter(pending, form, event.submitter);
  }

  function submitAfter(loaders, form, submitter) {
    clearTimeout(heldSubmit);
    heldSubmit = setTimeout(() => {
      if (loaders.some(({ status }) => status === 'error')) return;
      if (loaders.every((loader) => loader.isFinished())) form.requestSubmit(submitter);
      else submitAfter(loaders, form, submitter);
    }, UPLOAD_CHECK_MS);
  }

  function saveByKeyboard(event, form) {
    const isSave = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    if (!isSave || event.key.toLowerCase() !== 's') return;
    event.preventDefault();
    if (event.repeat || window.CKEDITOR?.dialog?.getCurrent()) return;
    const isButton = ({ type, disabled }) => type === 'submit' && !disabled;
    form.requestSubmit([...form.elements].find(isButton));
  }

  /** Give the textarea back where a part of the editor does not load. */
  function watchLoading() {
    window.addEventListener('error', ({ target }) => {
      const address = target.src || target.href || '';
      if (!address.startsWith(CKEDITOR.basePath)) return;
      const isLook = target.nodeName === 'LINK' && /\/editor\w*\.css/.test(address);
      editors.filter(({ status }) => isLook || status !== 'ready').forEach(giveUp);
    }, true);
  }

  /** Give the textarea back, with what was written so far. */
  function giveUp(editor) {
    if (editor.status !== 'destroyed') editor.destroy(editor.status !== 'ready');
  }

  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
})();
