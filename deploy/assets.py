"""Assets under the names that change with their content, for nginx to serve without the app.

A release lays them out once. Under its hash an asset may be kept for ever, so nginx must never
answer another release's hash: what is not laid out here goes to the app, which knows better.
"""

import gzip
import hashlib
import os
import shutil
from pathlib import Path

_WORTH_PACKING = {".css", ".js", ".svg", ".json", ".txt", ".map"}


def lay_out(release: Path) -> int:
    """Fill `assets/` of a release from its `bluelog/static/`; how many files there are."""
    source, target = release / "bluelog" / "static", release / "assets"
    shutil.rmtree(target, ignore_errors=True)
    files = [path for path in sorted(source.rglob("*")) if path.is_file()]
    for path in files:
        _put(path, target / path.relative_to(source).with_name(_name(path)))
    return len(files)


def _name(path: Path) -> str:
    """As `bluelog.web.static.asset()` names it."""
    stem, _, extension = path.name.rpartition(".")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:10]
    return f"{stem}.{digest}.{extension}"


def _put(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    os.link(path, target)
    if path.suffix in _WORTH_PACKING:
        packed = gzip.compress(path.read_bytes(), 9, mtime=0)
        target.with_name(f"{target.name}.gz").write_bytes(packed)
