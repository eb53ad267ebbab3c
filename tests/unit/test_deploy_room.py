"""An upgrade that the disk has no room for is not begun."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from bluelog.operations.doctor.disk import FLOOR_BYTES
from deploy import aside, releases, room, upgrading, web_server
from deploy.aside import database_of
from deploy.choices import Choices
from deploy.fill import Site
from deploy.hand import Failed, Hand
from deploy.managers import Supervisor
from deploy.room import expect_room
from deploy.stepping import Server

DATABASE, PICTURE = 5_000_000, 2_000_000


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site("blog.example.com", data=tmp_path, uploads=tmp_path / "uploads")
    site.uploads.mkdir()
    (tmp_path / "bluelog.db").write_bytes(bytes(DATABASE - 1_000_000))
    (tmp_path / "bluelog.db-wal").write_bytes(bytes(1_000_000))
    (site.uploads / "a.png").write_bytes(bytes(PICTURE))
    return site


def leave(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=count))


@pytest.mark.parametrize(("more", "is_enough"), [(0, True), (-1, False)])
def test_three_times_the_database_once_the_pictures_and_what_readiness_asks_must_be_free(
    site: Site, monkeypatch: pytest.MonkeyPatch, more: int, *, is_enough: bool
) -> None:
    leave(monkeypatch, 3 * DATABASE + PICTURE + FLOOR_BYTES + more)
    database = database_of(site.data, site, {})
    if is_enough:
        expect_room(database, site)
        return
    with pytest.raises(Failed, match=r"0\.1 GB free, .* may take 0\.1 GB"):
        expect_room(database, site)


def test_pictures_in_a_bucket_are_as_large_as_the_last_archive(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    (site.data / "backups").mkdir()
    for name, size in (("20261101T030000Z", 9_000_000), ("20261102T030000Z", 6_000_000)):
        (site.data / f"backups/bluelog-{name}.tar.gz").write_bytes(bytes(size))
    database = database_of(site.data, site, {})
    leave(monkeypatch, 3 * DATABASE + 6_000_000 + FLOOR_BYTES)
    expect_room(database, site)
    leave(monkeypatch, 3 * DATABASE + 6_000_000 + FLOOR_BYTES - 1)
    with pytest.raises(Failed):
        expect_room(database, site)


def test_a_database_on_a_server_is_asked_for_its_size(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aside, "psql", lambda *_: "7000000\n")
    found = database_of(site.data, site, {"DATABASE_URL": "postgresql://a@h/b"})
    assert found.room_bytes() == 7_000_000


def test_the_floor_is_that_of_readiness() -> None:
    assert room.FLOOR_BYTES == FLOOR_BYTES


def test_an_upgrade_is_refused_before_anything_is_copied(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = as_if_built(site, monkeypatch)
    leave(monkeypatch, 1000)
    with pytest.raises(Failed, match=r"Nothing was changed\."):
        upgrading.upgrade(Hand(), server, "HEAD")


def test_an_upgrade_is_refused_where_nginx_would_not_read_its_files(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(words: list[str]) -> None:
        raise Failed(f"{' '.join(words)}: unknown directive in a stranger's file")

    server = as_if_built(site, monkeypatch)
    monkeypatch.setattr(web_server, "run", refuse)
    with pytest.raises(Failed, match=r"nginx -t(.|\n)*stranger's file(.|\n)*Nothing was changed\."):
        upgrading.upgrade(Hand(), server, "HEAD")


def as_if_built(site: Site, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server with a new release, of which nothing may be copied."""

    def never(*_: object) -> None:
        raise AssertionError

    server = Server(Choices(site.domain, ""), site, Supervisor())
    for module, name, value in (
        (upgrading, "finish_what_was_cut_off", lambda *_: False),
        (releases, "current_release", lambda: site.data / "old"),
        (releases, "fetch", lambda *_: None),
        (releases, "commit_of", lambda name: name),
        (releases, "build", lambda *_: site.data / "new"),
        (upgrading, "rehearse", never),
        (upgrading, "back_up", never),
    ):
        monkeypatch.setattr(module, name, value)
    return server
