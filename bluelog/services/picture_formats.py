"""Smaller formats of a picture, for browsers that know them: AVIF and WebP."""

from io import BytesIO
from typing import TYPE_CHECKING, Any

from bluelog.errors import RuleBroken
from bluelog.services import pictures
from bluelog.services.pictures import Picture

if TYPE_CHECKING:
    from PIL.Image import Image

_LEAST_BYTES = 8192  # what is smaller is one packet or two in any format
_MOST_PIXELS = 12_000_000
_MOST_PIXELS_HIGH = 16_383  # of a WebP
_LOSSY: dict[str, dict[str, Any]] = {
    # At this speed the largest takes a second or two, and the worker has other things to do.
    "avif": {"format": "AVIF", "quality": 60, "speed": 7, "max_threads": 1},
    "webp": {"format": "WEBP", "quality": 80, "method": 4},
}
_LOSSLESS = {"format": "WEBP", "lossless": True, "quality": 80, "method": 4}


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
        return [] if pictures.is_lossless(picture.data) else ["avif"]
    is_photograph = picture.extension == "jpg" or len(picture.data) > picture.width * picture.height
    return ["avif", "webp"] if is_photograph else ["webp"]


def in_format(data: bytes, width: int, extension: str, *, is_drawing: bool) -> bytes:
    """A stored picture at that width in another format. Raises RuleBroken("upload")."""
    if pictures.kind_of(data) is None:
        raise RuleBroken(pictures.FIELD, pictures.DAMAGED)
    with pictures.opened(data) as image:
        image.load()
        size = (width, max(1, round(image.height * width / image.width)))
        resized = image if size == image.size else pictures.resized(image, size)
        return _encoded(resized, _LOSSLESS if is_drawing else _LOSSY[extension])


def _encoded(image: "Image", options: dict[str, Any]) -> bytes:
    written = BytesIO()
    mode = "RGBA" if image.has_transparency_data else "RGB"
    (image if image.mode == mode else image.convert(mode)).save(written, **options)
    return written.getvalue()
