"""What somebody typed, given back where it could not be taken.

Nothing is stored: the page of the refusal itself carries it, and sends it again at a click. Never
given back are passwords, codes, tokens and files, nor anything to a page of another site.
"""

from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.exceptions import HTTPException

from bluelog.i18n import lazy_gettext as _l
from bluelog.web import confirmation, origin
from bluelog.web.visitor import viewer

# The fields that people write in, by the name they have in every form.
LABELS: dict[str, Any] = {
    "title": _l("Title"),
    "source": _l("Text"),
    "body": _l("Comment"),
    "author": _l("Name"),
    "name": _l("Name"),
    "username": _l("Username"),
    "email": _l("E-mail"),
    "site": _l("Website"),
    "website": _l("Website"),
    "url": _l("Web address"),
    "label": _l("Label"),
    "slug": _l("Address"),
    "path": _l("From"),
    "target": _l("To"),
    "excerpt": _l("Excerpt"),
    "tags": _l("Tags"),
    "into": _l("Tag to merge into"),
    "original": _l("Translation of"),
    "series": _l("Series"),
    "authors": _l("Authors"),
    "note": _l("Note to the writer"),
    "alt": _l("Alternative text"),
    "caption": _l("Caption"),
    "bio": _l("About you"),
    "description": _l("Description"),
    "custom_css": _l("Custom CSS"),
    "custom_js": _l("Custom JavaScript"),
    "footer": _l("Footer (HTML)"),
}
LONG = frozenset({"source", "body", "excerpt", "note", "bio", "custom_css", "custom_js", "footer"})
SECRETS = frozenset({"password", "current", "code", "csrf_token", confirmation.FIELD})


# Sent again, the same form may be taken: by who signed in, a little later.
_PASSING = frozenset({401, 429, 503, 507})


@dataclass(frozen=True)
class Word:
    """One field that somebody wrote in."""

    name: str
    value: str

    @property
    def label(self) -> Any:
        return LABELS[self.name]

    @property
    def is_long(self) -> bool:
        return self.name in LONG or "\n" in self.value


@dataclass(frozen=True)
class Kept:
    """The words, and what goes with them unseen when they are sent again."""

    words: list[Word]
    beside: list[tuple[str, str]]
    may_be_sent: bool = False


def kept(code: int, *, expired: bool) -> Kept | None:
    """What was typed into the form that is refused, if there are words in it.

    It may be sent again where that alone helps, and only if a page of ours sent it: a click on
    somebody else's words must not do what their forged form could not. Sent again it is a request
    like any other, which needs a session and its token.
    """
    if request.method != "POST" or origin.is_foreign():
        return None
    fields = _fields()
    words = [Word(*field) for field in fields if _is_written(*field)]
    if not words:
        return None
    beside = [field for field in fields if not _is_written(*field)]
    return Kept(words, beside, may_be_sent=_is_ours() and (expired or code in _PASSING))


def _is_written(name: str, value: str) -> bool:
    return name in LABELS and bool(value.strip())


def _is_ours() -> bool:
    """Whether a page of ours sent it, as the browser says or as a stranger has confirmed."""
    return origin.is_own() or (viewer() is None and confirmation.is_confirmed())


def _fields() -> list[tuple[str, str]]:
    try:
        sent = list(request.form.items(multi=True))
    except HTTPException:  # Too large to be read, so there is nothing to give back.
        return []
    return [(name, value.replace("\0", "")) for name, value in sent if name not in SECRETS]
