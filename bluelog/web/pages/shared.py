"""Pages that one process has made, for those that came of the same one: each is made once by all.

They lie in memory that processes share from before they parted. It has as many places as it has,
and a page lies where its key leads to, in that of another if need be. Nobody locks anything: what
is read while it is written does not agree with its digest, and counts as not there.
"""

import gzip
import marshal
import mmap
import os
from hashlib import blake2b
from zlib import crc32

from bluelog.queries.revisions import Revisions
from bluelog.web.pages.key import Key
from bluelog.web.pages.store import Entry

PLACES, PLACE_BYTES = 256, 48 * 1024
_DIGEST_BYTES, _LENGTH_BYTES = 16, 4
_HEAD_BYTES = _DIGEST_BYTES + _LENGTH_BYTES


class Shared:
    """The pages made last, wherever that was; only what is compressed lies here."""

    def __init__(self, memory: mmap.mmap | None = None) -> None:
        self._memory = memory or mmap.mmap(-1, PLACES * PLACE_BYTES)
        # With memory of its own, whoever has not forked since has nobody to share it with.
        self._alone = None if memory else os.getpid()

    def get(self, key: Key) -> Entry | None:
        """The page as it was made, whatever has changed since."""
        if os.getpid() == self._alone:
            return None
        place = _place_of(key)
        length = int.from_bytes(self._memory[place + _DIGEST_BYTES : place + _HEAD_BYTES], "big")
        if not 0 < length <= PLACE_BYTES - _HEAD_BYTES:
            return None
        digest = self._memory[place : place + _DIGEST_BYTES]
        said = self._memory[place + _HEAD_BYTES : place + _HEAD_BYTES + length]
        return _entry(key, said) if _digest(said) == digest else None

    def put(self, key: Key, entry: Entry) -> None:
        """Let the others have the page; one that is too long for its place, say, stays here."""
        if os.getpid() == self._alone:
            return
        try:
            said = marshal.dumps(
                (
                    *(tuple(key), entry.digest, entry.plain_headers),
                    *(entry.packed, entry.packed_headers),
                    *(tuple(entry.revisions), entry.post_id, entry.made_at, entry.fresh_until),
                )
            )
        except ValueError:  # a header in a type of its own
            return
        if len(said) > PLACE_BYTES - _HEAD_BYTES:
            return
        place, length = _place_of(key), len(said).to_bytes(_LENGTH_BYTES, "big")
        whole = _digest(said) + length + said
        self._memory[place : place + len(whole)] = whole


def _place_of(key: Key) -> int:
    return crc32("\n".join(key).encode(errors="surrogatepass")) % PLACES * PLACE_BYTES


def _digest(said: bytes) -> bytes:
    return blake2b(said, digest_size=_DIGEST_BYTES).digest()


def _entry(key: Key, said: bytes) -> Entry | None:
    """What was kept under that key, and not under another that leads to the same place."""
    kept_as, digest, plain_headers, packed, packed_headers, figures, *rest = marshal.loads(said)  # noqa: S302 - its own
    if kept_as != tuple(key):
        return None
    plain = gzip.decompress(packed)
    revisions = Revisions(*figures)
    return Entry(digest, plain, plain_headers, packed, packed_headers, revisions, *rest)
