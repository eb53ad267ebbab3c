"""From the text of an environment variable to a value.

Each reader raises ValueError with words that follow the setting's name: "must be ...".
"""

import math
import re
from collections.abc import Callable
from email.utils import getaddresses
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

Reader = Callable[[str], object]

PROJECT = Path(__file__).resolve().parents[2]
STREAM = "stream"

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]]+@[^\s@<>,;:\"()\[\]]+")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,62}")
_REGION = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_FOLDER = re.compile(r"(?!\.+$)[A-Za-z0-9._-]+")
_ON = {"1", "true", "yes", "on"}
_OFF = {"0", "false", "no", "off"}
_POSTGRES = "postgresql+psycopg"
_LONGEST_WAIT_SECONDS = 3600


def verbatim(raw: str) -> str:
    """What even a space at the end may be meant in."""
    return raw


def words(raw: str) -> str:
    return raw.strip()


def flag(raw: str) -> bool:
    word = raw.strip().lower()
    if word not in _ON | _OFF:
        raise ValueError(f"must be on or off, not {raw!r}.")
    return word in _ON


def whole(low: int, high: int) -> Callable[[str], int]:
    def read(raw: str) -> int:
        text = raw.strip()
        if re.fullmatch("[0-9]{1,15}", text) and low <= int(text) <= high:
            return int(text)
        raise ValueError(f"must be a whole number from {low} to {high}, not {raw!r}.")

    return read


def seconds(raw: str) -> float:
    try:
        value = float(raw)
    except ValueError:
        value = math.nan
    if not 0 < value <= _LONGEST_WAIT_SECONDS:
        raise ValueError(
            f"must be a number of seconds above 0 and up to {_LONGEST_WAIT_SECONDS}, not {raw!r}."
        )
    return value


def choice(*known: str) -> Callable[[str], str]:
    by_key = {word.lower(): word for word in known}

    def read(raw: str) -> str:
        try:
            return by_key[raw.strip().lower()]
        except KeyError:
            raise ValueError(f"must be one of {', '.join(known)}, not {raw!r}.") from None

    return read


def path(raw: str) -> Path:
    """Take a relative path from the project's folder, whatever folder a command starts in."""
    try:
        return PROJECT / Path(raw.strip()).expanduser()
    except RuntimeError:
        raise ValueError(f"names a home folder that does not exist: {raw!r}.") from None


def log_target(raw: str) -> Path | str:
    return STREAM if raw.strip().lower() == STREAM else path(raw)


def database_url(raw: str) -> str:
    """The URL is never repeated in a message, for it may hold a password."""
    scheme, _, rest = raw.strip().partition("://")
    if scheme == "sqlite" and (rest == "" or rest.startswith("/")):
        return f"sqlite://{_anchored(rest)}"
    if scheme not in {"postgres", "postgresql", _POSTGRES} or not rest:
        raise ValueError("must begin with sqlite:/// (three slashes) or postgresql://.")
    _require("psycopg", category="postgres")
    return f"{_POSTGRES}://{rest}"


def _anchored(rest: str) -> str:
    """Take a relative file from the project's folder; the extension would use another one."""
    file, mark, query = rest[1:].partition("?")
    if not file or file == ":memory:" or file.startswith("file:"):
        return rest
    return f"/{path(file).as_posix()}{mark}{query}"


def redis_url(raw: str) -> str:
    if not raw.strip().startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must begin with redis://, rediss:// or unix://.")
    _require("redis", category="redis")
    return raw.strip()


def bucket(raw: str) -> str:
    name = raw.strip()
    if not _BUCKET.fullmatch(name):
        raise ValueError(f"must be the name of a bucket, without an address, not {raw!r}.")
    _require("boto3", category="s3")
    return name


def endpoint_url(raw: str) -> str:
    """The URL is never repeated in a message, for someone may have put a password in it."""
    try:
        parts = urlsplit(raw.strip())
        is_fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_fine = False
    if not is_fine or parts.username is not None or parts.query or parts.fragment:
        raise ValueError(
            "must be an address such as https://s3.example.com, without a key or a bucket in it."
        )
    return raw.strip().rstrip("/")


def region(raw: str) -> str:
    if not _REGION.fullmatch(raw.strip()):
        raise ValueError(f"must be the name of a region, such as eu-central-1, not {raw!r}.")
    return raw.strip()


def prefix(raw: str) -> str:
    """One slash at the end and none at the beginning, however it was written."""
    folders = [folder for folder in raw.strip().split("/") if folder]
    if not all(_FOLDER.fullmatch(folder) for folder in folders):
        raise ValueError(
            f"must be letters, digits, dots, dashes and slashes, such as blog/uploads, not {raw!r}."
        )
    return "".join(f"{folder}/" for folder in folders)


def _require(package: str, *, category: str) -> None:
    if find_spec(package) is None:
        raise ValueError(
            f"needs the package {package}. Install it with: "
            f'pipenv sync --categories "packages {category}"'
        )


def site_url(raw: str) -> str:
    """Normalise as browsers write an Origin: lower case, ASCII host, no default port."""
    try:
        parts = urlsplit(raw.strip())
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:
        raise _no_site_url(raw) from None
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(host):
        raise _no_site_url(raw)
    if parts.username or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"must end after the host name (and port), without a path, not {raw!r}.")
    is_default = port is None or port == {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + ("" if is_default else f":{port}")


def _no_site_url(raw: str) -> ValueError:
    return ValueError(f"must be an address such as https://blog.example.com, not {raw!r}.")


def sender(raw: str) -> str:
    """An e-mail address, alone or as `Name <address>`."""
    text = raw.strip()
    found = [address for _, address in getaddresses([text])]
    if "\n" in text or len(found) != 1 or not is_address(found[0]):
        raise ValueError(f"must be an e-mail address, alone or as Name <address>, not {raw!r}.")
    return text


def addresses(raw: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in raw.split(",") if part.strip())
    wrong = [part for part in found if not is_address(part)]
    if wrong or not found:
        shown = ", ".join(wrong) or raw
        raise ValueError(f"must be e-mail addresses with commas between them, not {shown!r}.")
    return found


def is_address(text: str) -> bool:
    return _ADDRESS.fullmatch(text) is not None
