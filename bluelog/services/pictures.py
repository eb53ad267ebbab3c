"""Pictures as bytes: what strangers send is decoded and written anew, never kept as it came.

Pillow is imported inside the functions: it is large, and most processes never see a picture.
"""

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import count
from typing import TYPE_CHECKING, Any

from bluelog.errors import RuleBroken
from bluelog.i18n import lazy_gettext as _l
from bluelog.services.encoding import DECODERS, MAX_PIXELS, encoded, is_lossless, kind_of

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

log = logging.getLogger(__name__)

FIELD = "upload"
MAX_FRAMES = 500
MAX_ANIMATION_PIXELS = 100_000_000  # of all frames together

_PLAIN_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})
_SMALL_PROFILE_BYTES = 4096
# A picture at the limit takes some hundred megabytes, so no two are decoded at once.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture written anew, ready to be stored."""

    data: bytes
    extension: str
    width: int
    height: int
    is_animated: bool = False


def decode(data: bytes, *, max_bytes: int | None = None) -> Picture:
    """Make a clean picture of what was sent: upright, in sRGB, without metadata.

    The same bytes always give the same picture. Raises RuleBroken("upload").
    """
    if not data:
        raise RuleBroken(FIELD, _l("The file is empty."))
    if max_bytes is not None and len(data) > max_bytes:
        raise RuleBroken(FIELD, _too_large(max_bytes))
    kind = kind_of(data)
    if kind is None:
        raise RuleBroken(FIELD, _l("This is not a JPEG, PNG, GIF or WebP picture."))
    with _opened(data) as image:
        if kind in {"gif", "webp"} and getattr(image, "is_animated", False):
            return _animation(image, kind, data)
        return _still(image, "png" if kind == "gif" else kind, data)


DAMAGED = _l("This picture is damaged or incomplete.")
_TOO_MANY_PIXELS = _l(
    "This picture has too many pixels. It may have up to %(limit)s million.",
    limit=MAX_PIXELS // 1_000_000,
)
_TOO_LONG = _l(
    "This animation is too long. It may have up to %(frames)s frames "
    "and %(pixels)s million pixels in all of them together.",
    frames=MAX_FRAMES,
    pixels=MAX_ANIMATION_PIXELS // 1_000_000,
)


def _too_large(max_bytes: int) -> Any:
    mega = max_bytes / 1024**2
    limit = f"{round(mega, 1):g} MB" if mega >= 1 else f"{round(mega * 1024, 1):g} kB"
    return _l("The file is too large. It may have up to %(limit)s.", limit=limit)


@contextmanager
def _opened(data: bytes) -> Iterator["ImageFile"]:
    """Open a picture; whatever goes wrong while it is read is said in words for its sender."""
    from PIL import GifImagePlugin, Image

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    # Frames that share a palette keep it, and so lose no colour.
    GifImagePlugin.LOADING_STRATEGY = (
        GifImagePlugin.LoadingStrategy.RGB_AFTER_DIFFERENT_PALETTE_ONLY
    )
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    # What is wrong with the words inside a picture is of no interest: they are dropped.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
    try:
        with _one_at_a_time, Image.open(BytesIO(data), formats=DECODERS) as image:
            yield image
    except RuleBroken:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise RuleBroken(FIELD, _TOO_MANY_PIXELS) from error
    except Exception as error:  # Decoders raise anything on crafted bytes.
        log.info("A picture could not be read.", exc_info=True)
        raise RuleBroken(FIELD, DAMAGED) from error


def _still(image: "Image", kind: str, data: bytes) -> Picture:
    image.load()
    plain = _upright(_in_srgb(image), _orientation(image))
    # Pillow writes some of what it finds here into the new file.
    kept = {"transparency"} if plain.mode == "P" else set()
    plain.info = {key: plain.info[key] for key in kept & plain.info.keys()}
    if kind == "jpg" and plain.mode != "L":
        plain = plain.convert("RGB")
    return Picture(encoded(plain, kind, data), kind, plain.width, plain.height)


def _orientation(image: "Image") -> int:
    from PIL.ExifTags import Base

    try:
        return int(image.getexif().get(Base.Orientation, 1))
    except Exception:  # noqa: BLE001  (a picture is not refused for broken words about it)
        return 1


def _upright(image: "Image", orientation: int) -> "Image":
    """Turn as EXIF says; Pillow's own way fails where other tags are broken."""
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return image.transpose(turns[orientation]) if orientation in turns else image


def _in_srgb(image: "Image") -> "Image":
    """The picture in eight bits and the colours that every browser shows alike."""
    profile = image.info.get("icc_profile")
    converted = _through_profile(_in_eight_bits(image), profile) if profile else None
    if converted is not None:
        return converted
    plain = _in_eight_bits(image)
    return plain if plain.mode in _PLAIN_MODES else plain.convert("RGB")


def _in_eight_bits(image: "Image") -> "Image":
    if image.mode.startswith("I"):
        # Sixteen bits: a plain conversion would clip them instead of scaling them.
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode != "P" and "transparency" in image.info:
        return image.convert("RGBA")
    return image


def _through_profile(image: "Image", profile: bytes) -> "Image | None":
    """The picture in sRGB, or None where it is already or where the profile is of no use."""
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if ImageCms.getProfileDescription(source).startswith("sRGB"):
            return None
        if image.mode not in {"L", "RGB", "RGBA", "CMYK"}:
            image = image.convert("RGBA" if image.has_transparency_data else "RGB")
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, source, target, outputMode=mode)
    except (ImageCms.PyCMSError, OSError):
        return None
    if converted is None:
        return None
    return converted.convert("L") if image.mode == "L" else converted


def _animation(image: "ImageFile", kind: str, data: bytes) -> Picture:
    """Write every frame anew, one at a time, as the file itself hands them out."""
    durations, has_holes = _survey(image)
    image.seek(0)
    if kind == "webp":
        options = _webp_animation(image, durations) | {"lossless": is_lossless(data)}
    else:
        # Each frame is whole here: where it has holes, the one before must be gone.
        options = {"format": "GIF", "comment": b"", "disposal": 2 if has_holes else 0}
    written = BytesIO()
    image.save(written, save_all=True, **options)
    return Picture(written.getvalue(), kind, image.width, image.height, is_animated=True)


def _survey(image: "ImageFile") -> tuple[list[int], bool]:
    """Decode every frame: how long each is shown, and whether a later one has holes."""
    durations: list[int] = []
    has_holes = False
    for number in count():
        try:
            image.seek(number)
        except EOFError:
            break
        # The frames of a GIF can outgrow its first, and are all written as large as the largest.
        pixels = (number + 1) * image.width * image.height
        if number >= MAX_FRAMES or pixels > MAX_ANIMATION_PIXELS:
            raise RuleBroken(FIELD, _TOO_LONG)
        image.load()
        durations.append(image.info.get("duration", 0))
        has_holes = has_holes or (number > 0 and image.has_transparency_data)
    return durations, has_holes


def _webp_animation(image: "ImageFile", durations: list[int]) -> dict[str, Any]:
    profile = image.info.get("icc_profile", b"")
    return {
        "format": "WEBP",
        "quality": 85,
        "duration": durations,
        "loop": image.info.get("loop", 0),
        "icc_profile": profile if len(profile) <= _SMALL_PROFILE_BYTES else b"",
    }
