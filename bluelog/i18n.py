"""Interface languages and the translatable strings of the lower layers."""

from flask_babel import force_locale, gettext, lazy_gettext, lazy_ngettext, ngettext

__all__ = [
    "CATALOGUES",
    "LANGUAGES",
    "best_language",
    "force_locale",
    "gettext",
    "lazy_gettext",
    "lazy_ngettext",
    "ngettext",
]

LANGUAGES = {"en": "English", "zh-Hans": "简体中文"}
CATALOGUES = {"en": "en", "zh-Hans": "zh_Hans_CN"}


def best_language(tag: str | None) -> str | None:
    """The interface language for a BCP 47 tag (`zh-CN` gives `zh-Hans`), or None.

    Readers of traditional Chinese are better served by simplified Chinese than by English.
    """
    primary = (tag or "").replace("_", "-").partition("-")[0].lower()
    return {"en": "en", "zh": "zh-Hans"}.get(primary)
