"""The settings of the site that administrators change."""

from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import available_timezones

from sqlalchemy import select

from bluelog.errors import NotAllowed, RuleBroken, VersionConflict
from bluelog.events import Act
from bluelog.extensions import db
from bluelog.i18n import LANGUAGES
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Site, User
from bluelog.text.sanitise import clean_footer
from bluelog.uow import record, unit_of_work

TEXT_FONTS = ("serif", "sans")
SLUG_STYLES = ("pinyin", "native")


@dataclass(frozen=True)
class Preferences:
    """All that the settings page holds."""

    title: str
    description: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    text_font: str = "serif"
    slug_style: str = "pinyin"
    registration_open: bool = False
    sidebar: bool = False
    comment_days: int = 0
    feed_text: str = "full"
    ai_crawlers: bool = True
    custom_css: str = ""
    custom_js: str = ""
    footer: str = ""


def change(preferences: Preferences, *, version: int, by: User, at: datetime) -> Site:
    """Save the settings. Raises VersionConflict when someone else saved in between."""
    _check(preferences)
    footer = str(clean_footer(preferences.footer))
    with unit_of_work():
        if not by.is_administrator:
            raise NotAllowed
        site = db.session.scalars(select(Site).with_for_update()).one()
        if site.version != version:
            raise VersionConflict(site)
        for name, value in asdict(preferences).items():
            setattr(site, name, value)
        site.footer = footer
        site.version += 1
        record(Act("settings.changed", by.id, at, "site", site.id))
    return site


def _check(preferences: Preferences) -> None:
    if preferences.time_zone not in available_timezones():
        raise RuleBroken("time_zone", _l("This is not a time zone."))
    if preferences.language not in LANGUAGES:
        raise RuleBroken("language", _l("Choose one of the listed languages."))
