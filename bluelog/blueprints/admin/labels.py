"""What the fields of a post are called where they are told of outside their form."""

from typing import Any

from bluelog.i18n import lazy_gettext as _l

LABELS: dict[str, Any] = {
    "title": _l("Title"),
    "slug": _l("Address"),
    "excerpt": _l("Excerpt"),
    "language": _l("Language"),
    "category_id": _l("Category"),
    "cover_id": _l("Cover picture"),
    "series": _l("Series"),
    "part": _l("Part"),
    "parent": _l("Parent page"),
    "position": _l("Order"),
    "in_menu": _l("Show in the menu"),
    "authors": _l("Authors"),
    "comments_open": _l("Readers may comment"),
    "source_format": _l("Format"),
    "with_contents": _l("Table of contents"),
    "with_formulas": _l("Formulas between dollar signs"),
    "original": _l("Translation of"),
    "tags": _l("Tags"),
}
