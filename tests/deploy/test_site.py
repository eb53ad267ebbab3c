"""The shipped files, held to the app they stand before and to the programs that read them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from bluelog.i18n import LANGUAGES
from bluelog.settings import ProductionConfig
from bluelog.web.pages.key import NOTICES
from bluelog.web.static import asset
from bluelog.web.visitor import THEMES
from deploy import assets
from deploy.fill import HERE, Site, nginx_files, supervisor_files, systemd_files
from deploy.settings_file import max_body_bytes
from tests.architecture.sources import PACKAGE, PROJECT
from tests.certificate import make_certificate
from tests.deploy.arguments import names_asked_for
from tests.postbox import free_port

SITE = (HERE / "nginx/bluelog.conf").read_text("utf-8")
# What pages for strangers may be asked with: everything else is dropped on the way to them.
KNOWN = {"lang", "before", "after", "page", "notice"}
# What is looked for: that address leads past all that is shared.
IN_SEARCH = {"q", "category", "author", "in"}
# Where a form, or a choice of theme or language, leads back to: the app is asked for those.
IN_FORMS = {"next"}
NO_QUESTIONS = {
    "request.args.values()": "looks at every value for what no text may hold",
    "request.query_string.decode('latin-1')": "writes the address into the log",
    "request.url.replace('http://', 'https://', 1)": "sends whoever came by plain HTTP on",
}
PRODUCTION = {
    "SECRET_KEY": "a-key-for-this-test-only",
    "BLUELOG_URL": "https://blog.example.com",
    "BLUELOG_PROXY_COUNT": "1",
}


def test_the_site_knows_the_parameters_that_readers_pages_know() -> None:
    assert set(re.findall(r"map \$arg_(\w+) ", SITE)) == KNOWN


def test_the_site_sends_on_the_languages_and_notices_that_there_are() -> None:
    sent = set(re.findall(r'"lang=([^$"]+)&"', SITE))
    assert sent == set(LANGUAGES)
    (notices,) = re.findall(r'"~\^\(([a-z|-]+)\)\$" "notice=', SITE)
    assert set(notices.split("|")) == NOTICES


def test_no_readers_page_asks_for_a_parameter_that_the_site_drops() -> None:
    files = [*(PACKAGE / "blueprints/blog").rglob("*.py"), *(PACKAGE / "web").rglob("*.py")]
    asked: set[str] = set()
    for path in files:
        names, unclear = names_asked_for(path.read_text("utf-8"))
        assert [(path.name, words) for words in unclear if words not in NO_QUESTIONS] == []
        asked |= names
    assert asked - IN_FORMS - IN_SEARCH == KNOWN
    assert "location = /search {" in SITE


def test_no_template_reads_the_address_by_itself() -> None:
    folder = PACKAGE / "templates"
    # The dashboard is nobody's but a signed-in person's, whose requests are sent on as they came.
    shared = [path for path in folder.rglob("*.html") if path.parts[len(folder.parts)] != "admin"]
    assert len(shared) > 50
    assert [path.name for path in shared if "request.args" in path.read_text("utf-8")] == []


@pytest.mark.parametrize(
    ("source", "names", "unclear"),
    [
        ('request.args.get("a")', {"a"}, []),
        ('request.args.getlist("a", type=int)', {"a"}, []),
        ('request.args["a"]', {"a"}, []),
        ('"a" in request.args', {"a"}, []),
        ('[request.args.get(name) for name in ("a", "b")]', {"a", "b"}, []),
        ("request.args.get(name)", set(), ["request.args.get(name)"]),
        ("dict(request.args)", set(), ["dict(request.args)"]),
        ('request.values.get("a")', {"a"}, []),
        ("parse_qs(request.query_string)", set(), ["parse_qs(request.query_string)"]),
    ],
)
def test_a_look_at_the_address_is_understood_or_called_unclear(
    source: str, names: set[str], unclear: list[str]
) -> None:
    assert names_asked_for(source) == (names, unclear)


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
    text = SITE
    for name in ("wait", "proxy", "page"):
        included = (HERE / f"nginx/{name}.conf").read_text("utf-8")
        text = text.replace(f"include @SNIPPETS@/{name}.conf;", included)
    locations = re.findall(r"\n    location [^\n]*\{\n(.*?)\n    \}(?=\n)", text, re.DOTALL)
    proxying = [part for part in locations if "proxy_pass " in part]
    assert len(proxying) == text.count("proxy_pass ")
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
