"""The guide's own lines, run as they stand there: by hand, back from a lost disk, what to do when.

Supervisor takes the place of systemd, which a machine inside this one cannot have.
"""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.deploy.releases import BREAKS_AFTER_A_LOSS, WELL
from tests.deploy.small_machine import DOMAIN, SmallMachine, empty_machine, small_machine
from tests.deploy.test_upgrade_cut_off import POSTS, assert_serves, cut
from tests.documents.guides import twins

pytestmark = pytest.mark.deploy

GUIDE = twins("vps")[0]
ARCHIVE = "bluelog-20260801T031500Z.tar.gz"
# What plays sudo for somebody who is root already.
SUDO = """\
#!/bin/sh
[ "$1" = -u ] && { shift; user=$1; shift; exec runuser -u "$user" -- "$@"; }
exec "$@"
"""

# What the guide says of Supervisor: its name for systemd's, without the socket.
SYSTEMCTL = """\
#!/bin/sh
for word; do shift; [ "$word" = bluelog-web.socket ] || set -- "$@" "$word"; done
exec supervisorctl "$@"
"""


@pytest.fixture(scope="module")
def machine() -> Iterator[SmallMachine]:
    with small_machine() as machine:
        play_root(machine)
        yield machine


@pytest.fixture(scope="module", autouse=True)
def archived(machine: SmallMachine) -> tuple[bytes, str]:
    """A backup from before any other test, which may bring a release that nobody else has."""
    made = re.search(r"Archive:\s+(\S+)", machine.flask("backup"))
    assert made
    return machine.path(made[1]).read_bytes(), machine.rows(POSTS)


def play_root(machine: SmallMachine) -> None:
    machine.write("/srv/bin/sudo", SUDO, 0o755)
    machine.write("/srv/bin/systemctl", SYSTEMCTL, 0o755)


def blocks(chapter: str) -> list[str]:
    """The shell's blocks of a chapter, or of what stands under a smaller heading."""
    found = re.search(rf"^(#+) {re.escape(chapter)}$", GUIDE.text, re.MULTILINE)
    assert found, chapter
    rest = GUIDE.text[found.end() :]
    part = re.split(rf"^#{{1,{len(found[1])}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"```sh\n(.*?)```", part, re.DOTALL)


def run(machine: SmallMachine, script: str, typed: str = "") -> str:
    done = attempt(machine, f"printf '{typed}' | {{ {script.strip()}; }}" if typed else script)
    assert done.returncode == 0, done.stdout
    return done.stdout


def attempt(machine: SmallMachine, script: str) -> "subprocess.CompletedProcess[str]":
    """As pasted: an operator's shell goes on after a line that fails."""
    return machine.run("bash", "-c", f"umask 022\n{script}", check=False)


def answer(question: str) -> str:
    (line,) = blocks(question)
    return line


@pytest.fixture
def newest(machine: SmallMachine) -> Iterator[str]:
    """What the repository has that no release is made of yet."""
    newest = machine.change(WELL)
    machine.follow(newest)
    machine.run("rm", "-rf", f"/opt/bluelog/releases/{newest}")
    yield newest
    assert machine.release != newest


def update() -> str:
    """The lines of an update by hand, under Supervisor."""
    build, step, supervisor = blocks("By hand")
    return build + with_last_lines(step, supervisor)


def with_last_lines(block: str, other: str) -> str:
    count = len(other.splitlines())
    return "".join([*block.splitlines(keepends=True)[:-count], other])


def test_an_update_by_hand_and_its_way_back(machine: SmallMachine, newest: str) -> None:
    before, posts = machine.release, machine.rows(POSTS)
    said = run(machine, update())
    machine.wait_until_served()
    assert machine.release == newest
    assert WELL.mark in machine.page("/about")
    assert machine.rows(POSTS) == posts
    assert f"{newest} runs already" in machine.deploy("upgrade").stdout
    machine.rows("UPDATE post SET title = 'Written since'")
    made = re.search(rf"{before}\n(?:.*\n)*?Archive:\s+\S+/(\S+)", said)
    assert made
    (back,) = blocks("Back, by hand")
    back = with_last_lines(back, blocks("By hand")[-1])
    run(machine, back.replace("COMMIT", before).replace(ARCHIVE, made[1]))
    machine.wait_until_served()
    assert_serves(machine, before, posts)
    assert not machine.has_table("upgraded")


@pytest.mark.parametrize(
    "line",
    ["repository fetch", "repository archive", "bin/pipenv", "flask backup", "flask db upgrade"],
)
def test_an_update_by_hand_ends_where_a_line_fails(
    machine: SmallMachine, newest: str, line: str
) -> None:
    before, posts = machine.release, machine.rows(POSTS)
    done = attempt(machine, update().replace(line, f"{line}-no-such"))
    assert done.returncode != 0
    assert "-no-such" in done.stdout
    assert_serves(machine, before, posts)
    assert not machine.has_table("upgraded")
    assert newest not in machine.run("readlink", "/opt/bluelog/current").stdout


def test_back_from_a_lost_disk(machine: SmallMachine, archived: tuple[bytes, str]) -> None:
    """A new server, where nothing is but the settings that were kept and, then, the archive."""
    archive, posts = archived
    (see,) = [block for block in blocks("8. Backups") if "cat /etc/bluelog" in block]
    kept = run(machine, see)
    assert "SECRET_KEY=" in kept
    with switched_off(machine), empty_machine(kept) as new:
        play_root(new)
        new.run("test", "!", "-e", "/var/lib/bluelog/bluelog.db")
        assert "Set it up in the browser" in new.install().stdout
        new.write(f"/root/{ARCHIVE}", "")
        new.path(f"/root/{ARCHIVE}").write_bytes(archive)
        *_, back = blocks("Back from a lost disk")
        run(new, back)
        new.wait_until_served()
        assert new.rows(POSTS) == posts
        assert new.path("/etc/bluelog/bluelog.env").read_text() == kept


@contextmanager
def switched_off(machine: SmallMachine) -> Iterator[None]:
    """As far as others see: two of them share this one's ports."""
    machine.run("service", "nginx", "stop")
    yield
    machine.run("service", "nginx", "start")


def test_somebody_elses_key_is_let_in_from_windows(machine: SmallMachine) -> None:
    """PowerShell ends the line that it hands on as Windows does."""
    found = re.search(r'\| ssh ada@203\.0\.113\.7 "(.*)"', GUIDE.text)
    assert found
    home = "mkdir -p /srv/ada; cd /srv/ada"
    machine.run("sh", "-c", f"{home}; printf 'ssh-ed25519 AAAA ada\\r\\n' | sh -c '{found[1]}'")
    look = machine.run("stat", "--format=%a", "/srv/ada/.ssh", "/srv/ada/.ssh/authorized_keys")
    assert look.stdout.split() == ["700", "600"]


def test_a_lost_password(machine: SmallMachine) -> None:
    said = run(machine, answer("The administrator's password is lost"), TYPED)
    assert "ada" in said


TYPED = "ada\\na-new-lantern-43\\na-new-lantern-43\\n"


def test_no_mail(machine: SmallMachine) -> None:
    done = machine.run("sh", "-c", answer("No mail arrives"), check=False)
    assert done.returncode in (1, 2), done.stdout
    assert "MAIL_SERVER" in done.stdout or "BLUELOG_EMAIL" in done.stdout


def test_a_full_disk(machine: SmallMachine) -> None:
    folder = "/var/lib/bluelog/backups"
    names = [f"bluelog-2026070{day}T031500Z.tar.gz" for day in range(1, 6)]
    for number, name in enumerate(names):
        machine.run("touch", "--date", f"2026-07-0{number + 1}", f"{folder}/{name}")
    machine.write("/srv/bin/journalctl", "#!/bin/sh\n", 0o755)
    run(machine, answer("The disk is full"))
    left = [each.name for each in machine.path(folder).glob("bluelog-2*.tar.gz")]
    assert len(left) == 3
    assert not {names[0], names[1]} & set(left)


def test_a_bad_upgrade_and_one_that_was_cut_off(machine: SmallMachine) -> None:
    before, posts = machine.release, machine.rows(POSTS)
    newest = machine.change(BREAKS_AFTER_A_LOSS)
    cut(machine, "journal.keep after 2", "upgrade", newest)
    machine.follow(before)
    run(machine, answer("An upgrade was cut off"))
    assert_serves(machine, before, posts)


def test_the_blog_is_down(machine: SmallMachine) -> None:
    machine.run("supervisorctl", "stop", "bluelog-web", "bluelog-worker")
    assert machine.page("/about") == ""
    run(machine, f"sudo supervisorctl restart bluelog-web bluelog-worker # {DOMAIN}")
    machine.wait_until_served()
