"""systemd and Supervisor: the same blog kept running by either, and never by both."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from deploy.aging import is_outdated
from deploy.choices import SETTINGS
from deploy.fill import Site, supervisor_files, systemd_files
from deploy.hand import Hand, run, succeeds
from deploy.releases import COMPLETE, CURRENT

# The group that may read what nginx logs, as Debian and Ubuntu have it.
LOG_READERS = "adm"
# A process older than these knows other settings or other packages than there are now.
_STARTED_WITH = (SETTINGS, CURRENT / COMPLETE)


class Manager(Protocol):
    """What keeps web server and worker running."""

    packages: tuple[str, ...]

    def configure(self, hand: Hand, site: Site) -> None:
        """Have its files say what the release ships. It starts nothing and restarts nothing."""

    def start(self, hand: Hand) -> None:
        """Have everything run that does not, and anew what runs by what was true before."""

    def start_web(self) -> None:
        """Start the web server alone."""

    def start_worker(self) -> None:
        """Start the worker, and what runs by the clock."""

    def stop(self) -> None:
        """End both gently, and what runs by the clock; open no door to whoever comes."""

    def retire(self, hand: Hand, site: Site) -> None:
        """Leave the blog to the other: end what it runs, and take its files away."""


class Systemd:
    packages: tuple[str, ...] = ()
    _units = ("bluelog-web.socket", "bluelog-web.service", "bluelog-worker.service")
    _timer, _backup = "bluelog-backup.timer", "bluelog-backup.service"
    _folder = Path("/etc/systemd/system")

    def configure(self, hand: Hand, site: Site) -> None:
        for path, text in systemd_files(site).items():
            hand.write(path, text)
        hand.sees("that systemd has read its units", ["systemctl", "daemon-reload"])
        for unit in (*self._units, self._timer):
            if not succeeds("systemctl", "is-enabled", "--quiet", unit):
                hand.run(f"enables {unit}", ["systemctl", "enable", "--quiet", unit])

    def start(self, hand: Hand) -> None:
        for unit in (*self._units, self._timer):
            if not succeeds("systemctl", "is-active", "--quiet", unit):
                if hand.does(f"starts {unit}"):
                    _start_units(unit)
            elif is_outdated(_main_process(unit), (self._folder / unit, *_STARTED_WITH)):
                hand.run(f"restarts {unit}, for what changed", ["systemctl", "restart", unit])
            else:
                hand.same(f"{unit} runs")

    def start_web(self) -> None:
        _start_units("bluelog-web.socket", "bluelog-web.service")

    def start_worker(self) -> None:
        _start_units("bluelog-worker.service", self._timer)

    def stop(self) -> None:
        """The socket as well, or the next visitor would start the server again.

        And a backup that has begun: it holds the folder of archives, which going back needs.
        """
        run(["systemctl", "stop", self._timer, self._backup, *self._units])

    def retire(self, hand: Hand, site: Site) -> None:
        """Where systemd does not run, its files are still what the next start would go by."""
        for unit in (self._timer, *self._units):
            if succeeds("systemctl", "is-active", "--quiet", unit):
                hand.run(f"stops {unit}", ["systemctl", "stop", unit])
            if succeeds("systemctl", "is-enabled", "--quiet", unit):
                hand.run(f"disables {unit}", ["systemctl", "disable", "--quiet", unit])
        present = [path for path in systemd_files(site) if path.exists()]
        for path in present:
            hand.remove(path)
        if present and not hand.is_dry:
            succeeds("systemctl", "daemon-reload")


class Supervisor:
    packages: tuple[str, ...] = ("supervisor", "cron")
    _programs = ("bluelog-web", "bluelog-worker")

    def configure(self, hand: Hand, site: Site) -> None:
        """Supervisor takes each program up when it is to be started, and not before.

        It gives a program the groups of its user: one of them may read nginx's access log.
        """
        if LOG_READERS not in _said("id", "--name", "--groups", site.user).split():
            joins = ["usermod", "--append", "--groups", LOG_READERS, site.user]
            hand.run(f"lets {site.user} read nginx's logs", joins)
        for service in ("cron", "supervisor"):
            if not succeeds("service", service, "status"):
                hand.run(f"starts {service}", ["service", service, "start"])
        hand.folder(site.manager_logs, 0o750)
        for path, text in supervisor_files(site).items():
            hand.write(path, text)

    def start(self, hand: Hand) -> None:
        unknown = _not_taken_up()
        for name in self._programs:
            if name in unknown:
                if hand.does(f"has Supervisor take up {name} and start it"):
                    _start(name)
            elif not _is_up(name):
                hand.run(f"starts {name}", ["supervisorctl", "start", name])
            elif is_outdated(_process(name), _STARTED_WITH):
                hand.run(f"restarts {name}, for what changed", ["supervisorctl", "restart", name])
            else:
                hand.same(f"{name} runs")

    def start_web(self) -> None:
        _start("bluelog-web")

    def start_worker(self) -> None:
        _start("bluelog-worker")

    def stop(self) -> None:
        """A backup that cron has begun goes on: going back waits for its end."""
        run(["supervisorctl", "stop", *self._programs])

    def retire(self, hand: Hand, site: Site) -> None:
        for name in self._programs:
            if _is_up(name):
                hand.run(f"stops {name}", ["supervisorctl", "stop", name])
        for path in supervisor_files(site):
            hand.remove(path)
        for name in sorted(_not_taken_up() & {*self._programs}):
            hand.run(f"has Supervisor forget {name}", ["supervisorctl", "update", name])


MANAGERS: Mapping[str, type[Manager]] = {"systemd": Systemd, "supervisor": Supervisor}


def _start_units(*units: str) -> None:
    """Also those that systemd has given up on, of which it would refuse to hear so soon."""
    for unit in units:
        succeeds("systemctl", "reset-failed", unit)
    run(["systemctl", "start", *units])


def _main_process(unit: str) -> int:
    """0 for a unit that has none, as a socket."""
    said = _said("systemctl", "show", "--property=MainPID", "--value", unit).strip()
    return int(said) if said.isdigit() else 0


def _start(name: str) -> None:
    """By the program's file as it is now; Supervisor may start it itself when it reads that."""
    if name in _not_taken_up():
        run(["supervisorctl", "update", name])
    if not _is_up(name):
        run(["supervisorctl", "start", name])


def _not_taken_up() -> set[str]:
    """The programs of which Supervisor's files say something else than it goes by."""
    said = _said("supervisorctl", "reread")
    return set(re.findall(r"^(\S+): (?:available|changed|disappeared)$", said, re.MULTILINE))


def _process(name: str) -> int:
    said = _said("supervisorctl", "pid", name).strip()
    return int(said) if said.isdigit() else 0


def _is_up(name: str) -> bool:
    """Supervisor calls a program running only after some seconds."""
    return bool({"RUNNING", "STARTING"} & set(_said("supervisorctl", "status", name).split()))


def _said(*command: str) -> str:
    """What a command that only looks printed; nothing where there is no such command."""
    try:
        return subprocess.run(command, check=False, capture_output=True, text=True).stdout
    except FileNotFoundError:
        return ""
