/** What CKEditor is set to, for `editor.js`, which comes last. */
(function () {
  'use strict';

  const TOOLBAR = [
    {
      name: 'clipboard',
      items: ['Cut', 'Copy', 'Paste', 'PasteText', 'PasteFromWord', '-', 'Undo', 'Redo'],
    },
    { name: 'links', items: ['Link', 'Unlink'] },
    { name: 'insert', items: ['Image', 'Table', 'HorizontalRule', 'SpecialChar', 'CodeSnippet'] },
    { name: 'tools', items: ['Maximize'] },
    { name: 'document', items: ['Source'] },
    '/',
    { name: 'basicstyles', items: ['Bold', 'Italic', 'Strike', '-', 'RemoveFormat'] },
    {
      name: 'paragraph',
      items: ['NumberedList', 'BulletedList', '-', 'Outdent', 'Indent', '-', 'Blockquote'],
    },
    { name: 'styles', items: ['Styles', 'Format'] },
  ];

  const STYLES = [
    { element: 'mark', name: 'Marked text' },
    { element: 'small', name: 'Small print' },
    { element: 'code', name: 'Code in a line' },
    { element: 'kbd', name: 'Keyboard input' },
    { element: 'samp', name: 'Program output' },
    { element: 'var', name: 'Variable' },
    { element: 'cite', name: 'Title of a work' },
    { element: 'q', name: 'Quotation in a line' },
    { element: 'del', name: 'Deleted text' },
    { element: 'ins', name: 'Inserted text' },
    { element: 'sub', name: 'Subscript' },
    { element: 'sup', name: 'Superscript' },
    { element: 'img', name: 'Picture on the left', attributes: { class: 'align-left' } },
    { element: 'img', name: 'Picture in the middle', attributes: { class: 'align-center' } },
    { element: 'img', name: 'Picture on the right', attributes: { class: 'align-right' } },
    { element: 'img', name: 'Wide picture', attributes: { class: 'wide' } },
    { element: 'img', name: 'Picture from edge to edge', attributes: { class: 'full' } },
  ];

  // The keys are Pygments' names: the server colours the code, the editor does not.
  const CODE_LANGUAGES = {
    bash: 'Bash', c: 'C', cpp: 'C++', csharp: 'C#', css: 'CSS', diff: 'Diff',
    docker: 'Dockerfile', go: 'Go', html: 'HTML', http: 'HTTP', ini: 'INI', java: 'Java',
    javascript: 'JavaScript', json: 'JSON', kotlin: 'Kotlin', lua: 'Lua', make: 'Makefile',
    markdown: 'Markdown', nginx: 'Nginx', perl: 'Perl', php: 'PHP', powershell: 'PowerShell',
    python: 'Python', r: 'R', ruby: 'Ruby', rust: 'Rust', scala: 'Scala', sql: 'SQL',
    swift: 'Swift', toml: 'TOML', typescript: 'TypeScript', xml: 'XML', yaml: 'YAML',
  };

  const PICTURE_TYPES = ['image/gif', 'image/jpeg', 'image/png', 'image/webp'];

  // What the server keeps, buttons or not, so that opening and saving a text loses nothing.
  const ALSO_KEPT = [
    'h1 h2 h3 h4 h5 h6 p blockquote pre figure figcaption details summary dl dt dd',
    'abbr b bdi cite code del dfn i ins kbd mark q rp rt ruby s samp small sub sup u var wbr',
    'table caption colgroup col thead tbody tfoot tr th td; span[!lang]; *[lang,dir]',
    'h2 h3 h4 h5 h6 p figure img td th(align-left,align-center,align-right,wide,full)',
    'h2 h3 h4 h5 h6 a li p sup[id]; li(task); a[href,rel]; a abbr img[title]; code(language-*)',
    'img[!src,alt,width,height]; ol[start,reversed]; details[open]',
    'col colgroup[span]; th td[colspan,rowspan]; th[scope]',
  ].join('; ');

  // Looks belong to the theme: whatever would become a style attribute is left out.
  const NEVER_KEPT = [
    '*[on*]',
    'img table caption thead tbody tfoot tr td th{*}',
    'table[align,border,cellpadding,cellspacing,summary]',
  ].join('; ');

  const ALWAYS = {
    customConfig: '',
    contentsCss: [],
    versionCheck: false,
    extraPlugins: 'divarea,autogrow,codesnippet,plaincode',
    toolbar: TOOLBAR,
    format_tags: 'p;h2;h3;h4;pre',
    extraAllowedContent: ALSO_KEPT,
    disallowedContent: NEVER_KEPT,
    pasteFilter: 'semantic-content',
    entities: false,
    disableNativeSpellChecker: false,
    clipboard_handleImages: false,
    pictureTypes: PICTURE_TYPES,
    uploadImage_supportedTypes: new RegExp(`^(${PICTURE_TYPES.join('|')})$`),
    image_previewText: ' ',
    linkDefaultProtocol: 'https://',
    linkShowAdvancedTab: false,
    linkShowTargetTab: false,
    removeDialogTabs: 'image:advanced',
    codeSnippet_languages: CODE_LANGUAGES,
    codeSnippet_codeClass: 'code',
  };

  const UNUSED_PLUGINS = 'about,elementspath,resize,scayt,wysiwygarea';

  /** Give the settings for one textarea; `label` turns English words into the reader's. */
  function settingsFor(textarea, label) {
    const { language = 'en', uploadUrl } = textarea.dataset;
    const name = nameOf(textarea);
    return {
      ...ALWAYS,
      language,
      contentsLanguage: textarea.lang || language,
      title: name,
      applicationTitle: name,
      stylesSet: STYLES.map((style) => ({ ...style, name: label(style.name) })),
      uploadUrl,
      removePlugins: uploadUrl ? UNUSED_PLUGINS : `${UNUSED_PLUGINS},uploadimage`,
      removeButtons: uploadUrl ? '' : 'Image',
    };
  }

  function nameOf(textarea) {
    const [label] = textarea.labels;
    return label ? label.textContent.trim() : textarea.getAttribute('aria-label') || textarea.name;
  }

  window.bluelogEditor = { ...window.bluelogEditor, CODE_LANGUAGES, settingsFor };
})();
