"""Lines of the app's own access log are held for a second, and then written by one call."""

import gc
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from werkzeug.test import create_environ, run_wsgi_app

from bluelog.text.access_line import parse
from bluelog.web import access_log
from bluelog.web.access_log import AccessLog
from tests.postbox import wait_until


class _NoTimer(Timer):
    def start(self) -> None:
        """Never."""


def _no_thread(_timer: Timer) -> None:
    raise RuntimeError("can't start new thread")


def _answer(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return [b""]


def read(log: Path) -> list[str]:
    lines = log.read_bytes().splitlines()
    return [request.path for line in lines if (request := parse(line))]


def test_nobody_has_to_ask_again(tmp_path: Path) -> None:
    log = AccessLog(_answer, tmp_path / "log")
    run_wsgi_app(log, create_environ("/a"))
    assert not (tmp_path / "log").exists()
    wait_until(lambda: (tmp_path / "log").exists() and read(tmp_path / "log") == ["/a"])


def test_many_do_not_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_log, "_HELD_SECONDS", 3600)
    log = AccessLog(_answer, tmp_path / "log")
    for number in range(300):
        run_wsgi_app(log, create_environ(f"/{number}"))
    assert read(tmp_path / "log") == [f"/{number}" for number in range(256)]
    log.write_out()
    assert len(read(tmp_path / "log")) == 300


def test_what_is_held_at_the_end_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_log, "Timer", _NoTimer)
    log = AccessLog(_answer, tmp_path / "log")
    run_wsgi_app(log, create_environ("/a"))
    assert not (tmp_path / "log").exists()
    del log
    gc.collect()
    assert read(tmp_path / "log") == ["/a"]


def test_without_room_for_a_thread_each_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_NoTimer, "start", _no_thread)
    monkeypatch.setattr(access_log, "Timer", _NoTimer)
    log = AccessLog(_answer, tmp_path / "log")
    for path in ("/a", "/b"):
        run_wsgi_app(log, create_environ(path))
    assert read(tmp_path / "log") == ["/a", "/b"]


def test_threads_lose_and_double_none(tmp_path: Path) -> None:
    log = AccessLog(_answer, tmp_path / "log")

    def ask_many(name: int) -> None:
        for number in range(500):
            run_wsgi_app(log, create_environ(f"/{name}-{number}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask_many, range(8)))
    log.write_out()
    wanted = {f"/{name}-{number}" for name in range(8) for number in range(500)}
    assert Counter(read(tmp_path / "log")) == Counter(wanted)
