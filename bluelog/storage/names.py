"""What uploads are called: `<digest>[-<width>].<extension>`."""

import re

_NAME = re.compile(r"([0-9a-f]{64})(?:-([1-9][0-9]{0,4}))?\.(jpg|png|gif|webp|avif)")
_MEDIA_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
}


def parts(name: str) -> tuple[str, int | None, str] | None:
    """Digest, width and extension of a file's name; the width of an original is None."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    digest, width, extension = match.groups()
    return digest, int(width) if width else None, extension


def checked(name: str) -> str:
    """The name itself. Raises ValueError for one that no upload has."""
    if parts(name) is None:
        raise ValueError(f"not the name of an upload: {name!r}")
    return name


def media_type(name: str) -> str:
    """What a browser is told that the file is."""
    return _MEDIA_TYPES[name.rpartition(".")[2]]
