"""Pages kept in memory, the ones asked for last."""

import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Any

from bluelog.queries.revisions import Revisions
from bluelog.text.remembered import remembered
from bluelog.web.pages.key import Key
from bluelog.web.pages.watch import Mark

Headers = list[tuple[str, str]]
_REPLACED = ("content-length", "etag")
# What a page takes beside its bodies, about.
_OVERHEAD_BYTES = 5120
_NOT_AT_ALL = ("q=0", "q=0.", "q=0.0", "q=0.00", "q=0.000")


@dataclass(slots=True)
class Entry:
    """A page in both encodings, with what it depends on. Times are seconds of Unix time."""

    digest: str
    plain: bytes
    plain_headers: Headers
    packed: bytes
    packed_headers: Headers
    revisions: Revisions
    post_id: int | None
    made_at: float
    fresh_until: float
    mark: Mark | None = None

    @property
    def size(self) -> int:
        return len(self.plain) + len(self.packed) + _OVERHEAD_BYTES

    @property
    def modified(self) -> str:
        """When what it shows was changed last, if it says so."""
        return next((v for name, v in self.plain_headers if name.lower() == "last-modified"), "")

    def body_for(self, accepted: str) -> tuple[bytes, Headers]:
        """The body in an encoding that is accepted, with the headers of that."""
        if accepts_gzip(accepted):
            return self.packed, self.packed_headers
        return self.plain, self.plain_headers

    def is_at(self, now: float) -> bool:
        """Whether time alone has not outdated it."""
        return self.made_at <= now < self.fresh_until


def entry_of(body: bytes, headers: Headers, **details: Any) -> Entry:
    """An entry for a page that was just rendered."""
    digest = hashlib.sha256(body).hexdigest()[:32]
    squeezed = gzip.compress(body, 6, mtime=0)
    own = [(name, value) for name, value in headers if name.lower() not in _REPLACED]
    return Entry(
        digest=digest,
        plain=body,
        plain_headers=[*own, ("ETag", f'"{digest}"'), ("Content-Length", str(len(body)))],
        packed=squeezed,
        # Another representation has another tag (RFC 9110, 8.8.3).
        packed_headers=[
            *own,
            ("ETag", f'"{digest}-gzip"'),
            ("Content-Encoding", "gzip"),
            ("Content-Length", str(len(squeezed))),
        ],
        **details,
    )


@remembered
def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding header takes gzip (RFC 9110, 12.5.3); its name outweighs `*`."""
    taken = {}
    for part in header.lower().split(","):
        name, _, weight = part.partition(";")
        taken[name.strip()] = "".join(weight.split()) not in _NOT_AT_ALL
    return next((taken[name] for name in ("gzip", "x-gzip", "*") if name in taken), False)


class Store:
    """As many pages as fit into `most_bytes`; the one not asked for the longest goes first."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> Entry | None:
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                self._entries.move_to_end(key)
            return entry

    def put(self, key: Key, entry: Entry) -> None:
        """Keep the page; one that would take a quarter of all the room is not kept."""
        size = _size(key, entry)
        if size * 4 > self.most_bytes:
            return
        with self._lock:
            self._drop(key)
            self._entries[key] = entry
            self.bytes += size
            while self.bytes > self.most_bytes:
                self._drop(next(iter(self._entries)))

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self.bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def _drop(self, key: Key) -> None:
        if (old := self._entries.pop(key, None)) is not None:
            self.bytes -= _size(key, old)


def _size(key: Key, entry: Entry) -> int:
    """An address is of a stranger's making, and may be long."""
    return entry.size + sum(map(len, key))
