"""Files as they were, put back where what came in their place was refused."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def kept_until_good(paths: Iterable[Path]) -> Iterator[None]:
    """Let files and links be written, and have them be what they were if that ends badly."""
    with tempfile.TemporaryDirectory() as folder:
        kept = {path: Path(folder, str(number)) for number, path in enumerate(paths)}
        for path, copy in kept.items():
            if _is_there(path):
                shutil.copy2(path, copy, follow_symlinks=False)
        try:
            yield
        except BaseException:
            for path, copy in kept.items():
                _put_back(path, copy)
            raise


def _put_back(path: Path, copy: Path) -> None:
    if _is_there(copy):
        draft = path.with_name(f".{path.name}.draft")
        draft.unlink(missing_ok=True)
        shutil.copy2(copy, draft, follow_symlinks=False)
        draft.replace(path)
    else:
        path.unlink(missing_ok=True)


def _is_there(path: Path) -> bool:
    return path.is_symlink() or path.exists()
