"""The sum of a table: its rows in the order of their keys."""

import hashlib
from collections.abc import Iterable, Sequence

from bluelog.operations.backup.layout import Sum


def sum_of(rows: Iterable[Sequence[object]]) -> Sum:
    """Count and hash rows, in a form that no version of Python or of a library changes."""
    digest, count = hashlib.sha256(), 0
    for row in rows:
        digest.update(b",".join(map(_written, row)) + b"\n")
        count += 1
    return Sum(count, digest.hexdigest())


def _written(value: object) -> bytes:
    if isinstance(value, bytes):
        return b"%d:%b" % (len(value), value)
    return repr(value).encode()
