"""Who reads and where they came from, as far as a request says it."""

import re
from urllib.parse import urlsplit

from bluelog.text.remembered import remembered

# Every browser in use begins so, and hardly any program that is honest about being one.
_BROWSER = re.compile(r"(Mozilla|Opera)/")
# "Cubot" makes telephones.
_ROBOT = re.compile(
    r"(?<!cu)bot|crawl|spider|slurp|scrap|headless|phantom|selenium|puppeteer|playwright|lighthouse"
    r"|pagespeed|gtmetrix|pingdom|uptime|monitor|statuscake|validator|checker|scan|archive|preview"
    r"|fetch|facebookexternalhit|facebookcatalog|embedly|whatsapp|feed|rss|reader\b|python|curl|wget"
    r"|libwww|httpclient|okhttp|go-http|java/|axios|node|perl|ruby|php|http://|https://|@",
    re.IGNORECASE,
)
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,98}[a-z0-9])?")
# The first words of addresses that are the blog's own work and nobody's reading; what comes after
# them may be secret.
APART = frozenset(
    ("account", "admin", "auth", "custom", "preview", "setup", "static", "unsubscribe")
)
_UNSEEN = ("prefetch", "prerender", "preview")
_LONGEST_PAGE = 300
# What only those ask for who try every door of every site.
_NOISE = re.compile(
    r"/(wp-(admin|login|content|includes|json|config|cron|mail|signup|activate|trackback|sitemap)"
    r"|(wordpress|phpmyadmin|myadmin|cgi-bin|actuator|solr|boaform|hnap1|autodiscover|telescope"
    r"|_ignition|server-status|phpinfo|jenkins|manager/html|geoserver|hudson)(\.php|/|$)"
    r"|(pma|vendor|owa|ecp|console|\.well-known)/|xmlrpc\.|config\.json|browserconfig\.xml"
    r"|(favicon|apple-touch-icon)[\w-]*\.|apple-app-site|(app-)?ads\.txt|sellers\.json"
    r"|\.(env|git|svn|aws|ssh|ds_store|vscode))"
    r"|\.(asp|aspx|jsp|jspa|cgi|env|bak|sql|ini|yml|zip|tar|gz|rar|7z)$",
    re.IGNORECASE,
)
# Below these whatever has a name may have been a text.
_TEXTS = re.compile(r"/(post|category|tag|series|author|archive)/(?!\.)")


@remembered
def is_reader(agent: str) -> bool:
    """Whether it calls itself a browser, and none that works by itself."""
    return bool(_BROWSER.match(agent)) and not _ROBOT.search(agent)


@remembered
def is_unseen(purpose: str) -> bool:
    """Whether the browser asked ahead, for a page that nobody may look at (Sec-Purpose)."""
    return any(word in purpose.lower() for word in _UNSEEN)


def is_noise(path: str) -> bool:
    """Whether nobody who wants to read asks for it."""
    if not path.isprintable():
        return True
    return not _TEXTS.match(path) and bool(_NOISE.search(path))


def site_of(referrer: str) -> str:
    """The host of the page a reader came from, without www; empty where none is said."""
    parts = _parts(referrer)
    host = (parts[0] if parts else "").removeprefix("www.")
    return host if _HOST.fullmatch(host) else ""


def page_of(referrer: str) -> str:
    """That page without what its address may tell of a person: query, fragment, account."""
    parts = _parts(referrer)
    if parts is None or not _HOST.fullmatch(parts[0]):
        return ""
    host, scheme, path, port = parts
    page = f"{scheme}://{host}{port}{path}"
    return page[:_LONGEST_PAGE] if page.isprintable() else ""


def _parts(referrer: str) -> tuple[str, str, str, str] | None:
    """Host, scheme, path, and the port with its colon where one is named."""
    try:
        parts = urlsplit(referrer)
        host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    is_page = parts.scheme in ("http", "https")
    return (host, parts.scheme, parts.path, port) if is_page else None
