"""An empty Debian in a folder: what an operator has on the first day, short of a kernel.

It has processes, mounts and files of its own, and this machine's network. Where packages come from
is this machine's setting, copied into it.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.deploy.machine import WAITS, Machine, living

SUITE = "bookworm"
# What an operator needs before the first command of the guide.
_FIRST = "ca-certificates,git,python3"
_PIP_SETTINGS = ("/etc/pip.conf", "/etc/xdg/pip", "/root/.pip", "/root/.config/pip")
_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"


@dataclass(frozen=True)
class BareRoot(Machine):
    """The machine, with its files in a folder of this one."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a root shell has, and where this machine's packages come from."""
        return _environment()

    def path(self, name: str) -> Path:
        return self.folder / name.lstrip("/")


@contextmanager
def bare_root() -> Iterator[BareRoot]:
    """A machine from nothing; everything that ran there is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="bluelog-machine-"))
    folder.chmod(0o755)
    try:
        _unpack_base(folder)
        _copy_settings(folder)
        with _living(folder) as pid:
            yield BareRoot(pid, folder)
    finally:
        shutil.rmtree(folder)


def _unpack_base(folder: Path) -> None:
    """Debian itself, fetched once and kept among the temporary files."""
    kept = Path(tempfile.gettempdir()) / f"bluelog-{SUITE}-{os.geteuid()}.tar"
    if not kept.is_file() or kept.stat().st_uid != os.geteuid():
        command = ["debootstrap", "--variant=minbase", f"--include={_FIRST}"]
        _call(*command, SUITE, str(folder), _mirror())
        _call("tar", "--create", "--file", f"{kept}.draft", "--directory", str(folder), ".")
        Path(f"{kept}.draft").replace(kept)
    else:
        _call("tar", "--extract", "--file", str(kept), "--directory", str(folder))


def _mirror() -> str:
    """Where this machine's own Debian comes from."""
    for path in _sources():
        if found := re.search(
            r"^(?:URIs:|deb\s+(?:\[.*?\]\s+)?)\s*(\S+/debian)/?\s", path.read_text(), re.MULTILINE
        ):
            return found.group(1)
    raise AssertionError("this machine's own apt names no mirror of Debian")


def _sources() -> list[Path]:
    """The files that name Debian's own archives, and nobody else's."""
    found = sorted(Path("/etc/apt").glob("sources.list*"))
    files = [path for path in found if path.is_file()]
    files += sorted(Path("/etc/apt/sources.list.d").glob("debian*"))
    return [path for path in files if path.read_text().strip()]


def _copy_settings(folder: Path) -> None:
    for name in ("sources.list", "sources.list.d"):
        target = folder / "etc/apt" / name
        shutil.rmtree(target, ignore_errors=True)
        target.unlink(missing_ok=True)
    (folder / "etc/apt/sources.list.d").mkdir()
    for name in (*map(str, _sources()), "/etc/apt/apt.conf.d", "/etc/apt/auth.conf.d"):
        _copy(folder, name)
    for name in (*_PIP_SETTINGS, _CERTIFICATES, "/etc/resolv.conf", "/etc/hosts"):
        _copy(folder, name)


def _copy(folder: Path, name: str) -> None:
    source, target = Path(name), folder / name.lstrip("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    elif source.is_file():
        target.unlink(missing_ok=True)
        shutil.copy(source, target)


@contextmanager
def _living(folder: Path) -> Iterator[int]:
    """Start the first process, in a view of processes and files of its own."""
    script = "".join(f"mount --rbind /{name} {folder}/{name} && " for name in ("dev", "sys"))
    script += f"mount -t proc proc {folder}/proc && "
    for place in _places_of_packages():
        inside = folder / place.relative_to("/")
        inside.mkdir(parents=True, exist_ok=True)
        script += f"mount --bind {place} {inside} && "
    # A bash takes in orphans, as daemons are, so that none is left half dead.
    script += f'exec chroot {folder} /bin/bash -c "{WAITS}"'
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private"]
    with living([*command, "sh", "-c", script]) as pid:
        yield pid


def _places_of_packages() -> set[Path]:
    """Folders of this machine in which pip's settings say to look."""
    texts = [
        path.read_text()
        for name in _PIP_SETTINGS
        for path in (Path(name), *Path(name).glob("*"))
        if path.is_file()
    ]
    texts += [value for name, value in os.environ.items() if name.startswith("PIP_")]
    named = {Path(found) for text in texts for found in re.findall(r"(?<![\w.:/])/[\w./-]+", text)}
    named |= {Path(found) for text in texts for found in re.findall(r"file://(/[\w./-]+)", text)}
    folders = (path for path in named if path.is_dir() and len(path.parts) > 2)
    return {Path(*path.parts[:3]) for path in folders} - {Path("/etc/ssl")}


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    kept |= {name: os.environ[name] for name in ("http_proxy", "https_proxy") if name in os.environ}
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {"PATH": path, "HOME": "/root", "LANG": "C.UTF-8", **kept}


def _call(*words: str) -> None:
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
