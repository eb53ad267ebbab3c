"""One log file, several processes: no line lost, none torn."""

import logging
import os
import re
from collections import Counter
from collections.abc import Iterator
from errno import ENOSPC
from pathlib import Path
from unittest.mock import patch

import pytest

from bluelog.web.logging.files import SharedRotatingFileHandler, locked
from tests.unit.forks import in_children, needs_fork

pytestmark = needs_fork

LINES = 400
# What a record of `write()` must look like from end to end; anything else was torn.
WHOLE = re.compile(r"worker=(\d+) line=(\d+) x{80}")


@pytest.fixture
def handlers() -> Iterator[list[SharedRotatingFileHandler]]:
    """Handlers put in here are closed."""
    made: list[SharedRotatingFileHandler] = []
    yield made
    for handler in made:
        handler.close()


def write(handler: logging.Handler, text: str) -> None:
    handler.handle(logging.makeLogRecord({"msg": text}))


def contents(folder: Path) -> str:
    return "".join(file.read_text("utf-8") for file in folder.glob("app.log*"))


@pytest.mark.parametrize("made", ["before the fork", "after the fork"])
def test_several_processes_rotate_one_file_and_lose_no_line(
    tmp_path: Path, handlers: list[SharedRotatingFileHandler], made: str
) -> None:
    def make() -> SharedRotatingFileHandler:
        return SharedRotatingFileHandler(tmp_path / "app.log", max_bytes=8_000, backups=50)

    handlers.append(make())

    def write_many(number: int) -> None:
        handler = handlers[0] if made == "before the fork" else make()
        for line in range(LINES):
            write(handler, f"worker={number} line={line} {'x' * 80}")

    assert len(in_children(4, write_many)) == 4
    lines = contents(tmp_path).splitlines()
    found = Counter(
        (int(match[1]), int(match[2])) for line in lines if (match := WHOLE.fullmatch(line))
    )
    assert len(lines) == 4 * LINES
    assert found == Counter((worker, line) for worker in range(4) for line in range(LINES))
    assert len(list(tmp_path.glob("app.log.[0-9]*"))) > 5
    assert all(file.stat().st_size < 8_200 for file in tmp_path.glob("app.log*"))


def test_only_so_many_old_files_are_kept_and_the_newest_stay(
    tmp_path: Path, handlers: list[SharedRotatingFileHandler]
) -> None:
    handler = SharedRotatingFileHandler(tmp_path / "app.log", max_bytes=100, backups=3)
    handlers.append(handler)
    for number in range(30):
        write(handler, f"{number:02} {'x' * 40}")
    numbers = sorted(int(line[:2]) for line in contents(tmp_path).splitlines())
    assert sorted(file.name for file in tmp_path.glob("app.log.[0-9]*")) == [
        "app.log.1",
        "app.log.2",
        "app.log.3",
    ]
    assert numbers == list(range(numbers[0], 30))
    assert len(numbers) >= 7


def test_a_file_moved_away_by_another_is_opened_anew(
    tmp_path: Path, handlers: list[SharedRotatingFileHandler]
) -> None:
    handler = SharedRotatingFileHandler(tmp_path / "app.log")
    handlers.append(handler)
    write(handler, "before")
    (tmp_path / "app.log").rename(tmp_path / "app.log.moved")
    write(handler, "after")
    assert (tmp_path / "app.log.moved").read_text() == "before\n"
    assert (tmp_path / "app.log").read_text() == "after\n"


def test_where_renaming_is_refused_the_file_grows_and_no_old_file_is_lost(
    tmp_path: Path, handlers: list[SharedRotatingFileHandler]
) -> None:
    for number in (1, 2, 3):
        (tmp_path / f"app.log.{number}").write_text(f"old {number}\n")
    handler = SharedRotatingFileHandler(tmp_path / "app.log", max_bytes=50, backups=5)
    handlers.append(handler)
    rename = Path.replace

    def refuse_the_open_one(self: Path, target: Path) -> Path:
        if self.name == "app.log":
            raise PermissionError(13, "in use")
        return rename(self, target)

    with patch.object(Path, "replace", refuse_the_open_one):
        for number in range(10):
            write(handler, f"new {number} {'x' * 40}")
    found = contents(tmp_path)
    assert all(f"new {number} " in found for number in range(10))
    assert all(f"old {number}\n" in found for number in (1, 2, 3))
    write(handler, "at last")
    assert (tmp_path / "app.log").read_text() == "at last\n"
    assert len((tmp_path / "app.log.1").read_text().splitlines()) == 10


def test_the_folder_is_made_and_text_of_any_kind_is_written(
    tmp_path: Path, handlers: list[SharedRotatingFileHandler]
) -> None:
    handler = SharedRotatingFileHandler(tmp_path / "logs" / "app.log")
    handlers.append(handler)
    write(handler, "灯笼 \udc80")
    assert (tmp_path / "logs" / "app.log").read_text("utf-8") == "灯笼 \\udc80\n"


def test_a_lock_is_free_again_when_its_holder_dies(tmp_path: Path) -> None:
    def die_holding_it(_number: int) -> None:
        with locked(tmp_path / "lock"):
            os._exit(0)

    assert in_children(1, die_holding_it)
    with locked(tmp_path / "lock"):
        assert (tmp_path / "lock").exists()


def test_what_the_disk_refuses_goes_to_standard_error_in_one_line(
    tmp_path: Path, handlers: list[SharedRotatingFileHandler], capsys: pytest.CaptureFixture[str]
) -> None:
    handlers.append(SharedRotatingFileHandler(tmp_path / "app.log"))
    with patch("os.open", side_effect=OSError(ENOSPC, "No space left on device")):
        write(handlers[0], "kept elsewhere")
    write(handlers[0], "kept here")
    assert capsys.readouterr().err == "kept elsewhere\n"
    assert contents(tmp_path) == "kept here\n"
