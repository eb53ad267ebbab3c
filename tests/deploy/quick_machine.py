"""A machine that stands in seconds: this one's programs, in files and a network of its own.

nginx, Supervisor, git, the releases and their database are real. What cannot be had here is played:
systemd, Let's Encrypt, the firewall and sshd, by programs that write down what they were asked.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.architecture.sources import PROJECT
from tests.deploy.machine import PIPENV, PLAYED, WAITS, Machine, changing, living
from tests.deploy.reach import in_reach

DOMAIN = "blog.example.com"
SOURCE, CHECKOUT = "/srv/bluelog.git", "/srv/checkout"
_STAND_INS = Path(__file__).parent / "stand_ins"
_CHANGED = ("etc", "opt", "run", "srv", "var")
_PLAYED = {
    f"{PLAYED}/dpkg": "#!/bin/sh\n# Nothing was cut off.\n",
    f"{PLAYED}/dpkg-query": "#!/bin/sh\necho install ok installed\n",
    f"{PLAYED}/sshd": "#!/bin/sh\necho port 2222\n",
    "/etc/init.d/cron": "#!/bin/sh\n# It runs.\n",
    "/opt/bluelog/tools/bin/pipenv": PIPENV,
}


class QuickMachine(Machine):
    """The machine; it has its own view of the network too."""

    views = ("--mount", "--pid", "--net", "--root", "--wdns=/srv")
    home = "/srv"

    def install(self, *more: str, check: bool = True) -> str:
        """What the installer says."""
        return self.run(f"{CHECKOUT}/deploy/install", DOMAIN, *more, check=check).stdout

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
            machine.write(f"{PLAYED}/{path.name}", path.read_text(), 0o755)
        for how, source, place in (("--bare", PROJECT, SOURCE), ("--quiet", SOURCE, CHECKOUT)):
            trust = ["git", "-c", "safe.directory=*", "clone", "--quiet", "--no-hardlinks"]
            machine.run(*trust, how, str(source), place)
        yield machine


@contextmanager
def _living(folder: str) -> Iterator[int]:
    """Start the first process; with it everything ends that ran there."""
    script = f"ip link set lo up && {changing(folder, _CHANGED)}{WAITS}"
    own = ["--mount", "--pid", "--net", "--fork", "--kill-child", "--propagation", "private"]
    with living(in_reach(["unshare", *own, "bash", "-c", script])) as pid:
        yield pid
