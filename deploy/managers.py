"""systemd and Supervisor: the same blog kept running by either."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from deploy.fill import Site, supervisor_files, systemd_files
from deploy.hand import Hand, run, succeeds


class Manager(Protocol):
    """What keeps web server and worker running."""

    packages: tuple[str, ...]

    def configure(self, hand: Hand, site: Site) -> None:
        """Have its files say what the release ships, and the manager know it."""

    def start(self, hand: Hand) -> None:
        """Have everything run that does not."""

    def start_web(self) -> None:
        """Start the web server alone."""

    def start_worker(self) -> None:
        """Start the worker, and what runs by the clock."""

    def stop(self) -> None:
        """End both gently, and open no door to whoever comes."""


class Systemd:
    packages: tuple[str, ...] = ()
    _units = ("bluelog-web.socket", "bluelog-web.service", "bluelog-worker.service")
    _timer = "bluelog-backup.timer"

    def configure(self, hand: Hand, site: Site) -> None:
        if _write(hand, systemd_files(site)):
            hand.run("has systemd read its units", ["systemctl", "daemon-reload"])
            running = ["bluelog-web.service", "bluelog-worker.service"]
            hand.run("restarts what runs by them", ["systemctl", "try-restart", *running])
        for unit in (*self._units, self._timer):
            if not succeeds("systemctl", "is-enabled", "--quiet", unit):
                hand.run(f"enables {unit}", ["systemctl", "enable", "--quiet", unit])

    def start(self, hand: Hand) -> None:
        for unit in (*self._units, self._timer):
            if succeeds("systemctl", "is-active", "--quiet", unit):
                hand.same(f"{unit} runs")
            else:
                hand.run(f"starts {unit}", ["systemctl", "start", unit])

    def start_web(self) -> None:
        run(["systemctl", "start", "bluelog-web.socket", "bluelog-web.service"])

    def start_worker(self) -> None:
        run(["systemctl", "start", "bluelog-worker.service", self._timer])

    def stop(self) -> None:
        """The socket as well, or the next visitor would start the server again."""
        run(["systemctl", "stop", self._timer, *self._units])


class Supervisor:
    packages: tuple[str, ...] = ("supervisor", "cron")
    _programs = ("bluelog-web", "bluelog-worker")

    def configure(self, hand: Hand, site: Site) -> None:
        """Programs that are new or changed are started by being read."""
        for service in ("cron", "supervisor"):
            if not succeeds("service", service, "status"):
                hand.run(f"starts {service}", ["service", service, "start"])
        if _write(hand, supervisor_files(site)):
            hand.run("has Supervisor take up its programs", ["supervisorctl", "update"])

    def start(self, hand: Hand) -> None:
        for name in self._programs:
            if _is_up(name):
                hand.same(f"{name} runs")
            else:
                hand.run(f"starts {name}", ["supervisorctl", "start", name])

    def start_web(self) -> None:
        _start("bluelog-web")

    def start_worker(self) -> None:
        _start("bluelog-worker")

    def stop(self) -> None:
        run(["supervisorctl", "stop", *self._programs])


MANAGERS: Mapping[str, type[Manager]] = {"systemd": Systemd, "supervisor": Supervisor}


def _write(hand: Hand, files: Mapping[Path, str]) -> bool:
    """Every file is written, whatever came of the first."""
    changed = [path for path, text in files.items() if hand.write(path, text)]
    return bool(changed)


def _start(name: str) -> None:
    if not _is_up(name):
        run(["supervisorctl", "start", name])


def _is_up(name: str) -> bool:
    """Supervisor calls a program running only after some seconds."""
    words = ["supervisorctl", "status", name]
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    return bool({"RUNNING", "STARTING"} & set(done.stdout.split()))
