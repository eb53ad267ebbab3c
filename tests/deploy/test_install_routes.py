"""The installer's other ways, and run after run: each heals what the one before left undone."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.deploy.quick_machine import CHECKOUT, DOMAIN, SOURCE, QuickMachine, quick_machine
from tests.postbox import wait_until

pytestmark = pytest.mark.deploy

SETTINGS = "/etc/bluelog/bluelog.env"
SITE = "/etc/nginx/sites-enabled/bluelog"
UNITS = "/etc/systemd/system"
PROGRAMS, CRON = "/etc/supervisor/conf.d/bluelog.conf", "/etc/cron.d/bluelog"
UNCHANGED = "nothing had to be changed"
MANAGERS = ("systemd", "supervisor")


@pytest.fixture(scope="module")
def machine() -> Iterator[QuickMachine]:
    """A machine with a blog."""
    with quick_machine() as machine:
        install(machine)
        yield machine


def install(machine: QuickMachine, *more: str, manager: str = "systemd", check: bool = True) -> str:
    """Run it, with a certificate made there unless something else is said."""
    certificate = () if "--certificate" in more else ("--certificate", "self-signed")
    return machine.install("--process-manager", manager, *certificate, *more, check=check)


def read_by_systemd(machine: QuickMachine, unit: str) -> str:
    """The unit as systemd goes by it."""
    return machine.path(f"/run/stand-in-systemd/read/{unit}").read_text()


def make_certificate(machine: QuickMachine, name: str, subject: str) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-subj", f"/O={subject}", "-addext", f"subjectAltName=DNS:{DOMAIN}"]
    command += ["-keyout", f"/srv/{name}.key", "-out", f"/srv/{name}.pem"]
    machine.run(*command)


def source(machine: QuickMachine, *words: str) -> str:
    return machine.run("git", "-C", SOURCE, *words).stdout.strip()


@pytest.mark.parametrize("manager", MANAGERS)
def test_a_second_run_finds_everything_running_and_lets_it_run(
    machine: QuickMachine, manager: str
) -> None:
    install(machine, manager=manager)
    before = machine.running()
    assert set(before) == {"gunicorn", "flask worker"}
    assert UNCHANGED in install(machine, manager=manager)
    assert machine.running() == before
    assert machine.get("/setup").startswith("HTTP/2 200")


def test_it_ends_with_what_it_leaves_to_the_operator(machine: QuickMachine) -> None:
    choose_no_firewall(machine)
    (left,) = re.findall(r"^Left to you: (.*)$", install(machine), re.MULTILINE)
    assert left.startswith("the firewall (--firewall), keys in the place of SSH's passwords")
    (left,) = re.findall(r"^Left to you: (.*)$", install(machine, "--firewall"), re.MULTILINE)
    assert "firewall" not in left
    choose_no_firewall(machine)


def choose_no_firewall(machine: QuickMachine) -> None:
    choices = machine.path("/etc/bluelog/install.json")
    choices.write_text(choices.read_text().replace('"firewall": true', '"firewall": false'))


def test_under_systemd_everything_begins_with_the_machine(machine: QuickMachine) -> None:
    install(machine)
    for unit in ("web.socket", "web.service", "worker.service", "backup.timer"):
        machine.run("systemctl", "is-enabled", f"bluelog-{unit}")
        machine.run("systemctl", "is-active", f"bluelog-{unit}")
    assert machine.path("/run/bluelog/web.sock").stat().st_mode & 0o777 == 0o660


def test_the_other_process_manager_takes_the_place_of_the_one_before(
    machine: QuickMachine,
) -> None:
    install(machine, manager="systemd")
    install(machine, manager="supervisor")
    assert set(machine.running()) == {"gunicorn", "flask worker"}
    assert list(machine.path(UNITS).glob("bluelog-*")) == []
    for question in ("is-enabled", "is-active"):
        assert machine.run("systemctl", question, "bluelog-web.socket", check=False).returncode
    assert machine.path(CRON).exists()
    assert machine.get("/setup").startswith("HTTP/2 200")
    install(machine, manager="systemd")
    assert set(machine.running()) == {"gunicorn", "flask worker"}
    assert not machine.path(PROGRAMS).exists()
    assert not machine.path(CRON).exists()
    assert "bluelog" not in machine.run("supervisorctl", "status", check=False).stdout
    assert machine.get("/setup").startswith("HTTP/2 200")


@pytest.mark.parametrize("manager", MANAGERS)
def test_what_runs_is_started_anew_for_settings_that_changed_since(
    machine: QuickMachine, manager: str
) -> None:
    install(machine, manager=manager)
    before = machine.running()
    with machine.path(SETTINGS).open("a") as file:
        file.write("# Another word of the operator's.\n")
    install(machine, manager=manager)
    after = machine.running()
    assert set(after) == set(before)
    assert not set(after.values()) & set(before.values())
    assert UNCHANGED in install(machine, manager=manager)


def test_units_that_a_cut_off_run_wrote_are_taken_up_by_the_next(machine: QuickMachine) -> None:
    install(machine)
    before = machine.running()
    unit = machine.path(f"{UNITS}/bluelog-worker.service")
    shipped = unit.read_text()
    unit.write_text(shipped.replace("RestartSec=2", "RestartSec=7"))
    machine.run("systemctl", "daemon-reload")
    assert read_by_systemd(machine, unit.name) != shipped
    unit.write_text(shipped)  # and there it was cut off
    install(machine)
    assert read_by_systemd(machine, unit.name) == shipped
    after = machine.running()
    assert after["flask worker"] != before["flask worker"]
    assert after["gunicorn"] == before["gunicorn"]


def test_programs_that_a_cut_off_run_wrote_are_taken_up_by_the_next(machine: QuickMachine) -> None:
    install(machine, manager="supervisor")
    programs = machine.path(PROGRAMS)
    shipped = programs.read_text()
    programs.write_text(shipped.replace("-m flask worker", "-m flask worker --help"))
    machine.run("supervisorctl", "update")
    programs.write_text(shipped)  # and there it was cut off
    before = machine.running()
    install(machine, manager="supervisor")
    after = machine.running()
    assert set(after) == {"gunicorn", "flask worker"}
    assert after["gunicorn"] == before["gunicorn"]


def test_what_supervisor_writes_lies_where_the_blog_can_put_no_link(machine: QuickMachine) -> None:
    """It is root who opens those files, and anew at each start."""
    install(machine, manager="supervisor")
    script = (
        "find /proc/$(cat /run/supervisord.pid)/fd -lname '/var/log/*' -printf '%l\\n' | sort -u"
    )
    logs = machine.run("sh", "-c", script).stdout.split()
    assert {f"/var/log/supervisor/bluelog/{name}.log" for name in ("web", "worker")} < set(logs)
    for log in logs:
        folders = [str(folder) for folder in Path(log).parents]
        owners = machine.run("stat", "--format=%U", *folders).stdout.split()
        assert set(owners) == {"root"}, log


def test_the_upgrades_look_at_supervisors_files_starts_nothing(machine: QuickMachine) -> None:
    install(machine, manager="supervisor")
    machine.run("supervisorctl", "stop", "bluelog-web", "bluelog-worker")
    machine.write(
        PROGRAMS, machine.path(PROGRAMS).read_text().replace("startsecs=2", "startsecs=1")
    )
    machine.run("supervisorctl", "reread")
    machine.run("/opt/bluelog/current/deploy/configure")
    assert machine.running() == {}
    install(machine, manager="supervisor")
    assert set(machine.running()) == {"gunicorn", "flask worker"}


def test_a_site_that_a_cut_off_run_wrote_is_read_by_nginx_after_the_next(
    machine: QuickMachine,
) -> None:
    install(machine)
    site = machine.path("/etc/nginx/sites-available/bluelog")
    shipped = site.read_text()
    site.write_text(shipped.replace(f"server_name {DOMAIN}", "server_name elsewhere.example.com"))
    machine.run("service", "nginx", "reload")
    wait_until(lambda: not machine.get("/setup").startswith("HTTP/2 200"))
    site.write_text(shipped)  # and there it was cut off
    assert UNCHANGED in install(machine)
    assert machine.get("/setup").startswith("HTTP/2 200")


def test_a_site_that_nginx_refuses_is_taken_back(machine: QuickMachine) -> None:
    install(machine)
    machine.run("rm", SITE, "/etc/nginx/sites-available/bluelog")
    stranger = "/etc/nginx/conf.d/stranger.conf"
    machine.write(stranger, "upstream bluelog_app { server 127.0.0.1:9; }\n")
    said = install(machine, check=False)
    assert 'duplicate upstream "bluelog_app"' in said
    assert "again what they were before." in said
    assert "The blog runs at" not in said
    assert not machine.path(SITE).is_symlink()
    machine.run("nginx", "-t")
    machine.run("rm", stranger)
    install(machine)
    assert machine.get("/setup").startswith("HTTP/2 200")


def test_a_name_that_another_site_has_taken_is_no_success(machine: QuickMachine) -> None:
    install(machine)
    make_certificate(machine, "stranger", "A Stranger")
    machine.write(
        "/etc/nginx/sites-enabled/a-stranger",
        f"server {{ listen 443 ssl; server_name {DOMAIN}; return 200 stranger;"
        " ssl_certificate /srv/stranger.pem; ssl_certificate_key /srv/stranger.key; }\n",
    )
    said = install(machine, check=False)
    machine.run("rm", "/etc/nginx/sites-enabled/a-stranger")
    assert f"nginx does not serve https://{DOMAIN} as it should" in said
    assert "The blog runs at" not in said
    assert UNCHANGED in install(machine)


def test_the_operators_own_certificate_is_found_from_anywhere(machine: QuickMachine) -> None:
    make_certificate(machine, "own", "The Lantern")
    install(machine, "--certificate", "own.pem,own.key")  # in /srv
    assert "O = The Lantern" in machine.shown_certificate()
    link = machine.run("readlink", "/etc/bluelog/tls/privkey.pem").stdout
    assert link == "/srv/own.key\n"
    script = f"cd / && {CHECKOUT}/deploy/install {DOMAIN}"
    assert UNCHANGED in machine.run("sh", "-c", script).stdout


def test_a_certificate_without_its_key_is_refused_before_anything_is_led_to_it(
    machine: QuickMachine,
) -> None:
    install(machine)
    make_certificate(machine, "own", "The Lantern")
    make_certificate(machine, "other", "Another")
    said = install(machine, "--certificate", "own.pem,other.key", check=False)
    assert "/srv/other.key is not the key of /srv/own.pem" in said
    said = install(machine, "--certificate", "own.pem,no.key", check=False)
    assert said.strip() == "There is no /srv/no.key."
    assert "The Lantern" not in machine.shown_certificate()
    assert UNCHANGED in install(machine)


def test_lets_encrypt_comes_by_the_port_that_the_firewall_has_opened(
    machine: QuickMachine,
) -> None:
    machine.run("rm", "-rf", "/etc/ufw-on", "/etc/ufw-rules", f"/etc/letsencrypt/live/{DOMAIN}")
    machine.write("/run/name-leads-elsewhere", "")
    machine.asked()
    wishes = ("--certificate", "letsencrypt", "--firewall", "--email", "ada@example.com")
    said = install(machine, *wishes)
    assert "There is none yet" in said
    assert "The blog runs at" in said
    orders = [words for words in machine.asked() if not words.startswith("systemctl")]
    assert orders == [
        *("ufw allow 2222/tcp", "ufw allow 80/tcp", "ufw allow 443/tcp", "ufw --force enable"),
        f"certbot certonly {DOMAIN} ada@example.com",
    ]
    machine.run("rm", "/run/name-leads-elsewhere")
    install(machine, *wishes)
    assert "O = Let's Encrypt's part" in machine.shown_certificate()
    assert UNCHANGED in install(machine, *wishes)


def test_the_doctor_knows_how_a_certificate_is_had_here(machine: QuickMachine) -> None:
    machine.run("rm", "-rf", f"/etc/letsencrypt/live/{DOMAIN}")
    machine.write("/etc/hosts", f"127.0.0.1 localhost {DOMAIN}\n")
    install(machine, "--email", "ada@example.com")
    look = ".venv/bin/flask doctor --json --only certificate"
    script = f"cd /opt/bluelog/current && runuser -u bluelog -- {look}"
    said = machine.run("sh", "-c", script, check=False).stdout
    (finding,) = json.loads(said[said.index("{") :])["findings"]
    assert "self-signed" in finding["words"]
    sudo, *command = finding["command"].split()
    assert sudo == "sudo"
    machine.run(*command)
    assert "O = Let's Encrypt's part" in machine.shown_certificate()


def test_a_firewall_that_is_on_gets_the_web_and_keeps_its_rules_for_ssh(
    machine: QuickMachine,
) -> None:
    machine.write("/etc/ufw-on", "")
    machine.write("/etc/ufw-rules", "ufw limit from 203.0.113.7 to any port 2222\n")
    machine.asked()
    install(machine, "--firewall")
    orders = [words for words in machine.asked() if words.startswith("ufw")]
    assert orders == ["ufw allow 80/tcp", "ufw allow 443/tcp"]


def test_a_release_may_be_named_by_a_tag_or_the_beginning_of_its_id(machine: QuickMachine) -> None:
    install(machine)
    present = source(machine, "rev-parse", "HEAD")
    source(machine, "tag", "--force", "first-lantern", present)
    for name in ("first-lantern", present[:9], present):
        assert UNCHANGED in install(machine, "--commit", name)
    before = source(machine, "rev-parse", "HEAD~1")
    said = install(machine, "--commit", before[:9], check=False)
    assert f"{present} runs here. To go on to another: deploy/upgrade {before}" in said
    said = install(machine, "--commit", "no-such-lantern", check=False)
    assert "knows a commit 'no-such-lantern'" in said


def test_an_address_that_is_said_takes_the_place_of_the_one_before(machine: QuickMachine) -> None:
    def address() -> list[str]:
        return re.findall(r"^BLUELOG_EMAIL=(.*)$", machine.path(SETTINGS).read_text(), re.MULTILINE)

    install(machine, "--email", "ada@example.com")
    before = machine.running()
    said = install(machine, "--email", "eve@example.com")
    assert "eve@example.com in the place of ada@example.com" in said
    assert address() == ["eve@example.com"]
    assert not set(machine.running().values()) & set(before.values())
    text = machine.path(SETTINGS).read_text().replace("eve@example.com", "bob@example.com")
    machine.path(SETTINGS).write_text(text)
    install(machine)
    assert address() == ["bob@example.com"]


def test_a_dry_run_changes_nothing_wherever_a_run_was_cut_off() -> None:
    """Killed again and again from the first act on, the next run leads to the end."""
    with quick_machine() as machine:
        present = source(machine, "rev-parse", "HEAD")
        source(machine, "tag", "first-lantern", present)
        how = ("--process-manager", "systemd", "--certificate", "self-signed")
        words = [f"{CHECKOUT}/deploy/install", DOMAIN, *how, "--commit", "first-lantern"]
        for seconds in (0.4, 1, 2, 3, 5, 8):
            machine.run("timeout", "--signal=KILL", str(seconds), *words, check=False)
            before = settled(machine)
            machine.run(*words, "--dry-run", check=False)
            assert state(machine) == before
        assert "The blog runs at" in machine.run(*words).stdout
        assert UNCHANGED in machine.run(*words).stdout
        assert set(machine.running()) == {"gunicorn", "flask worker"}
        assert machine.run("readlink", "/opt/bluelog/current").stdout.strip().endswith(present)


def settled(machine: QuickMachine) -> str:
    """Its state when what the killed one had started has come to its end."""
    seen: list[str] = []
    while len(seen) < 2 or seen[-1] != seen[-2]:
        time.sleep(1)
        with suppress(AssertionError):  # one server takes over from another
            seen.append(state(machine))
    return seen[-1]


def state(machine: QuickMachine) -> str:
    """Every file that an installation touches, as it is, and what runs."""
    places = ("/etc", "/opt", "/var/www", "/var/lib/bluelog")
    look = ("find", *places, "-not", "-type", "d", "-printf", "%p %m %u %T@ %l\\n")
    return machine.run(*look, check=False).stdout + str(machine.running())
