"""Runs the tests: `make test`, `make test-all`, `make test-postgres`, `make test-deploy`."""

import argparse
import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from tests.postgres import temporary_server

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
START_SECONDS = 30
SERVER_PROGRAMS = ("nginx", "supervisord", "debootstrap", "systemd-analyze", "curl", "openssl")
SERVER_ADVICE = "sudo apt-get install nginx supervisor debootstrap systemd curl openssl"


def main() -> int:
    """Run what the arguments ask for; the exit code is pytest's."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--all", action="store_true", help="slow tests as well")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL")
    parser.add_argument("--deploy", action="store_true", help="on a server, and those tests alone")
    options, further = parser.parse_known_args()
    if options.deploy:
        return run_deploy(further)
    chosen = ["not deploy"] if options.all else ["not deploy", "not slow"]
    if options.postgres:
        chosen.append("not alike")
    elif not options.all:
        chosen.append("not wide")
    browser = find_browser()
    if browser is None:
        chosen.append("not browser")
    else:
        os.environ["BLUELOG_TEST_CHROMIUM"] = browser
    with database() if options.postgres else nullcontext():
        code = run_pytest(chosen, further)
    if browser is None:
        print("\nLeft out: the browser journeys, for no Chromium was found.")
        print(f"To add them: {advice()}")
    return code


def advice() -> str:
    """The command that adds a browser; Ubuntu has it under a name of its own."""
    try:
        is_ubuntu = platform.freedesktop_os_release()["ID"] == "ubuntu"
    except OSError:
        is_ubuntu = False
    return f"sudo apt-get install chromium{'-browser' * is_ubuntu} fonts-noto-cjk"


def run_deploy(further: list[str]) -> int:
    """Run what needs a server, one test after the other: some measure, some share its ports."""
    missing = [name for name in SERVER_PROGRAMS if shutil.which(name) is None]
    if os.geteuid() or missing:
        print(f"These tests want root and: {SERVER_ADVICE}")
        return 1
    browser = find_browser()
    if browser is None:
        print(f"These tests want a browser for the first day over HTTPS: {advice()}")
        return 1
    os.environ["BLUELOG_TEST_CHROMIUM"] = browser
    return run_pytest(["deploy"], further, processes=0)


def run_pytest(chosen: list[str], further: list[str], processes: int | None = None) -> int:
    # What a shell starts in the background ignores Ctrl-C, and so would all that tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    count = min(os.cpu_count() or 1, 4) if processes is None else processes
    command = [sys.executable, "-m", "pytest", "-n", str(count), "-m", " and ".join(chosen)]
    return subprocess.call([*command, *further])


def find_browser() -> str | None:
    """The path of a Chromium: the system's, else Playwright's, fetched where that can be done."""
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    return playwright_browser(fetch=False) or playwright_browser(fetch=True)


def playwright_browser(*, fetch: bool) -> str | None:
    if fetch:
        print("No Chromium is here; Playwright tries to fetch one ...", flush=True)
        command = [sys.executable, "-m", "playwright", "install", "chromium"]
        subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    script = (
        "from playwright.sync_api import sync_playwright as s\n"
        "with s() as p: print(p.chromium.executable_path)"
    )
    command = [sys.executable, "-c", script]
    found = subprocess.run(command, check=False, capture_output=True, text=True)
    path = found.stdout.strip()
    return path if starts(path) else None


def starts(browser: str) -> bool:
    """Whether it is there and runs: one that was fetched lacks libraries on a bare machine."""
    try:
        command = [browser, "--version"]
        done = subprocess.run(command, check=False, capture_output=True, timeout=START_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


@contextmanager
def database() -> Iterator[None]:
    if os.environ.get("BLUELOG_TEST_POSTGRES"):
        yield
        return
    with temporary_server() as url:
        os.environ["BLUELOG_TEST_POSTGRES"] = url
        yield


if __name__ == "__main__":
    sys.exit(main())
