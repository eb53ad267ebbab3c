"""The narrower files of a picture, and smaller formats for browsers that know them."""

import logging
import signal
import subprocess
import sys

from bluelog.errors import RuleBroken
from bluelog.services import encoding, pictures
from bluelog.services.pictures import Picture

log = logging.getLogger(__name__)

_LEAST_BYTES = 8192  # what is smaller is one packet or two in any format
_MOST_PIXELS = 12_000_000
_MOST_PIXELS_HIGH = 16_383  # of a WebP


def further_formats(picture: Picture, largest_width: int) -> list[str]:
    """The formats beside its own that make the picture smaller, the smallest first.

    A photograph is kept in both; a drawing, which has few colours, stays exact to the pixel.
    """
    width = min(picture.width, largest_width)
    height = picture.height * width / picture.width
    is_bulky = height > _MOST_PIXELS_HIGH or width * height > _MOST_PIXELS
    if picture.is_animated or is_bulky or len(picture.data) < _LEAST_BYTES:
        return []
    if picture.extension == "webp":
        return [] if encoding.is_lossless(picture.data) else ["avif"]
    is_photograph = picture.extension == "jpg" or len(picture.data) > picture.width * picture.height
    return ["avif", "webp"] if is_photograph else ["webp"]


def made(data: bytes, width: int, extension: str = "", *, is_drawing: bool = False) -> bytes:
    """A stored picture at that width, in its own format or another; by a process of its own.

    Raises RuleBroken("upload") where it cannot be read, takes too long or takes too much memory,
    and ChildProcessError where that is not its fault.
    """
    wanted = "lossless" if extension == "webp" and is_drawing else extension
    command = [sys.executable, "-I", encoding.__file__, str(width), wanted]
    try:
        # In a session of its own: Ctrl-C in a terminal is meant for the worker.
        done = subprocess.run(  # noqa: S603 - our own script, and two words that we choose
            command,
            input=data,
            capture_output=True,
            timeout=encoding.PATIENCE,
            check=False,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired as error:
        raise RuleBroken(pictures.FIELD, pictures.DAMAGED) from error
    except OSError as error:
        # Such as a release that an upgrade took away from under the worker.
        raise ChildProcessError("No process could be begun to encode a picture.") from error
    if done.returncode == 0:
        return done.stdout
    said = f"{done.returncode}: {done.stderr.decode(errors='replace')}"
    if done.returncode == encoding.UNREADABLE or _is_crash(done.returncode):
        log.info("A picture could not be encoded, %s", said)
        raise RuleBroken(pictures.FIELD, pictures.DAMAGED)
    raise ChildProcessError(f"The process that encodes a picture failed, {said}")


def _is_crash(code: int) -> bool:
    """Whether a signal ended it that nobody sends by hand: memory ran out, or a decoder broke."""
    return code < 0 and -code not in (signal.SIGINT, signal.SIGTERM)
