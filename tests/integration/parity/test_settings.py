"""The settings of the original keep their names and their values."""

from pathlib import Path

import pytest

from bluelog.services.pictures import decode
from bluelog.settings.table import SETTINGS
from bluelog.web.visitor import THEMES
from tests.pictures import photograph
from tests.unit.settings_cast import production, relaxed

KEPT_NAMES = [
    "SECRET_KEY",
    "MAIL_SERVER",
    "MAIL_USERNAME",
    "MAIL_PASSWORD",
    "BLUELOG_EMAIL",
    "DATABASE_URL",
    "BLUELOG_UPLOAD_PATH",
    "BLUELOG_LOGGING_PATH",
    "BLUELOG_POST_PER_PAGE",
    "BLUELOG_MANAGE_POST_PER_PAGE",
    "BLUELOG_COMMENT_PER_PAGE",
    "BLUELOG_SLOW_QUERY_THRESHOLD",
]


@pytest.mark.parametrize("name", KEPT_NAMES)
def test_the_setting_is_there(name: str) -> None:
    assert name in {setting.name for setting in SETTINGS}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BLUELOG_POST_PER_PAGE", 10),
        ("BLUELOG_MANAGE_POST_PER_PAGE", 15),
        ("BLUELOG_COMMENT_PER_PAGE", 15),
        ("BLUELOG_SLOW_QUERY_THRESHOLD", 1),
    ],
)
def test_its_value_is_what_it_was(name: str, value: int) -> None:
    assert getattr(production(), name) == value


def test_what_had_no_limit_and_no_flag_has_them() -> None:
    settings = production()
    assert settings.MAX_CONTENT_LENGTH
    assert settings.SESSION_COOKIE_SECURE
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
    assert settings.BLUELOG_FORCE_HTTPS


def test_a_folder_for_uploads_that_is_given_as_text_takes_uploads(tmp_path: Path) -> None:
    settings = relaxed(BLUELOG_UPLOAD_PATH=str(tmp_path / "pictures"))
    assert tmp_path / "pictures" / "x.png" == settings.BLUELOG_UPLOAD_PATH / "x.png"


def test_both_old_colour_schemes_are_themes() -> None:
    assert {"perfect_blue", "black_swan"} <= set(THEMES)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
def test_the_kinds_of_pictures_that_were_taken_are_taken(kind: str) -> None:
    decode(photograph(40, 30, kind), max_bytes=1_000_000)
