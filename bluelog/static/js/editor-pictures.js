/** How pictures come into CKEditor: pasted, dropped, chosen; for `editor.js`, which comes last. */
(function () {
  'use strict';

  const AFTER_INSERTION = 1001; // CKEditor inserts what is pasted at priority 1000
  const BEFORE_CKEDITOR = 1;
  const FIRST_OF_ALL = -1;
  const DIALOG_EDGES_PX = 40;
  const ON_THE_PICTURE = 1; // what CKEditor's image dialog commits its fields to

  /** Let an editor take pictures; `csrfToken` is sent along with each. */
  function takePictures(editor, csrfToken) {
    editor.on('pluginsLoaded', () => {
      editor.dataProcessor.dataFilter.addRules({ elements: { img: ownPictureOrLink } });
    });
    editor.on('paste', stepPastPicture, null, null, AFTER_INSERTION);
    editor.on('fileUploadRequest', (event) => send(event, csrfToken));
  }

  /** Readers' browsers ask nobody but this site: as on the server, other pictures become links. */
  function ownPictureOrLink(img) {
    const { attributes } = img;
    const { src = '', alt = '' } = attributes;
    if ('data-cke-upload-id' in attributes) return undefined;
    const address = localAddress(src);
    if (!address) return /^(https?:)?\/\//i.test(src) && linkTo(src, alt, img);
    attributes.src = address;
    attributes['data-cke-saved-src'] = address;
    return undefined;
  }

  /** Give the address without this site's name; nothing where it is on another site. */
  function localAddress(address) {
    const { origin } = window.location;
    if (address.startsWith(`${origin}/`)) return address.slice(origin.length);
    return /^(?:[a-z][a-z\d+.-]*:|[\\/]{2})/i.test(address) ? '' : address;
  }

  function linkTo(address, alt, img) {
    const text = alt.trim() || address.replace(/\?.*|\/+$/g, '').split('/').pop() || address;
    const words = new CKEDITOR.htmlParser.text(CKEDITOR.tools.htmlEncode(text));
    if (img.getAscendant('a')) return words;
    const link = new CKEDITOR.htmlParser.element('a', { href: address });
    link.add(words);
    return link;
  }

  /** A pasted picture is left selected, and the next letter typed would take its place. */
  function stepPastPicture({ editor }) {
    const { widgets } = editor;
    const at = editor.getSelection()?.getStartElement();
    const widget = widgets.focused || widgets.getByElement(at);
    if (widget?.name !== 'uploadimage') return;
    putCaret(editor, widget.wrapper, CKEDITOR.POSITION_AFTER_END);
  }

  function putCaret(editor, node, position) {
    const caret = editor.createRange();
    caret.moveToPosition(node, position);
    caret.select();
  }

  /** Send the file alone; CKEditor's own sender would also set a cookie for a token of its own. */
  function send(event, csrfToken) {
    const { fileLoader } = event.data;
    const body = new FormData();
    body.append('upload', fileLoader.file, fileLoader.fileName);
    fileLoader.xhr.setRequestHeader('Accept', 'application/json');
    fileLoader.xhr.setRequestHeader('X-CSRFToken', csrfToken || '');
    fileLoader.xhr.send(body);
    fileLoader.on('error', () => preferReason(fileLoader), null, null, BEFORE_CKEDITOR);
    fileLoader.on('error', () => leavePlaceholder(fileLoader), null, null, BEFORE_CKEDITOR);
    event.stop();
  }

  /** The server says why it refused, whatever the status; CKEditor would name only the status. */
  function preferReason(fileLoader) {
    try {
      const { message } = JSON.parse(fileLoader.xhr.responseText).error;
      fileLoader.message = CKEDITOR.tools.htmlEncode(message); // notifications are HTML
    } catch {
      // Not an answer of the upload address, so CKEditor's own message is the better one.
    }
  }

  /** The placeholder is taken away next: CKEditor would trip over a caret it remembers there. */
  function leavePlaceholder({ editor, id }) {
    const placeholder = editor.editable()?.findOne(`[data-cke-upload-id="${id}"]`);
    if (!placeholder || editor.focusManager.hasFocus) return;
    const { wrapper } = editor.widgets.getByElement(placeholder);
    putCaret(editor, wrapper, CKEDITOR.POSITION_BEFORE_START);
  }

  /** CKEditor's own file fields are frames with a script in them, which the policy forbids. */
  function adaptDialog({ data: { name, definition }, editor }) {
    answerOnce(definition);
    if (name === 'link') definition.removeContents('upload');
    if (name !== 'image') return;
    const info = definition.getContents('info');
    definition.removeContents('Upload');
    if (editor.config.uploadUrl) definition.addContents(uploadPage(editor), 'Link');
    definition.minWidth = Math.min(definition.minWidth, window.innerWidth - DIALOG_EDGES_PX);
    info.elements[0].children[0].widths = ['100%', '0%']; // room was left for a browse button
    keepLocal(info.get('txtUrl'), editor.lang.image.notOurs);
    keepSizeAsAttributes(info);
    if (!editor.config.uploadUrl) return;
    window.bluelogEditor.offerLibrary?.(definition, editor);
    window.bluelogEditor.addCaption?.(definition, editor);
  }

  /** Enter counts when it is pressed and again when it is let go: what is closed is not answered. */
  function answerOnce(definition) {
    const { onLoad } = definition;
    definition.onLoad = function (...parts) {
      onLoad?.apply(this, parts);
      let isOpen = true;
      this.on('show', () => { isOpen = true; });
      this.on('hide', () => { isOpen = false; });
      this.on('ok', (event) => {
        if (isOpen) return;
        event.data.hide = false;
        event.stop();
      }, null, null, FIRST_OF_ALL);
    };
  }

  function keepLocal(field, refusal) {
    const { onChange, validate } = field;
    field.onChange = function (event) {
      const address = localAddress(this.getValue());
      if (address !== this.getValue()) this.setValue(address || this.getValue(), !address);
      else onChange.call(this, event);
    };
    field.validate = function () {
      if (this.getValue() && !localAddress(this.getValue())) return refusal;
      return validate.call(this);
    };
  }

  function keepSizeAsAttributes(info) {
    const fields = info.get('basic').children;
    fields.length = 1; // border, space and alignment would be style attributes
    delete fields[0].requiredContent;
    keepAsAttribute(info.get('txtWidth'), 'width');
    keepAsAttribute(info.get('txtHeight'), 'height');
  }

  function keepAsAttribute(field, attribute) {
    const { commit } = field;
    field.commit = function (target, element) {
      if (target !== ON_THE_PICTURE) return commit.call(this, target, element);
      const pixels = parseInt(this.getValue(), 10);
      if (pixels > 0) element.setAttribute(attribute, pixels);
      else element.removeAttribute(attribute);
      return undefined;
    };
  }

  function uploadPage({ config, lang }) {
    const types = config.pictureTypes.join(',');
    const name = CKEDITOR.tools.htmlEncode(lang.image.upload);
    const input = `<input type="file" accept="${types}" aria-label="${name}">`;
    const file = {
      type: 'html',
      id: 'file',
      html: `<div>${input}<p role="status"></p></div>`,
      onLoad: listenForFile,
      focus() { this.getElement().findOne('input').focus(); },
    };
    return { id: 'picture', label: lang.image.upload, elements: [file] };
  }

  function listenForFile() {
    const input = this.getElement().findOne('input').$;
    const status = this.getElement().findOne('p').$;
    input.addEventListener('change', () => {
      if (input.files.length) uploadFromDialog(this.getDialog(), input.files[0], status);
      input.value = '';
    });
  }

  function uploadFromDialog(dialog, file, status) {
    const editor = dialog.getParentEditor();
    const loader = editor.uploadRepository.create(file);
    loader.on('update', () => { status.textContent = progress(loader); });
    loader.on('uploaded', () => {
      dialog.selectPage('info');
      dialog.setValueOf('info', 'txtUrl', loader.url);
      dialog.getContentElement('info', 'txtAlt').focus();
    });
    loader.upload(editor.config.uploadUrl);
  }

  function progress({ editor, message, status, uploaded, uploadTotal }) {
    if (status === 'error') return CKEDITOR.tools.htmlDecode(message);
    if (status !== 'uploading') return '';
    const percentage = Math.round((100 * uploaded) / (uploadTotal || 1));
    return editor.lang.uploadwidget.uploadOne.replace('{percentage}', percentage);
  }

  window.bluelogEditor = { ...window.bluelogEditor, takePictures, adaptDialog };
})();
