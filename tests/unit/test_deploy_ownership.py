"""What root does in folders of the blog's: nothing that a link there could lead elsewhere."""

import os
import pwd
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import aside, data, rehearsing
from deploy.aside import Database, database_of
from deploy.fill import Site, supervisor_files, systemd_files
from deploy.hand import Failed, Hand
from deploy.rights import acting_as

SITE = Site("blog.example.com")
BLOGS = (SITE.data, SITE.uploads, SITE.app_logs, SITE.run)
SOMEBODY = "nobody"
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be led astray")


def test_no_log_that_root_opens_lies_in_a_folder_of_the_blogs() -> None:
    """Supervisor opens them as root, and so would systemd what it is told to append to."""
    files = "\n".join([*supervisor_files(SITE).values(), *systemd_files(SITE).values()])
    opened = re.findall(r"^std(?:out|err)_logfile=(.+)$", files, re.MULTILINE)
    opened += re.findall(r"^Standard(?:Output|Error)=\w+:(.+)$", files, re.MULTILINE)
    assert len(opened) == 2
    for name in opened:
        assert not any(Path(name).is_relative_to(folder) for folder in BLOGS), name


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with `data`, which is the blog's, and `precious`, which is root's."""
    folder = Path(tempfile.mkdtemp(prefix="bluelog-ownership-"))
    folder.chmod(0o755)
    for module in (aside, data, rehearsing):
        monkeypatch.setattr(module, "USER", SOMEBODY)
    for name in ("data", "precious"):
        (folder / name).mkdir()
    for number in range(6):
        (folder / "precious" / f"{number}").mkdir()
    shutil.chown(folder / "data", SOMEBODY)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def led_astray(place: Path) -> Iterator[Path]:
    """The same; whatever was done through links of the blog's, what is root's stays as it was."""
    before = state(place / "precious")
    yield place
    assert state(place / "precious") == before


def state(folder: Path) -> list[tuple[str, int, int]]:
    found = [folder, *sorted(folder.rglob("*"))]
    return [(str(path), path.stat().st_uid, path.stat().st_mode) for path in found]


def plant(folder: Path, name: str) -> Path:
    """A link of the blog's to what is root's."""
    link = folder / "data" / name
    link.symlink_to(folder / "precious")
    return link


def database(folder: Path) -> Database:
    with acting_as(SOMEBODY):
        (folder / "data/bluelog.db").touch()
    return database_of(folder, Site("blog.example.com", data=folder / "data"), {})


@only_root
@pytest.mark.parametrize("below", ["", "below"])
def test_no_folder_is_made_or_given_away_through_a_link(led_astray: Path, below: str) -> None:
    link = plant(led_astray, "uploads")
    with pytest.raises(Failed, match="is a link, or leads through one"):
        Hand().folder(link / below, 0o755, SOMEBODY, "nogroup")


@only_root
def test_a_link_of_roots_own_is_followed(place: Path) -> None:
    (place / "elsewhere").symlink_to(place / "precious")
    Hand().folder(place / "elsewhere" / "uploads", 0o711, SOMEBODY, "nogroup")
    made = (place / "precious/uploads").stat()
    assert (made.st_uid, made.st_mode & 0o777) == (pwd.getpwnam(SOMEBODY).pw_uid, 0o711)


@only_root
def test_nothing_is_set_aside_taken_back_or_pruned_through_a_link(led_astray: Path) -> None:
    plant(led_astray, "set-aside")
    found = database(led_astray)
    with pytest.raises(PermissionError):
        found.set_aside("one")
    assert (led_astray / "data/bluelog.db").exists()
    found.take_back("one")
    found.forget("1")
    found.prune()


@only_root
def test_what_is_set_aside_stays_the_blogs(place: Path) -> None:
    found = database(place)
    found.set_aside("one")
    for path in (place / "data/set-aside", place / "data/set-aside/one"):
        assert path.owner() == SOMEBODY
        assert path.stat().st_mode & 0o777 == 0o700


@only_root
def test_no_archive_is_made_or_pruned_through_a_link(
    led_astray: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "flask", lambda *_, **__: "Archive: /none\n")
    link = plant(led_astray, "before-upgrade")
    data.prune_archives(link)
    with pytest.raises(PermissionError):
        data.archive_database(led_astray, link / "one")


@only_root
def test_the_rehearsal_begins_in_a_folder_of_its_own(led_astray: Path) -> None:
    link = plant(led_astray, "rehearsal")
    rehearsing._clear(link)
    assert not link.is_symlink()
    assert (link.owner(), link.stat().st_mode & 0o777) == (SOMEBODY, 0o700)
    rehearsing._remove(link)
    assert not link.exists()


@only_root
def test_root_is_root_again_afterwards() -> None:
    before = os.getresuid(), os.getresgid(), os.getgroups()
    with pytest.raises(KeyError), acting_as(SOMEBODY):
        assert os.geteuid() == pwd.getpwnam(SOMEBODY).pw_uid
        assert os.getgroups() == []
        raise KeyError
    assert (os.getresuid(), os.getresgid(), os.getgroups()) == before
