"""What each measurement means: the borders between fine, warning and failure."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from bluelog.operations.backup.record import Outcome
from bluelog.operations.doctor import (
    backups,
    certificate,
    clocks,
    disk,
    installed,
    mail,
    migrations,
    software,
    upgrade,
    worker,
)
from bluelog.operations.doctor.certificate import Certificate
from bluelog.operations.doctor.disk import Space
from bluelog.operations.doctor.finding import Level, size
from bluelog.queries.operations import MailQueue

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
HOST = "blog.example.com"
FINE, WARNING, FAILURE = Level.FINE, Level.WARNING, Level.FAILURE
MIB = 1024**2


@pytest.mark.parametrize(
    ("free", "files", "level"),
    [
        (2000 * MIB, 1_000_000, FINE),
        (1024 * MIB, None, FINE),
        (1024 * MIB - 1, 1_000_000, WARNING),
        (2000 * MIB, 9_999, WARNING),
        (100 * MIB, 1_000_000, WARNING),
        (100 * MIB - 1, 1_000_000, FAILURE),
        (0, 0, FAILURE),
    ],
)
def test_space_on_a_disk(free: int, files: int | None, level: Level) -> None:
    found = disk.judge(Path("/var/lib/bluelog"), Space(free, files))
    assert found.level is level
    assert bool(found.command) == (level is not FINE)


@pytest.mark.parametrize(
    ("past", "level"),
    [
        (timedelta(hours=36), FINE),
        (timedelta(hours=37), WARNING),
        (timedelta(days=7), WARNING),
        (timedelta(days=7, seconds=1), FAILURE),
    ],
)
def test_age_of_a_proven_backup(past: timedelta, level: Level) -> None:
    assert backups.judge(Outcome(NOW - past, "a.tar.zst", 10, True, ""), NOW).level is level


def test_a_backup_that_failed_is_a_failure_however_young() -> None:
    assert backups.judge(Outcome(NOW, "a.tar.zst", 10, True, ""), NOW).level is FINE
    assert backups.judge(Outcome(NOW, "a.tar.zst", 10, False, ""), NOW).level is FAILURE


def test_no_backup_is_a_warning_that_says_how_to_make_one() -> None:
    found = backups.judge(None, NOW)
    assert (found.level, found.command) == (WARNING, "flask backup")


@pytest.mark.parametrize(
    ("left", "fault", "level"),
    [
        (timedelta(days=90), 0, FINE),
        (timedelta(days=21), 0, FINE),
        (timedelta(days=20, hours=23), 0, WARNING),
        (timedelta(days=3), 0, WARNING),
        (timedelta(days=2, hours=23), 0, FAILURE),
        (timedelta(0), 0, FAILURE),
        (timedelta(days=-1), 10, FAILURE),
        (timedelta(days=90), 18, WARNING),
        (timedelta(days=-1), 18, FAILURE),
        (timedelta(days=90), 62, FAILURE),
        (timedelta(days=90), 20, FAILURE),
    ],
)
def test_days_and_trust_of_a_certificate(left: timedelta, fault: int, level: Level) -> None:
    assert certificate.judge(Certificate(NOW + left, fault, "said"), HOST, NOW).level is level


@pytest.mark.parametrize("fault", [18, 62])
def test_a_certificate_is_had_the_way_that_the_blog_was_installed(
    fault: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """certbot's part for nginx is not there, and would change a site that upgrades write."""
    found = Certificate(NOW + timedelta(days=90), fault, "said")
    monkeypatch.setattr(installed, "INSTALLED", tmp_path / "install.json")
    assert certificate.judge(found, HOST, NOW).command == "sudo certbot --nginx"
    (tmp_path / "install.json").write_text("{}")
    wanted = f"sudo /opt/bluelog/current/deploy/install {HOST} --certificate letsencrypt"
    assert certificate.judge(found, HOST, NOW).command == wanted


@pytest.mark.parametrize(
    ("seconds", "level"), [(0, None), (-5, None), (6, WARNING), (-60, WARNING), (61, FAILURE)]
)
def test_clocks_that_differ(seconds: int, level: Level | None) -> None:
    found = clocks.judge_difference(timedelta(seconds=seconds))
    assert (found and found.level) is level


def test_an_entry_from_a_time_to_come_tells_of_a_wrong_clock() -> None:
    assert clocks.judge_newest(None, NOW) is None
    assert clocks.judge_newest(NOW + timedelta(seconds=59), NOW) is None
    found = clocks.judge_newest(NOW + timedelta(days=2), NOW)
    assert found is not None
    assert found.level is FAILURE


@pytest.mark.parametrize(
    ("seen_at", "level"),
    [
        (NOW, FINE),
        (NOW - timedelta(seconds=60), FINE),
        (NOW + timedelta(hours=1), FINE),
        (NOW - timedelta(seconds=61), FAILURE),
        (None, FAILURE),
    ],
)
def test_a_worker_says_that_it_lives(seen_at: datetime | None, level: Level) -> None:
    found = worker.judge(seen_at, NOW)
    assert found.level is level
    assert bool(found.command) == (level is FAILURE)


@pytest.mark.parametrize(
    ("queue", "levels"),
    [
        (MailQueue(0, None, 0, ""), [FINE]),
        (MailQueue(3, NOW - timedelta(minutes=60), 0, ""), [FINE]),
        (MailQueue(3, NOW - timedelta(minutes=61), 0, ""), [WARNING]),
        (MailQueue(0, None, 1, "550 no such user"), [WARNING]),
        (MailQueue(1, NOW - timedelta(days=1), 1, ""), [WARNING, WARNING]),
    ],
)
def test_mail_moves_on(queue: MailQueue, levels: list[Level]) -> None:
    with Flask("bluelog").app_context():
        assert [finding.level for finding in mail.judge_queue(queue, NOW)] == levels


@pytest.mark.parametrize(
    ("current", "level", "command"),
    [
        ({"c"}, FINE, ""),
        ({"b"}, FAILURE, "flask db upgrade"),
        (set(), FAILURE, "flask db upgrade"),
        ({"z"}, FAILURE, ""),
    ],
)
def test_tables_are_those_of_the_code(current: set[str], level: Level, command: str) -> None:
    found = migrations.judge(frozenset(current), frozenset("c"), frozenset("abc"))
    assert (found.level, found.command) == (level, command)


def test_an_old_python_is_named_and_no_cause_for_alarm() -> None:
    assert software.judge_python((3, 11)).level is FINE
    assert software.judge_python((3, 11)).advice
    assert not software.judge_python((3, 12)).advice


def test_a_sqlite_that_lacks_what_is_asked_of_it_is_a_failure() -> None:
    assert software.judge_sqlite((3, 34, 9)).level is FAILURE
    assert software.judge_sqlite((3, 35, 0)).level is FINE


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 kB"), (12 * MIB, "12 MB"), (3 * 1024**5, "3072 TB")],
)
def test_sizes_are_said_as_people_say_them(count: int, said: str) -> None:
    assert size(count) == said


def test_an_upgrade_that_was_cut_off(tmp_path: Path) -> None:
    assert upgrade.judge(tmp_path).level is FINE
    (tmp_path / "under-way.json").write_text("{}")
    found = upgrade.judge(tmp_path)
    assert (found.level, found.command) == (FAILURE, f"sudo {tmp_path}/current/deploy/upgrade")
