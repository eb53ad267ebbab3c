"""`flask copy-backups`: archives on another machine, and who hears that they are not."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from bluelog.extensions import db
from bluelog.models import OutgoingMail
from bluelog.operations.backup.blog import backup_folder
from bluelog.operations.backup.record import latest
from tests.browsing import sign_in
from tests.integration.backup.steps import archives, backed_up, flask

THERE = "backup@203.0.113.99:bluelog-backups/"


@pytest.fixture
def rsync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What stands in for rsync; it copies nothing and writes down its words."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "rsync"
    program.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" >{tmp_path}/asked\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return program


def breaks(rsync: Path) -> None:
    rsync.write_text(
        "#!/bin/sh\necho 'ssh: connect to host 203.0.113.99: No route' >&2; exit 255\n"
    )


def test_rsync_is_given_the_folder_of_the_archives(
    posting: Flask, rsync: Path, tmp_path: Path
) -> None:
    backed_up(posting)
    assert flask(posting, "copy-backups", THERE).exit_code == 0
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked[-2:] == [f"{backup_folder(posting.config)}/", THERE]
    assert rsync.exists()
    assert db.session.scalars(select(OutgoingMail)).all() == []


@pytest.mark.usefixtures("cast")
def test_a_copy_that_fails_is_mailed_and_shown(posting: Flask, rsync: Path) -> None:
    archive = backed_up(posting)
    breaks(rsync)
    done = flask(posting, "copy-backups", THERE)
    assert done.exit_code == 1
    assert f"Archives were not copied to {THERE}: ssh: connect to host" in done.output
    db.session.rollback()
    (queued,) = db.session.scalars(select(OutgoingMail)).all()
    assert "No route" in queued.context["error"]
    browser = posting.test_client()
    sign_in(browser, "ada")
    page = browser.get("/admin/", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert 'data-backup="failed"' in page
    assert "No route" in page
    last = latest(backup_folder(posting.config))
    assert last is not None
    assert (last.archive, last.is_proven) == (str(archive), True)


def test_the_next_good_backup_ends_the_warning(posting: Flask, rsync: Path) -> None:
    backed_up(posting)
    breaks(rsync)
    flask(posting, "copy-backups", THERE)
    backed_up(posting)
    last = latest(backup_folder(posting.config))
    assert last is not None
    assert last.error == ""
    assert archives(posting)


def test_without_rsync_it_says_how_to_have_it(
    posting: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = flask(posting, "copy-backups", THERE)
    assert done.exit_code == 1
    assert "sudo apt-get install rsync" in done.output
