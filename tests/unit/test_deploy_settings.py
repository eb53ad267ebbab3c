"""What the installer reads and writes in the file of settings, and what it makes of a name."""

import os
import pwd
from argparse import Namespace
from pathlib import Path

import pytest

from bluelog.settings import ProductionConfig
from deploy import installing
from deploy.data import postgres_address
from deploy.fill import Site
from deploy.hand import Failed, Hand
from deploy.settings_file import categories, keep_settings, read_settings

SITE = Site("blog.example.com", user=pwd.getpwuid(os.geteuid()).pw_name)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where settings are kept; only root can give a file away, so nobody does here."""
    monkeypatch.setattr("deploy.hand._ids", lambda *_: (os.geteuid(), os.getegid()))
    return tmp_path / "bluelog.env"


def test_the_app_starts_with_what_is_written(file: Path) -> None:
    keep_settings(Hand(), file, SITE, "ada@example.com", is_said=True)
    found = ProductionConfig(read_settings(file))
    assert found.BLUELOG_EMAIL == ("ada@example.com",)
    assert found.BLUELOG_URL == "https://blog.example.com"
    assert file.stat().st_mode & 0o777 == 0o640


def test_what_is_there_stays_and_the_key_above_all(file: Path) -> None:
    hand = Hand()
    keep_settings(hand, file, SITE, "", is_said=False)
    file.write_text(file.read_text() + "MAIL_SERVER=mail.example.com\n")
    before = file.read_text()
    keep_settings(hand, file, SITE, "", is_said=False)
    assert (file.read_text(), hand.changes) == (before, 1)


def test_what_was_added_later_is_added(file: Path) -> None:
    keep_settings(Hand(), file, SITE, "", is_said=False)
    keep_settings(Hand(), file, SITE, "ada@example.com", is_said=True)
    assert file.read_text().endswith("BLUELOG_EMAIL=ada@example.com\n")


@pytest.mark.parametrize(
    ("is_said", "kept"), [(True, "eve@example.com"), (False, "ada@example.com")]
)
def test_another_address_takes_the_place_of_the_one_there_if_it_was_said_now(
    file: Path, is_said: bool, kept: str
) -> None:
    keep_settings(Hand(), file, SITE, "ada@example.com", is_said=True)
    keep_settings(Hand(), file, SITE, "eve@example.com", is_said=is_said)
    assert read_settings(file)["BLUELOG_EMAIL"] == kept


def test_settings_are_read_as_the_app_reads_them(file: Path) -> None:
    file.write_text("# A=1\nexport B='two words'\nC=\"x\" \nD= \nE=e # why\n  F = f\nnonsense\n")
    assert read_settings(file) == {"B": "two words", "C": "x", "E": "e", "F": "f"}


def test_a_release_gets_the_packages_that_the_settings_need() -> None:
    assert categories({}) == "packages"
    wanted = {"DATABASE_URL": "postgresql://a:b@host/c", "REDIS_URL": "redis://host"}
    assert categories(wanted) == "packages postgres redis"


@pytest.mark.parametrize("url", ["postgres://a@h/b", "postgresql+psycopg://a@h/b"])
def test_an_address_of_postgres_loses_the_drivers_name(url: str) -> None:
    assert postgres_address(url) == "postgresql://a@h/b"


@pytest.mark.parametrize("name", ["blog", "https://blog.example.com", "-a.example.com", "a b.com"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(Failed, match="is no name"):
        installing.choose(_asked(name), {})


def test_what_was_chosen_before_is_not_asked_again() -> None:
    before = {"process_manager": "supervisor", "email": "ada@example.com", "source": "/srv/git"}
    chosen = installing.choose(_asked("Blog.Example.com.", email="eve@example.com"), before)
    assert chosen.domain == "blog.example.com"
    assert (chosen.process_manager, chosen.email) == ("supervisor", "eve@example.com")


def _asked(domain: str, **more: str) -> Namespace:
    nothing = dict.fromkeys(("email", "process_manager", "certificate", "source", "firewall"))
    return Namespace(**{**nothing, **more, "domain": domain})
