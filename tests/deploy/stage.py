"""A server in a folder: releases, settings, certificate, and nginx with the shipped site."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy import assets, fill, web_server
from tests.certificate import make_certificate
from tests.deploy.reach import IS_ROOT, USER, WEB_GROUP, as_user, give
from tests.e2e.stage import ROOT, Blog
from tests.postbox import free_port, wait_until

DOMAIN = "blog.localhost"  # browsers take every such name for this machine
SHIPPED = ("bluelog", "migrations", "deploy", "wsgi.py")


@dataclass
class Server:
    """A machine with one blog on it, as the shipped files describe it."""

    folder: Path
    site: fill.Site
    blog: Blog

    def flask(self, *words: str) -> str:
        """Run a command of `flask` as the blog's user does on the server."""
        command = [str(self.site.current / ".venv/bin/python"), "-m", "flask", *words]
        done = subprocess.run(
            as_user(command),
            cwd=self.site.current.resolve(),
            env=bare_environment(FLASK_APP="bluelog", FLASK_CONFIG="production"),
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def database(self) -> Path:
        return self.site.data / "bluelog.db"


def bare_environment(**more: str) -> dict[str, str]:
    """What a process manager hands on: nothing of who started it."""
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"} | more


def make_server(folder: Path, mail_port: int) -> Server:
    """Lay everything out as the installer does, but in a folder; nothing is started."""
    site = _site(folder)
    site.nginx_run.parent.mkdir(exist_ok=True)
    for place in (site.data, site.uploads, site.app_logs, site.run):
        place.mkdir(parents=True)
    for place in (site.manager_logs, site.nginx_logs, site.cache):
        place.mkdir(parents=True)
    _lay_out_release(site, folder / "releases" / "first")
    site.certificate.parent.mkdir()
    make_certificate(site.domain, site.certificate, site.certificate_key)
    environment = folder / "bluelog.env"
    environment.write_text(_settings(site, mail_port))
    (site.current.resolve() / ".env").symlink_to(environment)
    for path, text in fill.nginx_files(site).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for place in (site.data, site.app_logs):
        give(place)
    give(site.run, WEB_GROUP)
    site.run.chmod(0o750)
    site.data.chmod(0o711)
    server = Server(folder, site, Blog(site.url, {}, folder / "web.log"))
    server.flask("db", "upgrade")
    return server


@contextmanager
def nginx(server: Server) -> Iterator["subprocess.Popen[bytes]"]:
    """Debian's nginx with Debian's own main file, and the shipped site enabled."""
    site, main = server.site, server.site.nginx / "nginx.conf"
    main.write_text(_main_file(server))
    enabled = site.nginx / "sites-enabled"
    enabled.mkdir()
    for each in (site.nginx / "sites-available").iterdir():
        (enabled / each.name).symlink_to(each)
    command = ["nginx", "-c", str(main), "-p", str(server.folder), "-g", "daemon off;"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: (server.folder / "nginx.pid").exists() or process.poll() is not None)
        assert process.poll() is None, (site.nginx_logs / "error.log").read_text()
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _site(folder: Path) -> fill.Site:
    return fill.Site(
        DOMAIN,
        certificate=folder / "tls/fullchain.pem",
        certificate_key=folder / "tls/privkey.pem",
        addresses=("127.0.0.1:",),
        http_port=free_port(),
        https_port=free_port(),
        current=folder / "current",
        data=folder / "data",
        uploads=folder / "data/uploads",
        app_logs=folder / "log",
        manager_logs=folder / "manager-log",
        run=folder / "run",
        nginx=folder / "nginx",
        nginx_logs=folder / "nginx-log",
        nginx_run=folder / "memory/nginx-bluelog",
        cache=folder / "cache",
        www=folder / "www",
        units=folder / "units",
        user=USER,
        web_group=WEB_GROUP,
    )


def _lay_out_release(site: fill.Site, release: Path) -> None:
    release.mkdir(parents=True)
    for name in SHIPPED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, release / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, release / name)
    (release / ".venv").symlink_to((ROOT / ".venv").resolve())
    (release / "data").symlink_to(site.data)
    (release / "logs").symlink_to(site.app_logs)
    assets.lay_out(release)
    site.current.symlink_to(release)


def _settings(site: fill.Site, mail_port: int) -> str:
    settings = {
        "FLASK_CONFIG": "production",
        "SECRET_KEY": "a-key-for-the-stage-of-the-tests-only",
        "BLUELOG_URL": site.url,
        "BLUELOG_PROXY_COUNT": "1",
        "BLUELOG_EMAIL": "operator@example.com",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(mail_port),
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def _main_file(server: Server) -> str:
    """Debian's file with this folder's places in it, and changed as the installer changes it."""
    limits = server.folder / "limits.conf"
    text = Path("/etc/nginx/nginx.conf").read_text()
    limits.write_text(web_server.main_text(text))
    connections = f"worker_connections {web_server._CONNECTIONS};"
    text = re.sub(r"worker_connections\s+\d+;", connections, text)
    text = text.replace("/etc/nginx/modules-enabled/*.conf", str(limits))
    text = text.replace("/run/nginx.pid", str(server.folder / "nginx.pid"))
    text = text.replace("/var/log/nginx", str(server.site.nginx_logs))
    text = text.replace("/etc/nginx/sites-enabled", str(server.site.nginx / "sites-enabled"))
    text = text.replace("/etc/nginx/conf.d", str(server.site.nginx / "conf.d"))
    temporary = "".join(
        f"{kind}_temp_path {server.folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    text = text.replace("http {", "http {\n" + temporary)
    return text if IS_ROOT else re.sub(r"^user .*$", "", text, flags=re.MULTILINE)
