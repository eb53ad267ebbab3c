"""Programs run as another user, who can get at the interpreter wherever it was installed."""

import grp
import os
import pwd
import shlex
import stat
import sys
from pathlib import Path

IS_ROOT = os.geteuid() == 0
# Somebody who owns nothing; a server makes a user of its own.
USER = "nobody" if IS_ROOT else pwd.getpwuid(os.geteuid()).pw_name
GROUP = grp.getgrgid(pwd.getpwnam(USER).pw_gid).gr_name
WEB_GROUP = "www-data" if IS_ROOT else GROUP


def in_reach(command: list[str]) -> list[str]:
    """The command, run where nothing private stands between anyone and the interpreter.

    In a view of the files of its own: there, a private folder such as /root on the way shows
    nothing but what leads to the interpreter. Nothing is changed outside.
    """
    needed = Path(sys.base_prefix)
    private = next((path for path in reversed(needed.parents) if not _is_open(path)), None)
    if private is None or not IS_ROOT:
        return command
    kept = shlex.quote(str(needed))
    script = (
        f"hold=$(mktemp -d) && mount --bind {kept} $hold"
        f" && mount -t tmpfs -o mode=755 tmpfs {shlex.quote(str(private))}"
        f" && mkdir -p {kept} && mount --bind $hold {kept} && umount $hold && rmdir $hold"
        ' && exec "$@"'
    )
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "-", *command]


def as_user(command: list[str]) -> list[str]:
    """The command, run as the blog's user."""
    if not IS_ROOT:
        return command
    user = [f"--reuid={USER}", f"--regid={GROUP}", "--clear-groups"]
    return in_reach(["setpriv", *user, "--", *command])


def give(path: Path, group: str = GROUP) -> None:
    """Let the blog's user own a folder or file with all that is in it."""
    if IS_ROOT:
        for each in (path, *path.rglob("*")):
            os.chown(each, pwd.getpwnam(USER).pw_uid, grp.getgrnam(group).gr_gid)


def _is_open(path: Path) -> bool:
    return bool(path.stat().st_mode & stat.S_IXOTH)
