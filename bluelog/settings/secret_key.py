"""The key that signs: judged in production, made once in development."""

import os
import secrets
from pathlib import Path
from tempfile import NamedTemporaryFile

from bluelog.settings.table import SECRET_KEY_PLACEHOLDER

MINIMUM_LENGTH = 16
_FEWEST_DIFFERENT_CHARACTERS = 6
_KNOWN = {
    SECRET_KEY_PLACEHOLDER,
    "dev",
    "dev key",
    "secret",
    "secret key",
    "secret string",
    "secret-key",
    "secretkey",
    "changeme",
    "change-me",
    "change-this-secret-key",
    "you-will-never-guess",
    "hard to guess string",
    "your-secret-key",
    "your-secret-key-here",
    "a secret to everybody",
    "super-secret-key",
    "supersecretkey",
}
_MAKE_ONE = 'Make one with: python3 -c "import secrets; print(secrets.token_hex(32))"'


def weakness(key: str | None) -> str | None:
    """What is wrong with a production key, in words that follow its name, or None."""
    if not key:
        return f"is not set. {_MAKE_ONE}"
    if key.strip().lower() in _KNOWN or len(set(key)) < _FEWEST_DIFFERENT_CHARACTERS:
        return f"is a key that others know or guess. {_MAKE_ONE}"
    if len(key) < MINIMUM_LENGTH:
        return f"is shorter than {MINIMUM_LENGTH} characters. {_MAKE_ONE}"
    return None


def kept_in(folder: Path) -> str:
    """Read the development key of `folder`, making it at the first call.

    The web server, its reloader and the worker agree on it, and sessions outlive a restart.
    Raises OSError, and ValueError for a file that holds no key.
    """
    path = folder / "dev-secret-key"
    if not path.exists():
        _create(path)
    key = path.read_text("ascii").strip()
    if weakness(key):
        raise ValueError(f"in {path} is damaged. Remove that file; a new key will be made.")
    return key


def _create(path: Path) -> None:
    """Link a finished file into place: one of two processes wins, and none reads half a key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(
        "w", encoding="ascii", dir=path.parent, prefix=path.name, delete=False
    ) as draft:
        draft.write(secrets.token_hex(32))
    try:
        os.link(draft.name, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        Path(draft.name).replace(path)
    finally:
        Path(draft.name).unlink(missing_ok=True)
