"""The book's flow where nothing may need Unix: see tests/like_windows.

Text that names no encoding is refused as well, and what is printed must fit a western code page.
"""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.importing.sources import furnish, on_file
from tests.postbox import free_port, wait_until

PROJECT = Path(__file__).parents[2]
EVERY_MODULE = """
import importlib, pkgutil, bluelog
for module in pkgutil.walk_packages(bluelog.__path__, "bluelog."):
    importlib.import_module(module.name)
"""
WRITING = r"""
import logging, pathlib, sys
from bluelog.storage import LocalStorage
from bluelog.web.logging.files import SharedRotatingFileHandler
folder = pathlib.Path(sys.argv[1])
LocalStorage(folder / "uploads").put("0" * 64 + ".png", b"picture")
handler = SharedRotatingFileHandler(folder / "bluelog.log", max_bytes=50)
handler.handleError = lambda record: sys.exit("not written")
for number in range(3):
    handler.emit(logging.makeLogRecord({"msg": f"\u4f60\u597d {number} and on for a whole line"}))
"""
AS_IF_OURS = "import sys; exec(sys.argv[1], {'__file__': sys.argv[2], '__name__': 'bluelog.odd'})"


class Windows:
    """Processes on something like Windows, with a data folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.environ = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(PROJECT / "tests" / "like_windows"),
            "PYTHONUTF8": "0",
            "PYTHONCOERCECLOCALE": "0",
            "LC_ALL": "C",
            "PYTHONIOENCODING": "cp1252",
            "PYTHONWARNDEFAULTENCODING": "1",
            "FLASK_APP": "bluelog",
            "FLASK_SKIP_DOTENV": "1",
            "BLUELOG_DATA_DIR": str(folder / "my data"),
        }

    def start(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, *words],
            cwd=PROJECT,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="cp1252",
        )

    def python(self, *words: str) -> str:
        """Run Python to its end and return what it printed."""
        process = self.start(*words)
        printed, _ = process.communicate(timeout=120)
        assert process.returncode == 0, printed
        return printed

    def flask(self, *words: str) -> str:
        return self.python("-m", "flask", *words)

    @contextmanager
    def running(self, *words: str) -> Iterator["subprocess.Popen[str]"]:
        """Run a `flask` command for as long as the block, and end it as Ctrl-C does."""
        process = self.start("-m", "flask", *words)
        try:
            yield process
            process.send_signal(signal.SIGINT)
            printed, _ = process.communicate(timeout=20)
            assert process.returncode == 0, printed
        finally:
            process.kill()


@pytest.fixture
def windows(tmp_path: Path) -> Windows:
    return Windows(tmp_path)


@pytest.mark.parametrize(
    "line",
    [
        "import fcntl",
        "from pwd import getpwnam",
        "import gunicorn.app.base",
        "import os; os.fork()",
        "import os; os.killpg",
        "from os import getuid",
        "import os; os.open('/', os.O_RDONLY)",
        "import signal; signal.SIGKILL",
        "from signal import SIGHUP",
        "import socket; socket.AF_UNIX",
        "import os; open(os.devnull)",
        "from pathlib import Path; import os; Path(os.devnull).read_text()",
    ],
)
def test_what_needs_unix_would_be_noticed(windows: Windows, line: str) -> None:
    process = windows.start("-c", AS_IF_OURS, line, str(PROJECT / "bluelog" / "odd.py"))
    printed, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert any(word in printed for word in ("Windows", "cannot import name", "EncodingWarning"))


def test_every_module_loads(windows: Windows) -> None:
    windows.python("-c", EVERY_MODULE)


def test_uploads_and_logs_are_written(windows: Windows, tmp_path: Path) -> None:
    windows.python("-c", WRITING, str(tmp_path))
    assert len(list((tmp_path / "uploads").iterdir())) == 1
    kept = ["bluelog.log", "bluelog.log.1", "bluelog.log.2"]
    numbers = [(tmp_path / name).read_text("utf-8").split()[1] for name in kept]
    assert numbers == ["2", "1", "0"]


@pytest.mark.slow
def test_the_flow_of_the_book(windows: Windows) -> None:
    windows.flask("db", "upgrade")
    said = windows.flask("init", "--username", "ada", "--password", "plain-lantern-42")
    assert "Sign in as ada." in said
    said = windows.flask("forge", "--category=2", "--post=5", "--comment=10", "--reply=3")
    assert "Added 26 posts" in said
    with windows.running("worker") as worker:
        assert worker.stdout
        assert any(line.startswith("Mail:") for line in worker.stdout)
    port = free_port()
    with windows.running("run", "--port", str(port)):
        wait_until(lambda: b"</html>" in page(port))


@pytest.mark.slow
def test_an_import_prints_titles_that_the_code_page_lacks(windows: Windows, tmp_path: Path) -> None:
    blog = furnish(on_file(tmp_path / "old.db"))
    blog.execute("UPDATE admin SET blog_title = '旧灯笼'")
    blog.close()
    windows.flask("db", "upgrade")
    said = windows.flask("import", "bluelog", str(tmp_path / "old.db"), "--email", "a@example.com")
    assert "旧灯笼".encode("ascii", "backslashreplace").decode() in said
    assert "Posts" in said


def page(port: int) -> bytes:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return bytes(answer.read())
    except OSError:
        return b""
