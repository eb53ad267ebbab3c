"""One line of an access log: written by nginx, or by the app itself where there is no nginx.

    203.0.113.7 [2026-03-10T12:00:00+00:00] "GET /post/a HTTP/1.1" 200 512 "REFERRER" "AGENT" ...

What follows is the operator's, but for `purpose="..."`: what a browser says of a page that nobody
may ever look at.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

from bluelog.text.remembered import remembered

LONGEST_LINE = 16 * 1024
_LONGEST_PART = 1000
_LINE = re.compile(
    rb'(\S{1,100}) \[([0-9T:.+Z-]{10,40})\] "([A-Z]{1,20}) (\S+) HTTP/[0-9.]{1,5}" ([0-9]{3}) '
    rb'(?:[0-9]+|-) "([^"]*)" "([^"]*)"( .*)?'
)
_PURPOSE = re.compile(rb' purpose="([^"]*)"')
_ESCAPED = re.compile(rb"\\x([0-9A-Fa-f]{2})")
_TO_ESCAPE = re.compile(rb'[\x00-\x1f"\\\x7f-\xff]')


class Request(NamedTuple):
    """What one line says. `path` is decoded, and without its query."""

    address: str
    at: datetime
    method: str
    path: str
    status: int
    referrer: str
    agent: str
    purpose: str


# Of a method, a browser's name for itself, and what it asks for, as `purpose` says it.
Wanted = Callable[[str, str, str], bool]


def parse(line: bytes, wanted: Wanted = lambda *_: True) -> Request | None:
    """What the line says; None where it is none of ours, not wanted, or its path is no text."""
    found = _LINE.fullmatch(line) if len(line) <= LONGEST_LINE else None
    if found is None:
        return None
    address, at, method, target, status, referrer, agent, rest = found.groups()
    purpose = _PURPOSE.search(rest or b"")
    who = (method.decode(), _words(agent), _words(purpose[1]) if purpose else "")
    # Most of a log may be what programs ask: the rest of it is not worth a look.
    if not wanted(*who):
        return None
    try:
        path, moment = _path(target), _moment(at)
    except ValueError:
        return None
    if moment.tzinfo is None or "\0" in path:  # PostgreSQL takes none
        return None
    said = (address.decode(errors="replace"), moment, who[0], path, int(status), _words(referrer))
    return Request(*said, *who[1:])


def written(address: str, at: int, words: str) -> bytes:
    """The line of a request, with its newline. `at` is in seconds of Unix time."""
    return f"{address} [{_to_the_second(at)}] {words}\n".encode("ascii", "replace")


def words_of(*said: str) -> str:
    """What a line says after the time: method, path, status, referrer, agent and purpose."""
    method, path, status, *rest = said
    referrer, agent, purpose = map(_escaped, rest)
    request = f'"{method} {_quoted(path)} HTTP/1.1" {status} -'
    return f'{request} "{referrer}" "{agent}" purpose="{purpose}"'


@remembered
def _path(target: bytes) -> str:
    return unquote_to_bytes(_unescaped(target).partition(b"?")[0]).decode()


@remembered
def _moment(said: bytes) -> datetime:
    return datetime.fromisoformat(said.decode())


@remembered
def _words(value: bytes) -> str:
    text = _unescaped(value).decode(errors="replace")
    return "" if text == "-" else text


def _unescaped(value: bytes) -> bytes:
    return _ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), value)


@lru_cache(maxsize=4)
def _to_the_second(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


def _quoted(path: str) -> str:
    return quote(path[:_LONGEST_PART], safe="/:@!$&'()*+,;=~")


def _escaped(value: str) -> str:
    """As nginx writes a value: what would end it or the line, steers a terminal, or is no ASCII."""
    sent = value.encode("utf-8", "replace")[:_LONGEST_PART] or b"-"
    return _TO_ESCAPE.sub(lambda found: b"\\x" + found[0].hex().upper().encode(), sent).decode()
