"""A machine that stands in seconds: this one's programs, in files and a network of its own.

nginx, Supervisor, git, the releases and their database are real. What cannot be had here is played:
systemd, Let's Encrypt, the firewall and sshd, by programs that write down what they were asked.
"""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.sources import PROJECT
from tests.deploy.bare_root import child_of
from tests.deploy.reach import in_reach

DOMAIN = "blog.example.com"
SOURCE, CHECKOUT = "/srv/bluelog.git", "/srv/checkout"
_PROGRAMS = "/srv/bin"
_STAND_INS = Path(__file__).parent / "stand_ins"
_CHANGED = ("etc", "opt", "run", "srv", "var")
_PLAYED = {
    "/srv/bin/dpkg": "#!/bin/sh\n# Nothing was cut off.\n",
    "/srv/bin/dpkg-query": "#!/bin/sh\necho install ok installed\n",
    "/srv/bin/sshd": "#!/bin/sh\necho port 2222\n",
    "/etc/init.d/cron": "#!/bin/sh\n# It runs.\n",
    # A release has this project's packages.
    "/opt/bluelog/tools/bin/pipenv": (
        f'#!/bin/sh\n[ "$1" = --version ] || exec ln -sfn "{(PROJECT / ".venv").resolve()}" .venv'
    ),
}


@dataclass(frozen=True)
class QuickMachine:
    """The machine; `pid` is its first process, as this one sees it."""

    pid: int

    def run(self, *words: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run a command there as root."""
        enter = ["nsenter", "--target", str(self.pid), "--mount", "--pid", "--net", "--root"]
        done = subprocess.run(
            [*enter, "--wdns=/srv", "--", *words],
            check=False,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert not check or done.returncode == 0, f"{' '.join(words)}\n{done.stdout}"
        return done

    def install(self, *more: str, check: bool = True) -> str:
        """What the installer says."""
        return self.run(f"{CHECKOUT}/deploy/install", DOMAIN, *more, check=check).stdout

    def path(self, name: str) -> Path:
        """A file of the machine as this one sees it."""
        return Path(f"/proc/{self.pid}/root{name}")

    def write(self, name: str, text: str, mode: int = 0o644) -> None:
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_text(text)
        self.path(name).chmod(mode)

    def asked(self) -> list[str]:
        """What the programs that are played were asked, and forget it."""
        path = self.path("/run/asked")
        words = path.read_text().splitlines() if path.exists() else []
        path.write_text("")
        return words

    def get(self, path: str) -> str:
        """What a browser gets: status line, headers, page; nothing where nobody answers."""
        ask = ["curl", "--silent", "--insecure", "--include", "--max-time", "20"]
        ask += ["--resolve", f"{DOMAIN}:443:127.0.0.1", f"https://{DOMAIN}{path}"]
        return self.run(*ask, check=False).stdout

    def shown_certificate(self) -> str:
        """Whose certificate nginx shows."""
        script = (
            f"openssl s_client -connect 127.0.0.1:443 -servername {DOMAIN} </dev/null 2>/dev/null"
            " | openssl x509 -noout -subject"
        )
        return self.run("sh", "-c", script).stdout

    def running(self) -> dict[str, str]:
        """The web server's and the worker's own processes: command and process number."""
        said = self.run("ps", "-e", "--format", "user=,pid=,ppid=,args=").stdout
        rows = [line.split(maxsplit=3) for line in said.splitlines()]
        blog = {pid: (parent, words) for user, pid, parent, words in rows if user == "bluelog"}
        found = [(words, pid) for pid, (parent, words) in blog.items() if parent not in blog]
        assert len(dict(found)) == len(found), found
        return {" ".join(words.split()[2:4]).removesuffix(" --config"): pid for words, pid in found}


@contextmanager
def quick_machine() -> Iterator[QuickMachine]:
    """The machine without a blog; everything that ran there is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="bluelog-quick-") as name, _living(name) as pid:
        machine = QuickMachine(pid)
        for path, text in _PLAYED.items():
            machine.write(path, text, 0o755)
        for path in _STAND_INS.iterdir():
            machine.write(f"{_PROGRAMS}/{path.name}", path.read_text(), 0o755)
        for how, source, place in (("--bare", PROJECT, SOURCE), ("--quiet", SOURCE, CHECKOUT)):
            trust = ["git", "-c", "safe.directory=*", "clone", "--quiet", "--no-hardlinks"]
            machine.run(*trust, how, str(source), place)
        yield machine


@contextmanager
def _living(folder: str) -> Iterator[int]:
    """Start the first process; with it everything ends that ran there."""
    script = f"ip link set lo up && mount -t tmpfs tmpfs {folder} && mount -t proc proc /proc && "
    for place in _CHANGED:
        inside = f"{folder}/{place}"
        how = f"lowerdir=/{place},upperdir={inside},workdir={inside}.work"
        script += f"mkdir {inside} {inside}.work && mount -t overlay -o {how} overlay /{place} && "
    script += "echo ready && while :; do sleep 0.2; done"
    own = ["--mount", "--pid", "--net", "--fork", "--kill-child", "--propagation", "private"]
    process = subprocess.Popen(
        in_reach(["unshare", *own, "bash", "-c", script]),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        yield child_of(process.pid)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _environment() -> dict[str, str]:
    path = f"{_PROGRAMS}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {"PATH": path, "HOME": "/srv", "LANG": "C.UTF-8"}
