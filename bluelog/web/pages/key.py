"""What a reader's page depends on of a request, and nothing else."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header
from werkzeug.sansio.http import parse_cookie

from bluelog.i18n import LANGUAGES, best_language
from bluelog.text.remembered import remembered
from bluelog.web.visitor import THEMES

# What a page says after a redirect; the words are with the pages.
NOTICES = frozenset(
    ("comment-pending", "comment-published", "comments-closed", "signed-out", "unsubscribed")
)
_POSITIONS = ("after", "before")
_LONGEST_OF_CHOICES = 64
_PASSED_ON = ("HTTP_HOST", "HTTP_ACCEPT", "HTTP_X_REQUEST_ID")
_OF_THE_BODY = ("CONTENT_LENGTH", "CONTENT_TYPE", "RAW_URI", "REQUEST_URI")


class Key(NamedTuple):
    """Address, interface language as far as it was asked for, and theme."""

    scheme: str
    host: str
    root: str
    path: str
    query: str
    language: str
    theme: str

    def environ(self, environ: dict[str, Any]) -> dict[str, Any]:
        """The request that stands for every request with this key.

        Nothing of the visitor is in it, so nothing can come into the page, but what the log notes.
        """
        clean = {name: value for name, value in environ.items() if not name.startswith("HTTP_")}
        clean |= {name: environ[name] for name in _PASSED_ON if name in environ}
        for name in _OF_THE_BODY:
            clean.pop(name, None)
        choices = {"language": self.language, "theme": self.theme}
        cookie = "; ".join(f"{name}={value}" for name, value in choices.items() if value)
        return clean | {
            "REQUEST_METHOD": "GET",
            "QUERY_STRING": self.query,
            "HTTP_COOKIE": cookie,
        }


def key_of(environ: dict[str, Any], is_signed_in: Callable[[Any], bool]) -> Key | None:
    """The key of a request; None where it is not for a page, or a signed-in person's.

    `is_signed_in` is asked with the cookies, where there are any.
    """
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return None
    said = environ.get
    cookies = _cookies(said("HTTP_COOKIE", ""))
    if cookies and is_signed_in(cookies):
        return None
    return _reduced(
        environ["wsgi.url_scheme"],
        said("HTTP_HOST", ""),
        said("SCRIPT_NAME", ""),
        said("PATH_INFO", ""),
        said("QUERY_STRING", ""),
        said("HTTP_ACCEPT_LANGUAGE", ""),
        cookies.get("language", ""),
        cookies.get("theme", ""),
    )


@remembered
def _reduced(*sent: str) -> Key | None:
    scheme, host, root, path, query, accepted, language, theme = sent
    if "%00" in query:
        return None
    wish, query = _parameters(query)
    language = _language(wish, language, accepted)
    return Key(scheme, host, root, path, query, language, _theme(theme))


def _cookies(header: str) -> Any:
    if not header:
        return {}
    # A session's cookie is longer, and nobody keeps one here.
    return (_choices if len(header) <= _LONGEST_OF_CHOICES else parse_cookie)(header)


_choices = lru_cache(maxsize=1024)(parse_cookie)


def _theme(chosen: str) -> str:
    return chosen if chosen in THEMES and chosen != THEMES[0] else ""


def _language(wish: str, chosen: str, accepted: str) -> str:
    for choice in (wish, chosen):
        if choice in LANGUAGES:
            return choice
    tags = parse_accept_header(accepted, LanguageAccept)
    return next(filter(None, (best_language(tag) for tag, _quality in tags)), "") or ""


def _parameters(query: str) -> tuple[str, str]:
    """The language asked for, and the known parameters in an order of their own.

    Pages read the first of several, but take two positions for none.
    """
    if not query:
        return "", ""
    pairs = parse_qsl(query.encode("latin-1").decode(errors="replace"), keep_blank_values=True)
    first = dict(reversed(pairs))
    known = sorted((pair for pair in pairs if pair[0] in _POSITIONS), key=lambda p: p[0])
    if first.get("notice") in NOTICES:
        known.append(("notice", first["notice"]))
    if "page" in first:
        known.append(("page", first["page"]))
    return first.get("lang", ""), urlencode(known)
