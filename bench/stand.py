"""Everything that `make bench` compares, side by side on loopback or each way by itself."""

import gzip
import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench import content
from bench.processes import running, wait_for, wait_for_rest
from bench.wire import connected
from deploy import fill
from tests.certificate import make_certificate
from tests.postbox import free_port

ROOT = Path(__file__).parent.parent
DOMAIN = "bench.localhost"
_MEMORY = Path("/dev/shm")
_UNITS = {
    "nginx": "nginx/unit.conf",
    "bluelog": "systemd/bluelog-web.service",
    "worker": "systemd/bluelog-worker.service",
}
_STEP_OF_NICENESS = 1.25  # each gives a fifth less of the cores (sched(7))
_WARM_UP = (
    *("/", "/about", "/links", f"/post/{content.SLUG}", "/author/ada", "/?before=end", "/archive"),
    *("/search?q=lantern", "/feed.atom", "/sitemap.xml", "/auth/login"),
)
_NGINX = """\
worker_processes auto;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
worker_rlimit_nofile 20000;
pcre_jit on;
events {{ worker_connections 8000; }}
http {{
    include /etc/nginx/mime.types;
    sendfile on;
    tcp_nopush on;
    access_log off;
    keepalive_requests 1000000;
    {temporary}
    include {site};
    {plain}
    upstream bench_bare {{ server unix:{folder}/bare.sock max_fails=0; }}
    server {{
        listen 127.0.0.1:{file_port} ssl http2;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        include {snippets}/tls.conf;
        root {folder}/files;
        gzip_static on;
    }}
    server {{
        listen 127.0.0.1:{proxied_port} ssl http2;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        include {snippets}/tls.conf;
        location / {{ include {snippets}/proxy.conf; proxy_pass http://bench_bare; }}
    }}
}}
"""


@dataclass(frozen=True)
class Program:
    """How to start one of them."""

    command: list[str]
    environ: dict[str, str]


@dataclass
class Stand:
    """Ports and programs by name, and which of these run."""

    folder: Path
    site: fill.Site
    ports: dict[str, int]
    environ: dict[str, str]
    niceness: dict[str, int] = field(default_factory=dict)
    programs: dict[str, Program] = field(default_factory=dict)
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    _ends: dict[str, ExitStack] = field(default_factory=dict)

    def start(self, *names: str) -> None:
        """Start them, each when the one before it can be asked."""
        for name in names:
            how, end = self.programs[name], ExitStack()
            started = running(
                how.command,
                environ=how.environ,
                cwd=ROOT,
                log=self.log,
                niceness=self.niceness.get(name),
            )
            self.processes[name] = end.enter_context(started)
            self._ends[name] = end
            if name in self.ports:
                connected("127.0.0.1", self.ports[name]).close()

    def end_all_but(self, *names: str) -> None:
        """End what runs, those of these names excepted."""
        for name in [each for each in self._ends if each not in names]:
            self._ends.pop(name).close()
            del self.processes[name]

    def pids(self, *names: str) -> list[int]:
        return [self.processes[name].pid for name in names]

    def http(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    def https(self, name: str) -> str:
        return f"https://127.0.0.1:{self.ports[name]}"

    @property
    def log(self) -> Path:
        return self.folder / "bench.log"


def build(
    folder: Path,
    until_the_end: ExitStack,
    *,
    readers_have_one_address: bool = False,
    are_services: bool = False,
) -> Stand:
    """Fill a blog, start everything and wait till the worker rests; it ends with `until_the_end`.

    As services the programs share the cores as under systemd, by the units' weights. Where all
    readers have one address the site's limit on it is lifted, and nginx's log tells in
    addition what the app's own cache said of each request.
    """
    names = ("bare", "flask", "bluelog", "alone", "uncached", "file", "proxied", "site", "plain")
    ports = {name: free_port() for name in names}
    site = _site(folder, ports["site"])
    place = Stand(folder, site, ports, _environ(folder, site))
    if are_services:
        place.niceness = {name: _niceness(unit) for name, unit in _UNITS.items()}
    for path in (site.run, site.nginx_logs, site.cache, site.data, folder / "files"):
        path.mkdir(parents=True, exist_ok=True)
    until_the_end.callback(shutil.rmtree, site.nginx_run, ignore_errors=True)
    content.fill(place.environ)
    until_the_end.callback(place.end_all_but)
    _name_programs(place)
    _write_nginx(place)
    if readers_have_one_address:
        _fit_to_many_readers(site)
    place.start("bluelog", "alone", "uncached", "worker")
    for name in ("bluelog", "alone", "uncached"):
        _warm_up(place, name)
    _keep_page(place)
    place.start("bare", "flask", "nginx")
    for name in ("bare", "flask"):
        wait_for(place.http(name) + "/", place.log)
    wait_for_rest(place.processes["worker"].pid)
    return place


def start_seconds(place: Stand) -> float:
    """From the start of gunicorn to its first 200, on a warm disk; the median of five.

    The interpreter that opens the sockets counts too: some 30 ms.
    """
    times = []
    for _ in range(5):
        port = free_port()
        command = _gunicorn("wsgi:app", port)
        with running(command, environ=place.environ, cwd=ROOT, log=place.log):
            address = f"http://127.0.0.1:{port}/about"
            times.append(wait_for(address, place.log, Host=place.site.host))
    return statistics.median(times)


def _niceness(unit: str) -> int:
    """The niceness that weighs as much as the unit's CPUWeight beside nginx's."""
    return round(math.log(_weight(_UNITS["nginx"]) / _weight(unit), _STEP_OF_NICENESS))


def _weight(unit: str) -> int:
    said = re.search(r"^CPUWeight=(\d+)$", (ROOT / "deploy" / unit).read_text(), re.MULTILINE)
    return int(said[1]) if said else 100


def _name_programs(place: Stand) -> None:
    page = {"BENCH_PAGE": str(place.folder / "page.bytes")}
    _gunicorn_of(place, "bluelog", "wsgi:app", place.site.socket)
    # Where no nginx is before it, the app writes the access log itself.
    _gunicorn_of(place, "alone", "wsgi:app", BLUELOG_ACCESS_LOG="", BLUELOG_PROXY_COUNT="0")
    _gunicorn_of(place, "uncached", "wsgi:app", BLUELOG_PAGE_CACHE_BYTES="0")
    _gunicorn_of(place, "bare", "bench.bare:app", place.folder / "bare.sock", **page)
    _gunicorn_of(place, "flask", "bench.bare:flask_app()", **page)
    worker = [sys.executable, "-m", "flask", "worker"]
    nginx = ["nginx", "-c", str(place.folder / "nginx.conf"), "-g", "daemon off;"]
    place.programs["worker"] = Program(worker, place.environ)
    place.programs["nginx"] = Program(nginx, place.environ)


def _gunicorn_of(
    place: Stand, name: str, app: str, socket: Path | None = None, **more: str
) -> None:
    command = _gunicorn(app, place.ports[name], socket)
    place.programs[name] = Program(command, place.environ | more)


def _gunicorn(app: str, port: int, socket: Path | None = None) -> list[str]:
    command = [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "deploy/gunicorn.conf.py"), app]
    # What replaces a worker in the middle of a round would be measured with it.
    command += ["--max-requests", "0"]
    # The port comes last: once that is open, both are.
    addresses = [*([str(socket)] if socket else []), f"127.0.0.1:{port}"]
    return [sys.executable, "-m", "bench.held", *addresses, "--", *command]


def _site(folder: Path, https_port: int) -> fill.Site:
    return fill.Site(
        DOMAIN,
        certificate=folder / "tls.pem",
        certificate_key=folder / "tls.key",
        addresses=("127.0.0.1:",),
        http_port=free_port(),
        https_port=https_port,
        current=ROOT,
        data=folder / "data",
        uploads=folder / "data/uploads",
        run=folder / "run",
        nginx=folder / "nginx",
        nginx_logs=folder / "logs",
        nginx_run=_in_memory(folder),
        cache=folder / "cache",
        www=folder / "www",
        units=folder / "units",
    )


def _in_memory(folder: Path) -> Path:
    """A place for what nginx keeps in memory, as the folder in /run is on a server."""
    return (_MEMORY if os.access(_MEMORY, os.W_OK) else folder) / f"{folder.name}-nginx"


def _environ(folder: Path, site: fill.Site) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("BLUELOG_", "MAIL_"))}
    return kept | {
        "PYTHONPATH": str(Path(__file__).parent / "lean"),
        "FLASK_APP": "bluelog",
        "FLASK_CONFIG": "production",
        "WEB_CONCURRENCY": "2",
        "SECRET_KEY": "a-key-for-measuring-on-loopback-only",
        "BLUELOG_URL": site.url,
        "BLUELOG_FORCE_HTTPS": "off",
        "BLUELOG_PROXY_COUNT": "1",
        "BLUELOG_DATA_DIR": str(site.data),
        "BLUELOG_ACCESS_LOG": str(site.nginx_logs / "bluelog.access.log"),
        "BLUELOG_LOGGING_PATH": str(folder / "bluelog.log"),
    }


def _warm_up(place: Stand, name: str) -> None:
    # More than once, so that each worker has its turn.
    for path in _WARM_UP * 4:
        wait_for(place.http(name) + path, place.log, Host=place.site.host)


def _keep_page(place: Stand) -> None:
    """The page as Bluelog sends it, for the bare apps and for a file of nginx."""
    headers = {"Host": place.site.host, "Accept-Encoding": "gzip"}
    address = place.http("bluelog") + f"/post/{content.SLUG}"
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
        body, sent = answer.read(), answer.getheaders()
    own = ("date", "server", "connection")
    kept = [pair for pair in sent if pair[0].lower() not in own]
    (place.folder / "page.bytes").write_bytes(json.dumps(kept).encode() + b"\n" + body)
    file = place.folder / "files/page.html"
    file.write_bytes(gzip.decompress(body))
    file.with_suffix(".html.gz").write_bytes(body)


def _write_nginx(place: Stand) -> None:
    site, folder = place.site, place.folder
    make_certificate(DOMAIN, site.certificate, site.certificate_key)
    for path, text in fill.nginx_files(site, strangers=False).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    shipped = (site.nginx / "sites-available/bluelog").read_text()
    (folder / "plain.conf").write_text(_without_cache(shipped, place))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    (folder / "nginx.conf").write_text(
        _NGINX.format(
            folder=folder,
            site=site.nginx / "sites-available/bluelog",
            plain=f"include {folder}/plain.conf;",
            certificate=site.certificate,
            key=site.certificate_key,
            snippets=site.snippets,
            file_port=place.ports["file"],
            proxied_port=place.ports["proxied"],
            temporary="".join(f"{kind}_temp_path {folder}/{kind}; " for kind in kinds),
        )
    )
    folder.chmod(0o755)  # nginx's workers are somebody else


def _fit_to_many_readers(site: fill.Site) -> None:
    shipped, kept = site.nginx / "sites-available/bluelog", "kept=$upstream_cache_status"
    limit = "limit_conn bluelog_address 200;"
    text = shipped.read_text()
    assert kept in text
    assert limit in text
    text = text.replace(kept, f"{kept} app_said=$upstream_http_cache_status")
    shipped.write_text(text.replace(limit, "limit_conn bluelog_address 60000;"))


def _without_cache(shipped: str, place: Stand) -> str:
    """The site's server for readers once more on a port of its own, straight to gunicorn."""
    servers = shipped.split("\nserver {")
    readers = "\nserver {" + servers[-1]
    readers = re.sub(
        r"listen 127\.0\.0\.1:\d+", f"listen 127.0.0.1:{place.ports['plain']}", readers
    )
    for name in ("wait", "page"):
        snippet = place.site.snippets / f"{name}.conf"
        readers = readers.replace(f"include {snippet};", snippet.read_text())
    told = f"proxy_set_header Host {place.site.host}; proxy_set_header X-Forwarded-Proto https; "
    onward = "proxy_pass http://bluelog_{}$bluelog_target;"
    for step in ("nobody", "older"):
        readers = readers.replace(onward.format(step), told + onward.format("app"))
    readers = re.sub(r"\n *if \(\$bluelog_asks_ahead\) \{[^}]*\}", "", readers)
    return re.sub(r"\n *(proxy_cache|mirror|error_page 502)[^;]*;", "", readers)
