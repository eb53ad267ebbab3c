"""`/etc/bluelog/bluelog.env`: what is there stays, what is missing is added."""

import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from deploy.fill import Site
from deploy.hand import Hand

_LINE = re.compile(r"\s*(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=\s*(.*)")
_DEFAULT_MAX_UPLOAD_BYTES = 10 * 1024**2
_QUOTED = re.compile(r"""(['"])(.*?)\1(?:\s+#.*)?""")
_FORM_BYTES = 9 * 1024**2  # of a form, beside the picture in it
_HEADER = """\
# The settings of this blog. README.md explains every one; after a change here:
#   sudo systemctl restart bluelog-web bluelog-worker
#   or, under Supervisor: sudo supervisorctl restart bluelog-web bluelog-worker
# Only root and the blog may read it: it holds secrets.
"""


def read_settings(path: Path) -> dict[str, str]:
    """The settings in a file, empty ones left out; none where there is no file."""
    if not path.is_file():
        return {}
    found = (_LINE.fullmatch(line) for line in path.read_text("utf-8").splitlines())
    pairs = ((match.group(1), _bare(match.group(2))) for match in found if match)
    return {name: value for name, value in pairs if value}


def _bare(value: str) -> str:
    value = value.strip()
    quoted = _QUOTED.fullmatch(value)
    return quoted.group(2) if quoted else value.partition(" #")[0].strip()


def max_body_bytes(settings: Mapping[str, str]) -> int:
    """The largest request that the app takes."""
    largest = settings.get("BLUELOG_MAX_UPLOAD_BYTES", "")
    return (int(largest) if largest.isdigit() else _DEFAULT_MAX_UPLOAD_BYTES) + _FORM_BYTES


def keep_settings(hand: Hand, path: Path, site: Site, email: str, *, is_said: bool) -> None:
    """Have a file with everything that production needs; a key, once made, is never replaced.

    Nor is anything else that stands there, but for the address that was said just now.
    """
    present = read_settings(path)
    wanted = {
        "FLASK_CONFIG": "production",
        "BLUELOG_URL": site.url,
        "BLUELOG_PROXY_COUNT": "1",
        "BLUELOG_ACCESS_LOG": str(site.nginx_logs / "bluelog.access.log"),
        "BLUELOG_DATA_DIR": str(site.data),  # the link in a release is gone with the release
        **({"BLUELOG_EMAIL": email} if email else {}),
    }
    missing = {name: value for name, value in wanted.items() if name not in present}
    if "SECRET_KEY" not in present:
        missing["SECRET_KEY"] = secrets.token_urlsafe(48)
    text = path.read_text("utf-8") if path.is_file() else _HEADER
    if is_said and present.get("BLUELOG_EMAIL", email) != email:
        hand.note(f"{email} in the place of {present['BLUELOG_EMAIL']}:")
        text = _replaced(text, "BLUELOG_EMAIL", email)
    text += "" if text.endswith("\n") else "\n"
    text += "".join(f"{name}={value}\n" for name, value in missing.items())
    hand.write(path, text, 0o640, "root", site.user)
    if (found := present.get("BLUELOG_URL", site.url)) != site.url:
        hand.note(f"BLUELOG_URL in {path} is {found}, not {site.url}: change it there.")


def _replaced(text: str, name: str, value: str) -> str:
    lines = text.splitlines()
    found = [_LINE.fullmatch(line) for line in lines]
    pairs = zip(lines, found, strict=True)
    new = (f"{name}={value}" if match and match[1] == name else line for line, match in pairs)
    return "".join(f"{line}\n" for line in new)


def is_on_postgresql(settings: Mapping[str, str]) -> bool:
    """Whether the blog's database is a PostgreSQL server's."""
    return settings.get("DATABASE_URL", "").startswith("postgres")


def categories(settings: Mapping[str, str]) -> str:
    """The groups of packages that these settings need, as Pipenv takes them."""
    wanted = ["packages"]
    if is_on_postgresql(settings):
        wanted.append("postgres")
    if settings.get("REDIS_URL"):
        wanted.append("redis")
    if any(name.startswith("S3_") for name in settings):
        wanted.append("s3")
    return " ".join(wanted)
