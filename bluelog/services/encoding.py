"""A stored picture made narrower, or written in another format, by a process of its own.

    python -I encoding.py WIDTH [avif | webp | lossless]    (the picture goes in, a file comes out)

A picture takes up to some hundred megabytes while it is encoded, and the codecs stay in memory
for good: with a process of its own, all of it goes when that ends. Nothing of the blog is
imported here, so that it begins within a tenth of a second.
"""

import os
import signal
import sys
import traceback
import warnings
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

# How the process ends that could not read its picture.
UNREADABLE = 3
# In seconds, on a slow machine that has other things to do.
PATIENCE = 300
MAX_PIXELS = 40_000_000
DECODERS = ("JPEG", "PNG", "GIF", "WEBP")
_SIGNATURES = {
    b"\xff\xd8\xff": "jpg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"GIF87a": "gif",
    b"GIF89a": "gif",
}
_OWN: dict[str, dict[str, Any]] = {
    "jpg": {"format": "JPEG", "quality": 85, "progressive": True, "optimize": True},
    "png": {"format": "PNG", "optimize": True},
    "webp": {"format": "WEBP", "quality": 85, "method": 4},
}
_FURTHER: dict[str, dict[str, Any]] = {
    # At this speed the largest takes a second or two, and the worker has other things to do.
    "avif": {"format": "AVIF", "quality": 60, "speed": 7, "max_threads": 1},
    "webp": {"format": "WEBP", "quality": 80, "method": 4},
    "lossless": {"format": "WEBP", "lossless": True, "quality": 80, "method": 4},
}


def kind_of(data: bytes) -> str | None:
    """The extension that the first bytes ask for; what a file is called says nothing."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return next((kind for mark, kind in _SIGNATURES.items() if data.startswith(mark)), None)


def is_lossless(webp: bytes) -> bool:
    """Whether it has the chunk of lossless pixels; one by chance only makes a file larger."""
    return b"VP8L" in webp


def encoded(image: "Image", kind: str, source: bytes) -> bytes:
    """The picture as a file of the kind that `source` is of."""
    options = _OWN[kind]
    if kind == "webp":
        options = options | {"lossless": is_lossless(source)}
    return _saved(image, options)


def made(data: bytes, width: int, wanted: str = "") -> bytes:
    """The picture at that width, in its own format or the one that is wanted.

    Raises ValueError where it is none of ours, and whatever the decoder does.
    """
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    kind = kind_of(data)
    if kind is None:
        raise ValueError("no picture")
    with Image.open(BytesIO(data), formats=DECODERS) as image:
        image.load()
        size = (width, max(1, round(image.height * width / image.width)))
        if not wanted:
            return encoded(_resized(image, size), kind, data)
        resized = image if size == image.size else _resized(image, size)
        mode = "RGBA" if resized.has_transparency_data else "RGB"
        plain = resized if resized.mode == mode else resized.convert(mode)
        return _saved(plain, _FURTHER[wanted])


def _saved(image: "Image", options: dict[str, Any]) -> bytes:
    written = BytesIO()
    image.save(written, **options)
    return written.getvalue()


def _resized(image: "Image", size: tuple[int, int]) -> "Image":
    from PIL.Image import Quantize, Resampling

    if image.mode == "1":
        return image.convert("L").resize(size, Resampling.LANCZOS)
    if image.mode != "P":
        return image.resize(size, Resampling.LANCZOS, reducing_gap=3.0)
    if image.has_transparency_data:
        return image.convert("RGBA").resize(size, Resampling.LANCZOS)
    # Back to a palette: a drawing in full colour would be larger than the original.
    full = image.convert("RGB").resize(size, Resampling.LANCZOS)
    return full.quantize(method=Quantize.MEDIANCUT)


def main(width: str, wanted: str = "") -> None:
    """Be that process. What stops the worker leaves it time to end."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    with suppress(AttributeError, OSError):  # Not everywhere there is one, or the right to it.
        os.nice(10)
    with suppress(OSError):  # Linux: where memory runs out, this one goes and not the worker.
        Path("/proc/self/oom_score_adj").write_text("500", "ascii")
    import PIL.Image  # noqa: F401 - where it is missing, no picture is to blame

    data = sys.stdin.buffer.read()
    try:
        file = made(data, int(width), wanted)
    except Exception:  # noqa: BLE001 - decoders raise anything on crafted bytes
        traceback.print_exc()
        sys.exit(UNREADABLE)
    sys.stdout.buffer.write(file)


if __name__ == "__main__":
    main(*sys.argv[1:])
