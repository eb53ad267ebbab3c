"""What the editor's own scripts say; they look their texts up by the English words."""

from bluelog.i18n import lazy_gettext as _l

_LABELS = {
    "Marked text": _l("Marked text"),
    "Small print": _l("Small print"),
    "Code in a line": _l("Code in a line"),
    "Keyboard input": _l("Keyboard input"),
    "Program output": _l("Program output"),
    "Variable": _l("Variable"),
    "Title of a work": _l("Title of a work"),
    "Quotation in a line": _l("Quotation in a line"),
    "Deleted text": _l("Deleted text"),
    "Inserted text": _l("Inserted text"),
    "Subscript": _l("Subscript"),
    "Superscript": _l("Superscript"),
    "Picture on the left": _l("Picture on the left"),
    "Picture in the middle": _l("Picture in the middle"),
    "Picture on the right": _l("Picture on the right"),
    "Wide picture": _l("Wide picture"),
    "Picture from edge to edge": _l("Picture from edge to edge"),
    "This kind of file cannot be put into the text.": _l(
        "This kind of file cannot be put into the text."
    ),
    "Only pictures of this blog can be shown. Upload it first.": _l(
        "Only pictures of this blog can be shown. Upload it first."
    ),
    "Column header": _l("Column header"),
    "Row header": _l("Row header"),
}


def labels() -> dict[str, str]:
    """The texts in the visitor's language, by their English words."""
    return {words: str(label) for words, label in _LABELS.items()}
