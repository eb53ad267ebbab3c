"""What every template has at hand."""

from collections.abc import Iterable
from datetime import UTC, datetime
from datetime import date as CalendarDay  # noqa: N812 - a function here has its name
from email.utils import format_datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from flask import Flask, current_app, g, has_request_context, request, url_for
from flask_babel import get_locale, get_translations
from flask_wtf.csrf import generate_csrf
from jinja2 import Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from markupsafe import Markup, escape

from bluelog.i18n import LANGUAGES
from bluelog.mail.links import absolute
from bluelog.queries.conversations import Remark
from bluelog.queries.counting import MOST_COUNTED
from bluelog.text.language import language_of
from bluelog.text.names import avatar_hue, initials
from bluelog.text.plain import CJK_CHARACTERS_A_MINUTE, WORDS_A_MINUTE
from bluelog.web import frame, visitor

# Written without spaces, so that what is counted as their words are characters.
_CJK_LANGUAGES = ("zh", "ja")
_LONG_REMARK = 2000  # characters; from here on one is not remembered
_ROUNDED = 10  # from here on a size is told without its tenths


class _Template(Template):
    """Imports no macros but such as ask nothing of who imports them.

    Jinja's own looks at each import of each rendering whether the importing template was loaded
    with globals of its own, which none here is.
    """

    def _get_default_module(self, _ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


def init_app(app: Flask) -> None:
    """Give the app's templates their globals and filters."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.template_class = _Template
    app.context_processor(_everywhere)
    words = app.jinja_env
    words.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    # Straight to the function, where Jinja's own would look it up at every word.
    words.globals["_"] = words.globals["gettext"]
    app.jinja_env.globals.update(
        csrf_field=csrf_field,
        remark=remark,
        fragment=fragment,
        url_for=address,
        post_url=post_url,
        date=date,
        languages=LANGUAGES,
        comma=comma,
        initials=initials,
        avatar_hue=avatar_hue,
    )
    app.jinja_env.filters.update(
        day=day,
        calendar_day=calendar_day,
        figure=figure,
        moment=moment,
        time_of_day=time_of_day,
        iso=iso,
        rfc3339=rfc3339,
        rfc822=rfc822,
        minutes=minutes,
        absolute=absolute,
        listed=listed,
        language_of=language_of,
        counted=counted,
        file_size=file_size,
    )


def _gettext(message: str) -> str:
    return str(_catalogue().ugettext(message))


def _ngettext(one: str, many: str, count: int) -> str:
    return str(_catalogue().ungettext(one, many, count))


def _catalogue() -> Any:
    """The messages of the visitor's language, looked for once a request and not once a word."""
    if not has_request_context():
        return get_translations()
    locale = get_locale()
    kept = g.get("catalogue")
    if kept is None or kept[0] is not locale:
        kept = g.catalogue = (locale, get_translations())
    return kept[1]


def csrf_field() -> Markup:
    """The hidden token of a form; a stranger's form has none, for a token would need a cookie."""
    if not visitor.has_session():
        return Markup("")
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def fragment(template: str, *key: str) -> Markup:
    """A part of a reader's page that the frame alone decides, made once a language and `key`."""
    around, place = frame.current(), (template, visitor.language(), *key)
    if place not in around.fragments or current_app.debug:
        values: dict[str, Any] = {"frame": around}
        current_app.update_template_context(values)
        made = current_app.jinja_env.get_template(template).make_module(values)
        around.fragments[place] = escape(made)
    return around.fragments[place]


def remark(comment: Remark, **around: Any) -> Markup:
    """A comment as strangers see it, remembered: a new one leaves those before it as they are.

    `around` is what its template looks at beside it.
    """
    is_long = len(comment.body) + len(comment.html) > _LONG_REMARK
    made = _remark.__wrapped__ if is_long or current_app.debug else _remark
    return made(request.root_path, visitor.language(), visitor.zone(), comment, **around)


@lru_cache(maxsize=1024)
def _remark(_root: str, _language: str, _zone: ZoneInfo, comment: Remark, **around: Any) -> Markup:
    template = current_app.jinja_env.get_template("blog/comments/comment.html")
    return escape(template.make_module({"comment": comment, **around}))


def address(endpoint: str, **values: Any) -> str:
    """What url_for says, remembered: a page names the same addresses many times over."""
    root = request.root_path if has_request_context() else None
    if root is None or "_external" in values:
        return url_for(endpoint, **values)
    return _address(root, endpoint, *values.items())


@lru_cache(maxsize=4096)
def _address(_root: str, endpoint: str, *values: tuple[str, Any]) -> str:
    return url_for(endpoint, **dict(values))


def post_url(post: Any, **values: Any) -> str:
    """The address of a post or page."""
    if post.kind != "page":
        return address("blog.show_post", slug=post.slug, **values)
    if post.parent_slug:
        return address("blog.show_subpage", parent=post.parent_slug, slug=post.slug, **values)
    return address("blog.show_page", slug=post.slug, **values)


def day(value: datetime) -> str:
    """A date in the site's zone, as the visitor's language writes it."""
    return _day(value, visitor.zone(), get_locale())


@lru_cache(maxsize=1024)
def _day(value: datetime, zone: ZoneInfo, locale: Locale) -> str:
    return format_date(value.astimezone(zone).date(), format="long", locale=locale)


def calendar_day(value: CalendarDay) -> str:
    """A day that no hour belongs to, as the visitor's language writes it."""
    return format_date(value, format="long", locale=get_locale())


def figure(number: int) -> str:
    """A number as the visitor's language writes it."""
    return str(format_decimal(number, locale=get_locale()))


def date(value: datetime, kind: str = "") -> Markup:
    """A day as people read it, and the moment for machines; `kind` is a class of microformats."""
    return _date(value, kind, visitor.zone(), get_locale())


@lru_cache(maxsize=1024)
def _date(value: datetime, kind: str, zone: ZoneInfo, locale: Locale) -> Markup:
    local = value.astimezone(zone).isoformat(timespec="seconds")
    marked = Markup(' class="{}"').format(kind) if kind else ""
    shown = _day(value, zone, locale)
    return Markup('<time{} datetime="{}">{}</time>').format(marked, local, shown)


def moment(value: datetime) -> str:
    """A date and time in the site's zone, as the visitor's language writes it."""
    return f"{day(value)} {time_of_day(value)}"


def time_of_day(value: datetime) -> str:
    """A time in the site's zone, without its date."""
    return format_time(value, "short", tzinfo=visitor.zone(), locale=get_locale())


def listed(words: Iterable[Any]) -> Markup:
    """Some names with what the visitor's language puts between them."""
    return escape(comma()).join(words)


def counted(count: int) -> str:
    """A count as it is shown: past the most that is counted, there are only more."""
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)


def file_size(bytes_: int) -> str:
    """How much a file takes, as people say it."""
    unit, size = ("MB", bytes_ / 1024**2) if bytes_ >= 1024**2 else ("kB", bytes_ / 1024)
    shown = round(size, 1) if size < _ROUNDED else round(size)
    return f"{format_decimal(shown, locale=get_locale())} {unit}"


def comma() -> str:
    """What stands between the members of a list."""
    return "、" if visitor.language() == "zh-Hans" else ", "


def iso(value: datetime) -> str:
    """The same moment for machines."""
    return value.astimezone(visitor.zone()).isoformat(timespec="seconds")


def rfc3339(value: datetime) -> str:
    """A moment in UTC, as feeds and sitemaps write it."""
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def rfc822(value: datetime) -> str:
    """A moment in UTC, as RSS writes it."""
    return format_datetime(value.astimezone(UTC))


def minutes(post: Any) -> int:
    """How long a post takes to read, in whole minutes, by its kept count of words."""
    is_cjk = post.language.partition("-")[0].lower() in _CJK_LANGUAGES
    pace = CJK_CHARACTERS_A_MINUTE if is_cjk else WORDS_A_MINUTE
    return max(1, round(int(post.words) / pace))


def _everywhere() -> dict[str, Any]:
    return {
        "viewer": visitor.viewer(),
        "site": visitor.site(),
        "language": visitor.language(),
        "theme": visitor.theme(),
    }
