"""Python as Bluelog's own modules would find it on Windows, as far as Unix can pretend.

With this folder on PYTHONPATH every Python that starts reads this file. Modules that only Unix has
are missing, for libraries too; of the others, our modules alone see the Windows side. A file
opened for text without naming its encoding is an error, for on Windows that is seldom UTF-8.
"""

import builtins
import fcntl
import os
import re
import signal
import socket
import sys
import time
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
OURS = tuple(f"{PROJECT / folder}{os.sep}" for folder in ("bluelog", "migrations"))
MISSING = {
    *("crypt", "fcntl", "grp", "nis", "ossaudiodev", "posix", "pty", "pwd", "readline"),
    *("resource", "spwd", "syslog", "termios", "tty", "gunicorn"),
}
# These look at the system by themselves and go their own ways on Windows.
WELCOME_THERE = ("click", "werkzeug")

_SYSTEM = re.compile(
    r"fork|forkpty|register_at_fork|killpg|nice|posix_\w+|sched_\w+|W[A-Z]+|wait|wait[34]|waitid"
    r"|[gs]et(e?[gu]id|res[gu]id|re[gu]id|groups|pgid|pgrp|priority|sid|xattr)|getloadavg|uname"
    r"|[fl]?chown|[fl]chmod|chroot|mkfifo|mknod|makedev|major|minor|openpty|ctermid|ttyname|tc\w+"
    r"|pread\w*|pwrite\w*|readv|writev|sendfile|splice|sync|fdatasync|lockf|F_(LOCK|TLOCK|ULOCK|TEST)|f?statvfs"
    r"|f?pathconf|sysconf|confstr|O_(NOFOLLOW|DIRECTORY|CLOEXEC|NONBLOCK|SYNC|DSYNC|PATH|TMPFILE)"
    r"|initgroups|memfd_create|eventfd\w*|pidfd_open|copy_file_range|getrandom|fwalk"
)
_SIGNALS = re.compile(
    r"SIG(?!(ABRT|BREAK|FPE|ILL|INT|SEGV|TERM|_DFL|_IGN)$)\w+"
    r"|alarm|pause|[gs]etitimer|pthread_\w+|sig(wait\w*|pending|interrupt|timedwait)"
)


class WindowsModule(ModuleType):
    """A module without what it has on Unix alone."""

    def __init__(self, real: ModuleType, lacks: re.Pattern[str], **own: Any) -> None:
        super().__init__(real.__name__)
        self.__dict__.update(own)
        self._real, self._lacks = real, lacks

    def __getattr__(self, name: str) -> Any:
        if self._lacks.fullmatch(name):
            raise AttributeError(f"{self._real.__name__} has no {name} on Windows")
        return getattr(self._real, name)


def open_no_folder(path: Any, *rest: Any, **named: Any) -> int:
    if Path(path).is_dir():
        raise PermissionError(13, "Windows opens no folder", str(path))
    return os.open(path, *rest, **named)


def windows_locks() -> ModuleType:
    """The standard library tells Windows by this module, so only ours may find it."""
    made = ModuleType("msvcrt")
    kinds = {1: fcntl.LOCK_EX, 0: fcntl.LOCK_UN}
    made.__dict__.update(
        LK_LOCK=1, LK_UNLCK=0, locking=lambda file, mode, _count: fcntl.flock(file, kinds[mode])
    )
    return made


STAND_INS = {
    "os": WindowsModule(os, _SYSTEM, name="nt", open=open_no_folder),
    "sys": WindowsModule(sys, re.compile("abiflags"), platform="win32"),
    "signal": WindowsModule(signal, _SIGNALS, SIGBREAK=signal.SIGUSR2),
    "time": WindowsModule(time, re.compile(r"tzset|pthread_\w+|CLOCK_\w+|clock_\w+")),
    "socket": WindowsModule(socket, re.compile("AF_UNIX|socketpair|send_fds|recv_fds")),
    "msvcrt": windows_locks(),
}
import_as_ever = builtins.__import__


def import_as_on_windows(name: str, *rest: Any, **more: Any) -> Any:
    importing = more.get("globals", rest[0] if rest else None) or {}
    is_absolute = not more.get("level", rest[3] if len(rest) > 3 else 0)
    file = str(importing.get("__file__") or "")
    if is_absolute and name in STAND_INS and file.startswith(OURS):
        return STAND_INS[name]
    if is_absolute and name.partition(".")[0] in MISSING and not _may_ask(importing, file):
        raise ModuleNotFoundError(f"No module named {name!r} on Windows", name=name)
    return import_as_ever(name, *rest, **more)


def _may_ask(importing: dict[str, Any], file: str) -> bool:
    package = str(importing.get("__name__")).partition(".")[0]
    is_library = "site-packages" in file and package not in WELCOME_THERE
    return not is_library and not file.startswith(OURS)


builtins.__import__ = import_as_on_windows
warnings.filterwarnings("error", category=EncodingWarning, module=r"bluelog(\.|$)|env_py$")
