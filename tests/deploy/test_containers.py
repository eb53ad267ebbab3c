"""Dockerfile, compose file and Procfile, held to the app and to the files that they name."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import click
import pytest
import yaml
from flask import Flask
from flask_migrate.cli import db as migrate_commands

from bluelog import cli
from bluelog.settings import SETTINGS, ProductionConfig
from deploy import alive, writing
from deploy.fill import Site, nginx_files
from tests.architecture.sources import PROJECT
from tests.deploy.dockerfile import stages

SITE = Site("blog.example.com")
SECRETS = {
    "DOMAIN": SITE.domain,
    "SECRET_KEY": "a-key-for-this-test-only",
    "POSTGRES_PASSWORD": "p",
}
COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
PROCESSES = dict(
    line.split(": ", 1) for line in (PROJECT / "Procfile").read_text("utf-8").splitlines()
)
OF_THE_BLOG = ("migrate", "web", "worker")


def may_enter(name: str) -> bool:
    """Whether .dockerignore lets a file of the project into an image."""
    lines = (PROJECT / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in lines
    return name.partition("/")[0] in {line[1:] for line in lines if line.startswith("!")}


def test_what_is_copied_is_there_and_let_in() -> None:
    """COPY takes from the project or from a stage before."""
    names = list(stages())
    for number, (name, stage) in enumerate(stages().items()):
        for words in stage.all("COPY"):
            *sources, _ = words.split()
            origin = sources[0].removeprefix("--from=") if "--from=" in sources[0] else ""
            assert not origin or origin in names[:number], (name, words)
            for source in sources if not origin else []:
                assert (PROJECT / source).exists(), words
                assert source == "." or may_enter(source), words


def test_neither_secrets_nor_data_nor_tests_enter_an_image() -> None:
    for name in (".env", ".git", ".venv", "data", "logs", "tests", "bench", "docs"):
        assert not may_enter(name)
    for name in ("wsgi.py", "bluelog", "deploy", "migrations", "Pipfile", "Pipfile.lock"):
        assert (PROJECT / name).exists()
        assert may_enter(name)


def test_the_image_of_the_blog_is_what_is_built_when_no_stage_is_named() -> None:
    assert list(stages())[-1] == "blog"


def test_an_image_has_a_python_that_the_blog_runs_on_and_no_packages_of_its_makers() -> None:
    found = re.match(r"python:(\d+)\.(\d+)-slim", stages()["python"].base)
    assert found is not None
    assert (int(found[1]), int(found[2])) >= (3, 12)
    (sync,) = [words for words in stages()["packages"].all("RUN") if "pipenv sync" in words]
    assert "--dev" not in sync
    assert '--categories "$CATEGORIES"' in sync
    assert 'CATEGORIES="packages"' in stages()["packages"].all("ARG")


def test_the_blog_is_nobody_of_importance() -> None:
    (user,) = stages()["blog"].all("USER")
    number = user.partition(":")[0]
    assert int(number) >= 1000
    (run,) = stages()["blog"].all("RUN")
    assert f"useradd --uid {number}" in run
    assert all("--chown" not in words for words in stages()["blog"].all("COPY"))


def test_the_blog_answers_where_its_health_is_asked_for() -> None:
    blog = stages()["blog"]
    port = blog.environment()["PORT"]
    assert blog.all("EXPOSE") == [port]
    assert blog.words("HEALTHCHECK") == ["python", "-m", alive.__name__]
    assert f"127.0.0.1:{port}" in SERVICES["web"]["command"]


def test_the_places_in_the_image_are_those_of_the_servers_files() -> None:
    blog = stages()["blog"]
    assert blog.all("WORKDIR") == [str(SITE.current)]
    assert blog.environment()["BLUELOG_DATA_DIR"] == str(SITE.data)
    (run,) = blog.all("RUN")
    assert all(str(place) in run for place in (SITE.data, SITE.uploads, SITE.run))
    copied = " ".join(stages()["nginx"].all("COPY"))
    assert all(
        f" {place}" in copied for place in (SITE.current / "assets", "/usr/local/bin/start-nginx")
    )
    assert str(SITE.cache) in " ".join(stages()["nginx"].all("RUN"))
    assert SERVICES["nginx"]["tmpfs"] == f"{SITE.nginx_run}:mode=0700"


def test_every_setting_in_the_image_is_one() -> None:
    known = {setting.name for setting in SETTINGS}
    for name in stages()["blog"].environment():
        assert name in known or not name.startswith(("BLUELOG_", "MAIL_"))


def test_nginx_starts_with_a_certificate_where_its_site_looks_for_one() -> None:
    script = (PROJECT / "deploy/container/start-nginx").read_text("utf-8")
    assert f"folder={SITE.certificate.parent}\n" in script
    for path in (SITE.certificate, SITE.certificate_key):
        assert path.name in script
    assert stages()["nginx"].words("CMD") == ["start-nginx"]


@pytest.mark.parametrize("name", OF_THE_BLOG)
def test_compose_builds_the_blog_for_the_database_that_it_has(name: str) -> None:
    build = SERVICES[name]["build"]
    assert build["target"] in stages()
    assert set(build["args"]) <= {
        words.partition("=")[0] for words in stages()["packages"].all("ARG")
    }
    assert "postgres" in build["args"]["CATEGORIES"].split()


def test_compose_builds_nginx_with_what_its_site_is_filled_with() -> None:
    build = SERVICES["nginx"]["build"]
    declared = {words.partition("=")[0] for words in stages()["site"].all("ARG")}
    assert set(build["args"]) == declared


@pytest.mark.parametrize("name", OF_THE_BLOG)
def test_the_settings_of_compose_are_all_that_production_asks_for(name: str) -> None:
    given = {key: filled(value) for key, value in SERVICES[name]["environment"].items()}
    config = ProductionConfig({**stages()["blog"].environment(), **given, **SECRETS})
    assert config.BLUELOG_PROXY_COUNT == 1
    assert config.SERVER_NAME == "blog.example.com"
    assert SERVICES[name]["env_file"] == ".env"


def filled(value: str) -> str:
    """As Compose fills it in from .env."""
    return re.sub(r"\$\{(\w+)(?::[?-][^}]*)?\}", lambda found: SECRETS[found[1]], value)


def test_compose_asks_for_nothing_that_the_guide_does_not_put_into_the_settings() -> None:
    guide = (PROJECT / "docs/deploy/containers.md").read_text("utf-8")
    asked = set(re.findall(r"\$\{(\w+):\?", (PROJECT / "compose.yaml").read_text("utf-8")))
    assert asked | {"SECRET_KEY"} == set(SECRETS)
    assert all(f"{name}=" in guide for name in SECRETS)


def test_web_and_worker_wait_for_the_migrations_and_these_for_the_database() -> None:
    done = {"migrate": {"condition": "service_completed_successfully"}}
    assert SERVICES["web"]["depends_on"] == SERVICES["worker"]["depends_on"] == done
    assert SERVICES["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert SERVICES["nginx"]["depends_on"] == {"web": {"condition": "service_healthy"}}
    assert "healthcheck" in SERVICES["database"]
    assert SERVICES["migrate"]["restart"] == "no"


def test_nginx_and_the_blog_meet_in_the_volumes_that_both_have() -> None:
    def places(name: str) -> dict[str, str]:
        mounts = (volume.split(":")[:2] for volume in SERVICES[name]["volumes"])
        return {place: volume for volume, place in mounts}

    assert f"unix:{SITE.socket}" in SERVICES["web"]["command"]
    for place in (str(SITE.data), str(SITE.run)):
        assert places("nginx")[place] == places("web")[place] == places("worker")[place]
    assert places("nginx")[str(SITE.certificate.parent)] == "tls"
    challenges = str(SITE.www / ".well-known/acme-challenge")
    assert places("nginx")[challenges] == places("certbot")[challenges]
    named = {volume for name in SERVICES for volume in places(name).values()}
    assert named == set(COMPOSE["volumes"])


def test_only_nginx_is_open_to_the_outside() -> None:
    assert {name for name in SERVICES if "ports" in SERVICES[name]} == {"nginx"}
    assert SERVICES["nginx"]["ports"] == ["80:80", "443:443"]
    assert stages()["nginx"].all("EXPOSE") == ["80 443"]


def test_every_command_is_one() -> None:
    commands = [SERVICES[name]["command"] for name in OF_THE_BLOG]
    commands += [SERVICES["worker"]["healthcheck"]["test"][1:], stages()["blog"].words("CMD")]
    commands += [line.split() for line in PROCESSES.values()]
    assert set(PROCESSES) == {"release", "web", "worker"}
    for command in commands:
        if command[0] == "flask":
            expect_flask(command[1:])
        else:
            assert command[:2] == ["gunicorn", "--config"]
            assert (PROJECT / command[2]).is_file()


def expect_flask(words: list[str]) -> None:
    app = Flask("containers")
    cli.init_app(app)
    context = click.Context(app.cli)
    command = migrate_commands if words[0] == "db" else app.cli.get_command(context, words[0])
    assert command is not None
    if isinstance(command, click.Group):
        assert words[1] in command.commands


def test_a_platform_has_time_to_end_what_is_under_way() -> None:
    config = (PROJECT / "deploy/gunicorn.conf.py").read_text("utf-8")
    found = re.search(r"graceful_timeout = (\d+)", config)
    assert found is not None
    for name in ("web", "worker"):
        assert int(SERVICES[name]["stop_grace_period"].removesuffix("s")) > int(found[1])


@contextmanager
def answering(status: int) -> Iterator[str]:
    """A server on loopback that says this of its health; its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield str(server.server_port)
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (404, 1), (308, 1)])
def test_a_container_is_well_when_its_health_address_says_so(
    monkeypatch: pytest.MonkeyPatch, status: int, code: int
) -> None:
    with answering(status) as port:
        monkeypatch.setenv("PORT", port)
        assert alive.main() == code
    assert alive.main() == 1  # nobody answers any more


def test_the_shipped_files_can_be_written_under_another_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["write", SITE.domain, "nginx", "--under", str(tmp_path)])
    assert writing.main() == 0
    written = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert {Path("/") / path.relative_to(tmp_path) for path in written} == set(nginx_files(SITE))
    site = tmp_path / "etc/nginx/sites-available/bluelog"
    assert f"server_name {SITE.domain};" in site.read_text("utf-8")
