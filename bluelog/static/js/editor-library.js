/** What CKEditor's image dialog has beside its own: the library, and a caption. */
(function () {
  'use strict';

  const ON_THE_PICTURE = 1; // what CKEditor's image dialog commits its fields to
  const AFTER_CKEDITOR = 1000;

  /** A button above the address, which is filled in with the texts kept with the picture. */
  function offerLibrary(definition, editor) {
    const { chooseFromLibrary } = window.bluelogEditor;
    const label = editor.lang.image.library;
    definition.getContents('info').elements.unshift({
      type: 'button',
      id: 'library',
      label,
      title: label,
      onClick() {
        const dialog = this.getDialog();
        chooseFromLibrary((picture) => take(dialog, picture));
      },
    });
  }

  function take(dialog, { url, alt, caption }) {
    dialog.setValueOf('info', 'txtUrl', url);
    if (!dialog.getValueOf('info', 'txtAlt')) dialog.setValueOf('info', 'txtAlt', alt);
    if (!dialog.getValueOf('info', 'caption')) dialog.setValueOf('info', 'caption', caption);
    dialog.getContentElement('info', 'txtAlt').focus();
  }

  /** A field below the alternative text, kept as the figcaption of a figure. */
  function addCaption(definition, editor) {
    const info = definition.getContents('info');
    const place = info.elements.findIndex((element) => element.id === 'txtAlt') + 1 || 1;
    info.elements.splice(place, 0, {
      type: 'text',
      id: 'caption',
      label: editor.lang.image.caption,
      setup(target, image) {
        if (target === ON_THE_PICTURE) this.setValue(captionOf(image)?.getText() || '');
      },
    });
    const { onLoad } = definition;
    definition.onLoad = function (...parts) {
      onLoad?.apply(this, parts);
      this.on('ok', () => keepCaption(this), null, null, AFTER_CKEDITOR);
    };
  }

  function captionOf(image) {
    return image.getAscendant('figure')?.findOne('figcaption');
  }

  function keepCaption(dialog) {
    const image = dialog.imageElement;
    const text = dialog.getValueOf('info', 'caption').trim();
    if (!image?.getParent()) return;
    const former = captionOf(image);
    if (former && text) former.setText(text);
    else if (former) former.remove();
    else if (text) putInFigure(dialog.getParentEditor(), image, text);
    dialog.getParentEditor().fire('saveSnapshot');
  }

  function putInFigure(editor, image, text) {
    const { document } = editor;
    const caption = new CKEDITOR.dom.element('figcaption', document);
    caption.setText(text);
    const known = image.getAscendant('figure');
    if (known) {
      known.append(caption);
      return;
    }
    const whole = image.getAscendant('a') || image;
    const figure = new CKEDITOR.dom.element('figure', document);
    const paragraph = whole.getAscendant('p');
    if (paragraph) figure.insertAfter(paragraph);
    else figure.insertBefore(whole);
    figure.append(whole);
    figure.append(caption);
    if (paragraph && !paragraph.getText().trim() && !paragraph.findOne('img')) paragraph.remove();
  }

  window.bluelogEditor = { ...window.bluelogEditor, offerLibrary, addCaption };
})();
