"""The shipped files, held to the app they stand before and to the programs that read them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from bluelog.settings import ProductionConfig
from bluelog.web.static import asset
from bluelog.web.visitor import THEMES
from deploy import assets
from deploy.fill import HERE, UNITS, Site, fill, nginx_files, supervisor_files, systemd_files
from deploy.settings_file import max_body_bytes
from tests.architecture.sources import PACKAGE, PROJECT
from tests.certificate import make_certificate
from tests.postbox import free_port

SITE = (HERE / "nginx/bluelog.conf").read_text("utf-8")
# What pages for strangers may be asked with: everything else is dropped on the way to them.
KNOWN = {"lang", "before", "after", "page", "notice"}
PRODUCTION = {
    "SECRET_KEY": "a-key-for-this-test-only",
    "BLUELOG_URL": "https://blog.example.com",
    "BLUELOG_PROXY_COUNT": "1",
}


def test_the_site_knows_the_parameters_that_readers_pages_know() -> None:
    assert set(re.findall(r"map \$arg_(\w+) ", SITE)) == KNOWN


def test_no_readers_page_asks_for_a_parameter_that_the_site_drops() -> None:
    files = [*(PACKAGE / "blueprints/blog").glob("*.py"), *(PACKAGE / "web").glob("*.py")]
    asked = {
        name
        for path in files
        for name in re.findall(r'request\.args\.get(?:list)?\("(\w+)"', path.read_text("utf-8"))
    }
    assert asked <= KNOWN


def test_the_site_knows_the_themes() -> None:
    chosen = re.search(r"map \$cookie_theme \$bluelog_theme \{(.*?)\}", SITE, re.DOTALL)
    assert chosen is not None
    assert set(re.findall(r"\b(\w+);", chosen.group(1))) == set(THEMES)


def test_what_looks_like_a_session_is_one_in_production() -> None:
    name = ProductionConfig(PRODUCTION).SESSION_COOKIE_NAME
    looks = re.search(r'\$bluelog_has_session \{ default 0; "~(\w+)" 1; \}', SITE)
    assert looks is not None
    assert looks.group(1) in name


def test_nginx_takes_bodies_as_large_as_the_app_does() -> None:
    settings = {**PRODUCTION, "BLUELOG_MAX_UPLOAD_BYTES": "3000000"}
    for given in (PRODUCTION, settings):
        app = ProductionConfig(given)
        assert max_body_bytes(given) == app.MAX_CONTENT_LENGTH + app.BLUELOG_MAX_UPLOAD_BYTES


def test_assets_are_laid_out_under_the_names_that_pages_use(tmp_path: Path, site: Flask) -> None:
    shutil.copytree(PACKAGE / "static", tmp_path / "bluelog" / "static")
    assets.lay_out(tmp_path)
    with site.test_request_context():
        address = asset("css/reader.css")
    laid_out = tmp_path / "assets" / address.removeprefix("/static/")
    assert laid_out.read_bytes() == (PACKAGE / "static/css/reader.css").read_bytes()
    assert laid_out.with_name(f"{laid_out.name}.gz").is_file()


def test_every_name_is_filled_in() -> None:
    site = Site("blog.example.com")
    filled = {**nginx_files(site), **systemd_files(site), **supervisor_files(site)}
    assert [path for path, text in filled.items() if re.search(r"@[A-Z_]+@", text)] == []


def test_no_two_parts_of_the_headers_to_the_app_have_the_same_name() -> None:
    """nginx would send both, and the app would believe the wrong one."""
    included = (HERE / "nginx/proxy.conf").read_text("utf-8")
    text = SITE.replace("include @SNIPPETS@/proxy.conf;", included)
    locations = re.findall(r"\n    location [^\n]*\{\n(.*?)\n    \}(?=\n)", text, re.DOTALL)
    proxying = [part for part in locations if "proxy_pass " in part]
    assert len(proxying) == SITE.count("proxy_pass ")
    for part in proxying:
        sent = re.findall(r"proxy_set_header (\S+)", part)
        assert len(set(sent)) == len(sent), part


def test_what_is_loaded_before_the_fork_has_no_thread_and_no_database(tmp_path: Path) -> None:
    settings = {
        **PRODUCTION,
        "BLUELOG_DATA_DIR": str(tmp_path),
        "BLUELOG_LOGGING_PATH": "stream",
        "BLUELOG_EMAIL": "operator@example.com",
        "MAIL_SERVER": "127.0.0.1",
    }
    environment = {"PATH": os.environ["PATH"], **settings}
    command = [sys.executable, "-c", _LOADED]
    done = subprocess.run(
        command, check=True, cwd=PROJECT, env=environment, capture_output=True, text=True
    )
    assert done.stdout.split() == ["MainThread"]


_LOADED = """
import os, threading
from pathlib import Path
from wsgi import app
opened = (os.readlink(path) for path in Path("/proc/self/fd").iterdir() if path.exists())
print(*(thread.name for thread in threading.enumerate()))
print(*(name for name in opened if ".db" in name or "socket" in name))
"""


@pytest.mark.deploy
def test_systemd_finds_nothing_to_say_of_the_units(tmp_path: Path) -> None:
    interpreter = tmp_path / "current/.venv/bin/python"
    interpreter.parent.mkdir(parents=True)
    interpreter.symlink_to(shutil.which("true") or "/bin/true")
    site = Site("blog.example.com", current=tmp_path / "current")
    for name in UNITS:
        unit = fill((HERE / "systemd" / name).read_text("utf-8"), site)
        (tmp_path / name).write_text(unit, "utf-8")
    command = ["systemd-analyze", "verify", *(str(tmp_path / name) for name in UNITS)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.deploy
def test_systemd_calls_the_services_well_shut(tmp_path: Path) -> None:
    for name in UNITS:
        unit = fill((HERE / "systemd" / name).read_text("utf-8"), Site("blog.example.com"))
        (tmp_path / name).write_text(unit, "utf-8")
    services = [str(tmp_path / name) for name in UNITS if name.endswith(".service")]
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", *services]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.deploy
def test_nginx_finds_the_site_good(tmp_path: Path) -> None:
    command = ["nginx", "-t", "-q", "-c", str(laid_out(site_under(tmp_path)))]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def site_under(folder: Path) -> Site:
    """A blog's names and places, all of them in that folder."""
    return Site(
        "blog.example.com",
        certificate=folder / "certificate.pem",
        certificate_key=folder / "key.pem",
        addresses=("127.0.0.1:",),
        http_port=free_port(),
        https_port=free_port(),
        nginx=folder,
        nginx_logs=folder,
        nginx_run=folder / "run",
        cache=folder,
        www=folder / "www",
        units=folder / "units",
    )


def laid_out(site: Site) -> Path:
    """Write what nginx reads; its main file."""
    make_certificate(site.domain, site.certificate, site.certificate_key)
    for path, text in nginx_files(site).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    main = site.nginx / "nginx.conf"
    main.write_text(f"""\
pid {site.nginx}/nginx.pid;
events {{ }}
http {{ include /etc/nginx/mime.types; include {site.nginx}/sites-available/*; }}
""")
    return main
