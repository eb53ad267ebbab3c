"""The shipped files with a server's own names in them: one way for the installer and the tests.

for path, text in nginx_files(Site("blog.example.com")).items(): ...
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
UNITS = (
    "bluelog-web.socket",
    "bluelog-web.service",
    "bluelog-worker.service",
    "bluelog-backup.service",
    "bluelog-backup.timer",
)
_NAME = re.compile(r"@([A-Z_]+)@")
_SNIPPETS = tuple(
    f"{name}.conf" for name in ("page", "wait", "proxy", "slow", "tls", "gzip", "files", "pages")
)
_HTTP2_APART = (1, 25, 1)
_PAGES = ("outage.html", "too-large.html")
_PAGES_FOLDER = HERE / "nginx/pages"


@dataclass(frozen=True)
class Site:
    """One blog on one machine: its name, its ports, and where everything lies."""

    domain: str
    certificate: Path = Path("/etc/bluelog/tls/fullchain.pem")
    certificate_key: Path = Path("/etc/bluelog/tls/privkey.pem")
    max_body_bytes: int = 19 * 1024**2  # the largest upload, and the largest form around it
    addresses: tuple[str, ...] = ("", "[::]:")  # what stands before a port in nginx's `listen`
    http_port: int = 80
    https_port: int = 443
    nginx_version: tuple[int, ...] = (1, 22)  # of those that are shipped with, the oldest
    current: Path = Path("/opt/bluelog/current")
    data: Path = Path("/var/lib/bluelog")
    uploads: Path = Path("/var/lib/bluelog/uploads")
    app_logs: Path = Path("/var/log/bluelog")
    manager_logs: Path = Path("/var/log/supervisor/bluelog")  # root's, who writes them
    run: Path = Path("/run/bluelog")
    nginx: Path = Path("/etc/nginx")
    nginx_logs: Path = Path("/var/log/nginx")
    nginx_run: Path = Path("/run/nginx-bluelog")  # in memory; nginx makes it
    cache: Path = Path("/var/cache/nginx-bluelog")
    www: Path = Path("/var/www/bluelog")
    units: Path = Path("/etc/systemd/system")
    user: str = "bluelog"
    web_group: str = "www-data"

    @property
    def host(self) -> str:
        """As in the Host header: with the port only where it is not the usual one."""
        return self.domain if self.https_port == 443 else f"{self.domain}:{self.https_port}"  # noqa: PLR2004

    @property
    def url(self) -> str:
        return f"https://{self.host}"

    @property
    def socket(self) -> Path:
        return self.run / "web.sock"

    @property
    def snippets(self) -> Path:
        return self.nginx / "snippets" / "bluelog"


def fill(text: str, site: Site) -> str:
    """Put the site's values where @ signs stand. Raises KeyError for a name that is none."""
    values = _values(site)
    return _NAME.sub(lambda found: values[found.group(1)], text)


def nginx_files(site: Site, *, strangers: bool = True) -> dict[Path, str]:
    """The site with all it needs; with `strangers` also what answers for unknown hosts."""
    sites = ("bluelog.conf", "strangers.conf") if strangers else ("bluelog.conf",)
    targets = {
        **{site.nginx / "sites-available" / _site_name(name): name for name in sites},
        **{site.snippets / name: name for name in _SNIPPETS},
        site.units / "nginx.service.d/bluelog.conf": "unit.conf",
    }
    pages = {site.www / name: _page(name) for name in _PAGES}
    return {path: _filled(f"nginx/{name}", site) for path, name in targets.items()} | pages


def systemd_files(site: Site) -> dict[Path, str]:
    """The units."""
    return {site.units / name: _filled(f"systemd/{name}", site) for name in UNITS}


def supervisor_files(site: Site) -> dict[Path, str]:
    """The programs, and the nightly backup that Supervisor itself has no clock for."""
    return {
        Path("/etc/supervisor/conf.d/bluelog.conf"): _filled("supervisor/bluelog.conf", site),
        Path("/etc/cron.d/bluelog"): _filled("supervisor/cron", site),
    }


def run_folder_file(site: Site) -> dict[Path, str]:
    """What makes the socket's folder when the machine starts."""
    return {Path("/etc/tmpfiles.d/bluelog.conf"): _filled("tmpfiles.conf", site)}


def _site_name(name: str) -> str:
    return "bluelog" if name == "bluelog.conf" else f"bluelog-{name.removesuffix('.conf')}"


def _filled(name: str, site: Site) -> str:
    return fill((HERE / name).read_text("utf-8"), site)


def _values(site: Site) -> dict[str, str]:
    return {
        "DOMAIN": site.domain,
        "HOST": site.host,
        "LISTEN_HTTP": _listen(site, site.http_port),
        "LISTEN_HTTPS": _listen_https(site),
        "LISTEN_HTTP_DEFAULT": _listen(site, site.http_port, "default_server"),
        "LISTEN_HTTPS_DEFAULT": _listen_https(site, " default_server"),
        "CERTIFICATE": str(site.certificate),
        "CERTIFICATE_KEY": str(site.certificate_key),
        "MAX_BODY_BYTES": str(site.max_body_bytes),
        "CURRENT": str(site.current),
        "DATA": str(site.data),
        "UPLOADS": str(site.uploads),
        "APP_LOGS": str(site.app_logs),
        "MANAGER_LOGS": str(site.manager_logs),
        "RUN": str(site.run),
        "SOCKET": str(site.socket),
        "SNIPPETS": str(site.snippets),
        "LOGS": str(site.nginx_logs),
        "NGINX_RUN": str(site.nginx_run),
        "CACHE": str(site.cache),
        "WWW": str(site.www),
        "STYLE_HASH": _style_hash(),
        "USER": site.user,
        "WEB_GROUP": site.web_group,
    }


def _listen_https(site: Site, how: str = "") -> str:
    """With HTTP/2, which newer versions of nginx want to be told apart from the port."""
    if site.nginx_version < _HTTP2_APART:
        return _listen(site, site.https_port, f"ssl http2{how}")
    return f"{_listen(site, site.https_port, f'ssl{how}')}\n    http2 on;"


def _listen(site: Site, port: int, how: str = "") -> str:
    lines = (f"    listen {address}{port} {how}".rstrip() + ";" for address in site.addresses)
    return "\n".join(lines)


def _page(name: str) -> str:
    """A page of nginx's own: its file's first line is the title, the others stand in the frame."""
    title, _, words = (_PAGES_FOLDER / name).read_text("utf-8").partition("\n")
    return _frame().replace("@TITLE@", title).replace("@WORDS@\n", words)


def _style_hash() -> str:
    """What lets nginx's own pages have their style inside themselves."""
    style = _frame().split("<style>")[1].split("</style>")[0]
    return f"sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}"


def _frame() -> str:
    return (_PAGES_FOLDER / "frame.html").read_text("utf-8")
