"""What the shipped files promise, line by line: taking one away is a decision, and no slip."""

import re
import runpy
from configparser import ConfigParser

import pytest

from deploy import choices
from deploy.choices import Choices, site_of, version_of
from deploy.fill import HERE, Site, nginx_files, systemd_files

SITE = Site("blog.example.com")
UNITS = {path.name: text for path, text in systemd_files(SITE).items()}
ADDED = SITE.units / "nginx.service.d/bluelog.conf"
SERVICES = [name for name in UNITS if name.endswith(".service")]
SHUT = {"ProtectSystem": "strict", "NoNewPrivileges": "yes", "PrivateTmp": "yes"}


def section(unit: str, name: str) -> dict[str, str]:
    parser = ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(UNITS[unit])
    return dict(parser[name])


def weight(service: str) -> int:
    """Of the cores, in systemd's measure, where a service has 100 that says nothing."""
    return int(section(service, "Service").get("CPUWeight", "100"))


@pytest.mark.parametrize("unit", SERVICES)
def test_a_service_is_shut_in_and_cannot_take_all_memory(unit: str) -> None:
    found = section(unit, "Service")
    assert {name: found.get(name) for name in SHUT} == SHUT
    assert 0 < int(found["MemoryMax"].removesuffix("%")) <= 60
    assert int(found["TasksMax"]) > 0


def test_readers_are_answered_before_pages_are_made_and_those_before_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(UNITS, "nginx.service", nginx_files(SITE)[ADDED])
    services = ["nginx.service", *(f"bluelog-{name}.service" for name in ("web", "worker"))]
    weights = [weight(service) for service in services]
    assert weights == sorted(set(weights), reverse=True)
    assert weight("bluelog-backup.service") <= weights[-1]


@pytest.mark.parametrize("unit", ["bluelog-web.service", "bluelog-worker.service"])
def test_what_serves_is_started_again_for_ever(unit: str) -> None:
    assert section(unit, "Service")["Restart"] == "always"
    assert section(unit, "Unit")["StartLimitIntervalSec"] == "0"


def test_workers_are_replaced_by_and_by_and_never_all_at_once() -> None:
    said = runpy.run_path(str(HERE / "gunicorn.conf.py"))
    assert said["max_requests"] > 0
    assert said["max_requests_jitter"] >= said["max_requests"] / 10
    assert said["workers"] >= 2
    until_killed = section("bluelog-web.service", "Service")["TimeoutStopSec"]
    assert said["graceful_timeout"] < int(until_killed)


@pytest.mark.parametrize(
    ("version", "wanted", "unwanted"),
    [
        ((1, 22, 1), "ssl http2", "http2 on;"),
        ((1, 25, 0), "ssl http2", "http2 on;"),
        ((1, 25, 1), "http2 on;", "ssl http2"),
        ((1, 26), "http2 on;", "ssl http2"),
    ],
)
def test_http2_is_told_to_each_nginx_in_its_own_words(
    version: tuple[int, ...], wanted: str, unwanted: str
) -> None:
    files = nginx_files(Site("blog.example.com", nginx_version=version))
    sites = [text for path, text in files.items() if "sites-available" in str(path)]
    assert len(sites) == 2
    for text in sites:
        assert wanted in text
        assert unwanted not in text
        servers = len(re.findall(r"listen [^;]*ssl", text))
        assert servers == text.count(wanted) * (2 if wanted.startswith("http2") else 1)


def test_nginx_is_asked_for_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    assert version_of("nginx version: nginx/1.26.3 (Ubuntu)") == (1, 26, 3)
    assert version_of("") == ()

    def missing(_: object) -> str:
        raise FileNotFoundError

    for run, found in ((lambda _: "nginx version: nginx/1.27.0", (1, 27, 0)), (missing, (1, 22))):
        monkeypatch.setattr(choices, "run", run)
        assert site_of(Choices("blog.example.com", "")).nginx_version == found
