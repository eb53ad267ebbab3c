"""Reports of errors on their way: held, counted, dropped, and never in the way."""

import logging
import os
import re
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from bluelog.web.logging.error_mail import ErrorMailHandler
from bluelog.web.logging.throttle import Throttle
from tests.unit.forks import in_children, needs_fork

pytestmark = needs_fork


def handler_to(
    deliver: Callable[[str, str], None], folder: Path, **options: object
) -> ErrorMailHandler:
    delays = options.pop("delays", (300.0, 3600.0))
    throttle = Throttle(folder / "state.json", delays=delays)  # type: ignore[arg-type]
    return ErrorMailHandler(deliver, throttle, **options)  # type: ignore[arg-type]


def fail(handler: logging.Handler, message: str = "it broke", name: str = "bluelog") -> None:
    values = {"name": name, "levelno": 40, "levelname": "ERROR", "msg": message}
    handler.handle(logging.makeLogRecord(values))


def wait_until(is_true: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not is_true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return is_true()


def test_what_was_held_is_told_though_no_further_error_comes(tmp_path: Path) -> None:
    told: list[str] = []
    handler = handler_to(lambda _, body: told.append(body), tmp_path, delays=(0.8, 1.8))
    for _ in range(50):
        fail(handler)
    assert wait_until(lambda: len(told) == 2)
    fail(handler)
    assert wait_until(lambda: len(told) == 3)
    for _ in range(10):
        fail(handler)
    handler.close()
    assert [line.splitlines()[0] for line in told] == [
        "Equal errors are held back and counted from now on.",
        "Equal errors held back since the last mail: 49; this is one of them.",
        "Equal errors held back since the last mail: 1; this is one of them.",
    ]


def test_different_errors_give_a_mail_each(tmp_path: Path) -> None:
    subjects: list[str] = []
    handler = handler_to(lambda subject, _: subjects.append(subject), tmp_path)
    for kind in (KeyError, ValueError, KeyError):
        try:
            raise kind("x")
        except (KeyError, ValueError):
            handler.handle(logging.LogRecord("a", 40, __file__, 1, "m", (), sys.exc_info()))
    handler.close()
    assert subjects[:2] == [
        "[Bluelog] Application Error: KeyError: 'x'",
        "[Bluelog] Application Error: ValueError: x",
    ]
    assert len(subjects) == 3  # the third is the second mail of the first, sent at the end


def test_one_kind_of_error_at_two_places_gives_a_mail_each(tmp_path: Path) -> None:
    subjects: list[str] = []
    handler = handler_to(lambda subject, _: subjects.append(subject), tmp_path)

    def here() -> None:
        raise RuntimeError("here")

    def there() -> None:
        raise RuntimeError("there")

    for place in (here, there):
        try:
            place()
        except RuntimeError:
            handler.handle(logging.LogRecord("a", 40, __file__, 1, "m", (), sys.exc_info()))
    handler.close()
    assert [subject.rpartition(" ")[2] for subject in subjects] == ["here", "there"]


def test_a_subject_is_one_short_line_whatever_the_message(tmp_path: Path) -> None:
    subjects: list[str] = []
    handler = handler_to(lambda subject, _: subjects.append(subject), tmp_path)
    fail(handler, "x\r\nBcc: mallory@example.com\x00\u2028" + "y" * 500)
    handler.close()
    assert len(subjects[0].splitlines()) == 1
    assert len(subjects[0]) < 160


def test_what_a_link_proves_is_in_neither_subject_nor_body(tmp_path: Path) -> None:
    told: list[str] = []
    handler = handler_to(lambda *mail: told.extend(mail), tmp_path)
    fail(handler, "no answer to /auth/reset/s3cr3t and /x?token=s3cr3t")
    handler.close()
    assert "no answer to /auth/reset/*** and /x?token=***" in told[0]
    assert "no answer to /auth/reset/*** and /x?token=***" in told[1]
    assert "s3cr3t" not in "".join(told)


def test_a_flood_is_dropped_and_counted_rather_than_waited_for(tmp_path: Path) -> None:
    told: list[str] = []
    is_open = threading.Event()

    def deliver(_subject: str, body: str) -> None:
        assert is_open.wait(10)
        told.append(body)

    handler = handler_to(deliver, tmp_path, capacity=5)
    for _ in range(200):
        fail(handler)
    is_open.set()
    handler.close()
    counted = re.findall(r"held back since the last mail: (\d+)|came at once: (\d+)", "".join(told))
    assert 1 + sum(int(held or dropped) for held, dropped in counted) == 200


def test_a_forked_worker_sends_with_a_thread_of_its_own(tmp_path: Path) -> None:
    handler = handler_to(lambda *_: (tmp_path / str(os.getpid())).touch(), tmp_path)
    fail(handler, name="parent")
    assert wait_until((tmp_path / str(os.getpid())).exists)

    def fail_too(_number: int) -> None:
        fail(handler, name="child")
        handler.close()

    (child,) = in_children(1, fail_too)
    handler.close()
    assert (tmp_path / str(child)).exists()


def test_several_workers_keep_to_three_mails_together(tmp_path: Path) -> None:
    handler = handler_to(
        lambda _, body: (tmp_path / str(time.time_ns())).write_text(body), tmp_path
    )

    def fail_often(_number: int) -> None:
        for _ in range(20):
            fail(handler)
        handler.close()

    assert len(in_children(3, fail_often)) == 3
    told = [file.read_text() for file in tmp_path.iterdir() if file.name.isdigit()]
    assert 2 <= len(told) <= 3
    assert any("held back since the last mail" in body for body in told)
