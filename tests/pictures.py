"""Pictures to test with, made on the spot."""

import struct
import zlib
from io import BytesIO
from random import Random
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageSequence
from PIL.Image import Exif

from bluelog.errors import RuleBroken
from bluelog.models import Upload, User
from bluelog.services.pictures import decode
from bluelog.services.uploads import store
from tests.conftest import NOW

RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 180, 60), (30, 60, 200), (250, 250, 250)
MAX_BYTES = 1_000_000
SECRET = "41.40338-N-2.17403-E"


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    written = BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def corners(width: int = 120, height: int = 80) -> Image.Image:
    """Red, green, blue and white quarters: every turn of it looks different."""
    image = Image.new("RGB", (width, height), RED)
    draw = ImageDraw.Draw(image)
    draw.rectangle((width // 2, 0, width, height // 2), fill=GREEN)
    draw.rectangle((0, height // 2, width // 2, height), fill=BLUE)
    draw.rectangle((width // 2, height // 2, width, height), fill=WHITE)
    return image


def noise(width: int = 200, height: int = 150) -> Image.Image:
    return Image.frombytes("RGB", (width, height), Random(7).randbytes(width * height * 3))


def near(seen: Any, wanted: tuple[int, ...], tolerance: int = 12) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(seen, wanted, strict=True))


def revealing_exif(orientation: int = 1) -> Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = SECRET
    exif.get_ifd(0x8825)[29] = SECRET
    return exif


def frames(data: bytes) -> list[tuple[bytes, int]]:
    """What is seen of each frame, and for how long."""
    return [
        (frame.convert("RGBA").tobytes(), frame.info.get("duration", 0))
        for frame in ImageSequence.Iterator(Image.open(BytesIO(data)))
    ]


def bouncing(background: tuple[int, ...], count: int = 5) -> list[Image.Image]:
    made = []
    for number in range(count):
        image = Image.new("RGBA", (40, 30), background)
        place = (number * 5, 5, number * 5 + 9, 14)
        ImageDraw.Draw(image).ellipse(place, fill=(255, 20 * number, 0, 255))
        made.append(image)
    return made


def animated(images: list[Image.Image], kind: str, **options: Any) -> bytes:
    return encoded(images[0], kind, save_all=True, append_images=images[1:], **options)


def png_header_of(width: int, height: int) -> bytes:
    """The beginning of a PNG of that size, a few bytes long."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"IDAT" + zlib.compress(bytes(1000))
    chunks = [
        struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in (header, body)
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def linear_rgb_profile() -> bytes:
    """sRGB's primaries with a straight tone curve, as ICC 2 writes it."""
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", 7) + b"Linear\0" + bytes(78),
        b"cprt": b"text" + bytes(4) + b"None\0",
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": xyz(0.4361, 0.2225, 0.0139),
        b"gXYZ": xyz(0.3851, 0.7169, 0.0971),
        b"bXYZ": xyz(0.1431, 0.0606, 0.7141),
        **{name: b"curv" + bytes(8) for name in (b"rTRC", b"gTRC", b"bTRC")},
    }
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack(">I", start + len(body)) + bytes(4) + struct.pack(">I", 0x02100000)
    head += b"mntrRGB XYZ " + bytes(12) + b"acsp" + bytes(28) + xyz(0.9642, 1.0, 0.8249)[8:]
    return head.ljust(128, b"\0") + table + body


def xyz(*values: float) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(struct.pack(">i", round(v * 65536)) for v in values)


def photograph(width: int = 1000, height: int = 500, kind: str = "JPEG", **options: Any) -> bytes:
    """An encoded picture of that size; `seed` makes another one."""
    dots = Random(options.pop("seed", 1)).randbytes(16 * 8 * 3)
    image = Image.frombytes("RGB", (16, 8), dots).resize((width, height))
    return encoded(image, kind, **options)


def refusal(data: bytes, **limits: Any) -> str:
    """The words with which these bytes are refused."""
    with pytest.raises(RuleBroken) as broken:
        decode(data, **limits)
    assert broken.value.field == "upload"
    return str(broken.value.message)


def animation() -> bytes:
    """A thousand pixels wide."""
    first, second = Image.new("RGB", (1000, 40), "red"), Image.new("RGB", (1000, 40), "blue")
    return animated([first, second], "GIF", duration=100)


def keep(data: bytes, by: User, filename: str = "harbour.jpg") -> Upload:
    """Upload a picture of at most a million bytes."""
    return store(data, filename, by=by, at=NOW, max_bytes=MAX_BYTES)
