"""Reading the access log: where it was left, in portions, however it is rotated."""

import logging
import re
import time
from datetime import datetime
from pathlib import Path

from flask import Flask, current_app

from bluelog.jobs.log_files import UNREADABLE, LogFile
from bluelog.services import reads
from bluelog.services.readers import Readers
from bluelog.text.access_line import parse

log = logging.getLogger(__name__)

_KEY = "bluelog_reading"
_PAUSE_SECONDS = 5.0
_MOST_OWN_BYTES = 10 * 1024**2


def count_reads(at: datetime) -> int:
    """Count a portion of the access log; how many lines, 0 when there is nothing new."""
    reading = _reading()
    if time.monotonic() < reading.looks_again_at:
        return 0
    counted = reading.on(at)
    if not counted:
        reading.looks_again_at = time.monotonic() + _PAUSE_SECONDS
    return counted


def forget(at: datetime) -> None:
    """Forget readers of days that are over, and files that are gone; begin our own log anew."""
    reading = _reading()
    reading.readers.forget(at.date())
    reads.renew(reading.files_there(), at)
    reads.forget_logs(at)
    if not current_app.config["BLUELOG_ACCESS_LOG"]:
        reading.retire(at)


class Reading:
    """How far this process has looked, so that files nobody wrote to are not opened again."""

    def __init__(self, app: Flask) -> None:
        self.path = access_log(app)
        self.readers = Readers()
        self.looks_again_at = 0.0
        self._own_host = (app.config["SERVER_NAME"] or "").partition(":")[0]
        self._read: dict[tuple[int, int], tuple[int, int]] = {}
        self._fingerprints: dict[tuple[int, int], str] = {}
        self._refused: set[str] = set()

    def on(self, at: datetime) -> int:
        """Count the next portion of the oldest file that has one."""
        for file in self._unread():
            try:
                counted = self._portion(file, at)
            except UNREADABLE as error:
                self._leave(file, error)
                continue
            if counted:
                return counted
        return 0

    def files_there(self) -> list[str]:
        """What tells the files apart that there are."""
        there = {file.identity for file in self._files()}
        for gone in self._fingerprints.keys() - there:
            del self._fingerprints[gone]
            self._read.pop(gone, None)
        return sorted(self._fingerprints.values())

    def retire(self, at: datetime) -> None:
        """Put our own log aside once it is read, when a day or a lot of it is over.

        Only one older file is kept: addresses are in both for two days at most.
        """
        current = LogFile.there(self.path)
        if current is None or any(self._unread()):
            return
        is_old = current.began_on() not in (None, at.date())
        if is_old or current.size > _MOST_OWN_BYTES:
            try:
                self.path.replace(self.path.with_name(f"{self.path.name}.1"))
            except OSError as error:  # As on Windows, where somebody has it open.
                log.info("%s stays: %s", self.path, error.strerror)

    def _portion(self, file: LogFile, at: datetime) -> int:
        """The lines that were counted; what was none of ours is one."""
        fingerprint = file.fingerprint()
        if fingerprint is None:
            return self._done(file)
        self._fingerprints[file.identity] = fingerprint
        start = reads.position_of(fingerprint)
        end, lines = file.lines_from(start)
        if end == start:
            return self._done(file)
        requests = [request for line in lines if (request := parse(line, reads.counts))]
        batch = reads.Batch(fingerprint, start, end, requests)
        reads.take(batch, self.readers, own_host=self._own_host, at=at)
        return len(lines) or 1

    def _unread(self) -> list[LogFile]:
        return [file for file in self._files() if self._read.get(file.identity) != file.state]

    def _files(self) -> list[LogFile]:
        """The log and what was rotated away from it, the oldest first."""
        rotated = re.compile(rf"{re.escape(self.path.name)}([.-]\d+)*(\.gz)?")
        try:
            names = [path for path in self.path.parent.iterdir() if rotated.fullmatch(path.name)]
        except OSError:
            return []
        found = [file for file in map(LogFile.there, names) if file]
        return sorted(found, key=lambda file: file.state[1])

    def _done(self, file: LogFile) -> int:
        """Note that it is read to its end, as it was when it was looked at."""
        self._read[file.identity] = file.state
        return 0

    def _leave(self, file: LogFile, error: Exception) -> None:
        """Say once that it cannot be read."""
        self._done(file)
        if str(file.path) not in self._refused:
            self._refused.add(str(file.path))
            log.warning("%s cannot be read, so reads are not counted: %s", file.path, error)


def access_log(app: Flask) -> Path:
    """The log that is read: the one that is set, else the one that the app writes."""
    return Path(app.config["BLUELOG_ACCESS_LOG"] or app.config["BLUELOG_DATA_DIR"] / "access.log")


def _reading() -> Reading:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    if _KEY not in app.extensions:
        app.extensions[_KEY] = Reading(app)
    found: Reading = app.extensions[_KEY]
    return found
