"""Who is asking, in which language and colours: everything a page may depend on."""

import logging
from zoneinfo import ZoneInfo

from flask import Response, abort, current_app, g, has_request_context, request, session
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from bluelog.clock import now
from bluelog.i18n import CATALOGUES, LANGUAGES, best_language
from bluelog.models import Site, User
from bluelog.services import sessions
from bluelog.web import frame

log = logging.getLogger(__name__)

THEMES = ("auto", "light", "dark", "perfect_blue", "black_swan")


def viewer() -> User | None:
    """The signed-in person, or None."""
    if not has_request_context():
        return None
    # Asked many times a page: what Flask-Login found is looked at, and not through its proxy.
    person = g.get("_login_user") or current_user._get_current_object()  # noqa: SLF001
    return person if isinstance(person, User) else None


def signed_in() -> User:
    """The signed-in person. Answers with 401 where there is none."""
    return viewer() or abort(401)


def remember_session() -> None:
    """Note that somebody is signed in, before the database is done without: a form that is given
    back then carries their token still.
    """
    g.had_session = isinstance(g.get("_login_user"), User)


def has_session() -> bool:
    """Whether what is sent from this page needs the session's token."""
    return bool(g.get("had_session")) or viewer() is not None


def has_lost_session() -> bool:
    """Whether a stranger sent the cookie of a session: they were signed in, and may not know."""
    return current_app.config["SESSION_COOKIE_NAME"] in request.cookies and viewer() is None


def stay_signed_in(response: Response) -> Response:
    """Let the session of who asked last from now on, and the cookie's signature with it.

    Only where the answer is that person's own: assets and pictures do not ask who it is for.
    """
    person = g.get("_login_user")
    if isinstance(person, User) and _has_slid(person):
        session.modified = True
    return response


def _has_slid(person: User) -> bool:
    at = now()
    if at < person.session_seen_at + sessions.SEEN_EVERY:
        return False
    try:
        return sessions.touch(person.session_token, at)
    except SQLAlchemyError:
        # The page is made already; the next one tries again.
        log.warning("A session could not be prolonged.", exc_info=True)
        return False


def site() -> Site | None:
    """The settings of the site; None before it is set up."""
    if "site" not in g:
        g.site = frame.current().site
    return g.site  # type: ignore[no-any-return]


def language() -> str:
    """The interface language: `?lang=`, cookie, account, Accept-Language, the site's."""
    if "language" not in g:
        g.language = _chosen_language()
    return g.language  # type: ignore[no-any-return]


def speak(chosen: str) -> None:
    """Answer this request in that interface language, whichever was asked for."""
    g.language = chosen


def theme() -> str:
    """The colour scheme: a cookie from a closed set."""
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else THEMES[0]


def catalogue() -> str:
    """The translation catalogue for Flask-Babel; a terminal speaks the default language."""
    if not has_request_context():
        return CATALOGUES[current_app.config["BLUELOG_DEFAULT_LANGUAGE"]]
    return CATALOGUES[language()]


def zone() -> ZoneInfo:
    """The site's time zone, in which every date is shown."""
    settings = site()
    return ZoneInfo(settings.time_zone if settings else "UTC")


def asked_language() -> str | None:
    """The language that the request alone asks for."""
    for wish in (request.args.get("lang"), request.cookies.get("language")):
        if wish in LANGUAGES:
            return wish
    tags = (best_language(tag) for tag, _quality in request.accept_languages)
    return next(filter(None, tags), None)


def _chosen_language() -> str:
    person = viewer()
    chosen_here = {request.args.get("lang"), request.cookies.get("language")} & set(LANGUAGES)
    if person and person.locale in LANGUAGES and not chosen_here:
        return person.locale
    settings = site()
    default = settings.language if settings else current_app.config["BLUELOG_DEFAULT_LANGUAGE"]
    return asked_language() or default
