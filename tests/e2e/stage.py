"""A blog as operators run it - gunicorn, worker, SMTP server - and a browser that is watched."""

import base64
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright

from tests.pictures import photograph
from tests.postbox import free_port

ROOT = Path(__file__).parent.parent.parent
CLOCK = "TEST_CLOCK"  # the file by which a blog's clock is moved, if it is
PATIENCE_SECONDS = 15  # a machine that runs tests beside others is slow at times
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@dataclass
class Blog:
    """A running blog: its address, its settings, where its log goes, and what it consists of."""

    url: str
    environment: dict[str, str]
    log: Path
    commands: dict[str, list[str]] = field(default_factory=dict)
    processes: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)

    @property
    def server(self) -> "subprocess.Popen[bytes] | None":
        return self.processes.get("server")

    def start(self, name: str) -> None:
        """Start the server or the worker, and wait for the server's first answer."""
        with self.log.open("ab") as log:
            self.processes[name] = subprocess.Popen(
                self.commands[name], env=self.environment, cwd=ROOT, stdout=log, stderr=log
            )
        if name == "server":
            _wait_for(self)

    def stop(self, name: str, *, at_once: bool = False) -> None:
        """Have it end, or kill it as a loss of power would."""
        process = self.processes.pop(name)
        if at_once:
            process.kill()
        else:
            process.terminate()
        process.wait(20)

    def wait(self, seconds: float) -> None:
        """Have time pass for the server and the worker of a blog with a clock of its own."""
        clock = Path(self.environment[CLOCK])
        clock.write_text(str(float(clock.read_text("utf-8")) + seconds), "utf-8")

    def flask(self, *words: str) -> str:
        """Run a command of `flask` on this blog; what it printed."""
        command = [sys.executable, "-m", "flask", *words]
        return subprocess.run(
            command, env=self.environment, check=True, capture_output=True, text=True, cwd=ROOT
        ).stdout


@contextmanager
def running_blog(
    folder: Path, database_url: str, mail_port: int, **settings: str
) -> Iterator[Blog]:
    """Start web server and worker on loopback with the production settings; stop both after."""
    port = free_port()
    blog = Blog(f"http://127.0.0.1:{port}", {}, folder / "server.log")
    blog.environment = _environment(folder, database_url, mail_port, blog.url) | settings
    app, flask = ("tests.e2e.moved_clock",) * 2 if CLOCK in settings else ("wsgi", "flask")
    server = [sys.executable, "-m", "gunicorn", f"{app}:app", "--bind", f"127.0.0.1:{port}"]
    server += ["--threads", "8", "--no-control-socket"]
    blog.commands = {"worker": [sys.executable, "-m", flask, "worker"], "server": server}
    try:
        for name in blog.commands:
            blog.start(name)
        yield blog
    finally:
        for process in blog.processes.values():
            process.terminate()
        for process in blog.processes.values():
            process.wait(20)


def _environment(folder: Path, database_url: str, mail_port: int, url: str) -> dict[str, str]:
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith(("BLUELOG_", "MAIL_"))},
        "FLASK_APP": "bluelog",
        "FLASK_CONFIG": "production",
        "SECRET_KEY": "a-key-for-the-browser-journeys-only",
        "DATABASE_URL": database_url,
        "BLUELOG_URL": url,
        "BLUELOG_FORCE_HTTPS": "off",
        "BLUELOG_DATA_DIR": str(folder),
        "BLUELOG_LOGGING_PATH": "stream",
        "BLUELOG_EMAIL": "operator@example.com",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(mail_port),
    }


def _wait_for(blog: Blog) -> None:
    until = time.monotonic() + 4 * PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{blog.url}/about", timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(blog.log.read_text())


@dataclass
class Watched:
    """A browser whose every request and complaint is noted."""

    context: BrowserContext
    page: Page
    own: str
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> "Watched":
        self.page.on("request", self._asked)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("console", self._said)
        return self

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.own, "data:", "blob:")):
            self.complaints.append(f"asked {request.url}")

    def _said(self, message: Any) -> None:
        # That a form was refused is part of a journey; Chromium calls every 4xx an error.
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            self.complaints.append(f"{message.type}: {message.text}")


def launch(playwright: Playwright) -> Browser:
    """Chromium as found by `make test`, with no wish to ask anyone anything."""
    quiet = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
    quiet += ["--disable-sync", "--no-first-run"]
    return playwright.chromium.launch(
        executable_path=os.environ["BLUELOG_TEST_CHROMIUM"], args=quiet
    )


def visit(browser: Browser, blog: Blog, **options: Any) -> Watched:
    """A new visitor with cookies of her own."""
    context = browser.new_context(base_url=blog.url, **options)
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    return Watched(context, context.new_page(), blog.url).watch()


def drop_picture(area: Locator) -> None:
    """Drop a photograph into an editor's text."""
    area.click()
    area.evaluate(
        """(area, data) => {
            const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
            const files = new DataTransfer();
            files.items.add(new File([bytes], "drop.jpg", {type: "image/jpeg"}));
            const {x, y} = area.getBoundingClientRect();
            area.dispatchEvent(new DragEvent("drop", {dataTransfer: files, bubbles: true,
                cancelable: true, clientX: x + 20, clientY: y + 20}));
        }""",
        base64.b64encode(photograph(640, 400)).decode(),
    )
