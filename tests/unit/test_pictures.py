"""Whatever is sent, what is kept is a clean picture or nothing."""

import struct
from random import Random
from typing import Any

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from bluelog.errors import RuleBroken
from bluelog.services import pictures
from bluelog.services.picture_formats import made as variant
from bluelog.services.pictures import Picture, decode
from tests.pictures import (
    BLUE,
    GREEN,
    RED,
    SECRET,
    WHITE,
    animated,
    bouncing,
    corners,
    encoded,
    linear_rgb_profile,
    near,
    noise,
    opened,
    png_header_of,
    refusal,
    revealing_exif,
)


@pytest.mark.parametrize(
    ("kind", "extension"), [("JPEG", "jpg"), ("PNG", "png"), ("GIF", "png"), ("WEBP", "webp")]
)
def test_each_kind_is_known_by_its_content(kind: str, extension: str) -> None:
    picture = decode(encoded(corners(), kind))
    assert (picture.extension, picture.width, picture.height) == (extension, 120, 80)
    assert not picture.is_animated
    kept = opened(picture.data)
    assert kept.format == {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}[extension]
    assert near(kept.convert("RGB").getpixel((100, 10)), GREEN)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_is_told_about_the_one_who_took_it(kind: str) -> None:
    options: dict[str, Any] = {"exif": revealing_exif(), "xmp": f"<x>{SECRET}</x>".encode()}
    if kind == "JPEG":
        options["comment"] = SECRET
    sent = encoded(corners(), kind, **options)
    assert SECRET.encode() in sent
    kept = decode(sent).data
    assert SECRET.encode() not in kept
    assert dict(opened(kept).getexif()) == {}
    assert not {"exif", "xmp", "comment", "icc_profile", "dpi"} & opened(kept).info.keys()


def test_texts_inside_a_png_are_dropped() -> None:
    texts = PngInfo()
    texts.add_text("Author", SECRET)
    texts.add_itxt("Comment", SECRET, zip=False)
    kept = decode(encoded(corners(), "PNG", pnginfo=texts)).data
    assert SECRET.encode() not in kept
    assert opened(kept).info == {}


def test_bytes_after_the_picture_are_dropped() -> None:
    for kind in ("JPEG", "PNG", "GIF"):
        kept = decode(encoded(corners(), kind) + b"<script>alert(1)</script>").data
        assert b"script" not in kept


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_picture_is_set_upright(kind: str, orientation: int) -> None:
    undo = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    as_taken = corners() if undo is None else corners().transpose(undo)
    picture = decode(encoded(as_taken, kind, exif=revealing_exif(orientation)))
    assert (picture.width, picture.height) == (120, 80)
    kept = opened(picture.data).convert("RGB")
    seen = [kept.getpixel(place) for place in ((10, 10), (110, 10), (10, 70), (110, 70))]
    assert all(map(near, seen, (RED, GREEN, BLUE, WHITE)))


def test_broken_exif_is_no_reason_to_refuse() -> None:
    picture = decode(encoded(corners(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\xffjunk"))
    assert (picture.width, picture.height) == (120, 80)


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    values = [0, 10 * 256, 128 * 256, 65535]
    sent = Image.frombytes("I;16", (4, 1), struct.pack("<4H", *values))
    kept = opened(decode(encoded(sent, "PNG")).data)
    assert (kept.mode, list(kept.tobytes())) == ("L", [0, 10, 128, 255])


def test_a_cmyk_jpeg_becomes_rgb() -> None:
    sent = encoded(corners().convert("CMYK"), "JPEG", quality=95)
    assert opened(sent).mode == "CMYK"
    kept = opened(decode(sent).data)
    assert kept.mode == "RGB"
    assert near(kept.getpixel((10, 10)), RED)


def test_a_grey_jpeg_stays_grey() -> None:
    assert opened(decode(encoded(corners().convert("L"), "JPEG")).data).mode == "L"


def test_a_jpeg_is_progressive() -> None:
    assert opened(decode(encoded(corners(), "JPEG")).data).info["progressive"]


def test_another_colour_space_is_turned_into_srgb() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    assert decode(encoded(corners(), "PNG", icc_profile=profile.tobytes())).width == 120

    linear = linear_rgb_profile()
    sent = encoded(Image.new("RGB", (8, 8), (55, 55, 55)), "PNG", icc_profile=linear)
    kept = opened(decode(sent).data)
    assert "icc_profile" not in kept.info
    assert near(kept.getpixel((4, 4)), (128, 128, 128), tolerance=3)


def test_transparency_survives_a_colour_profile() -> None:
    sent = Image.new("RGBA", (8, 8), (55, 55, 55, 90))
    kept = opened(decode(encoded(sent, "PNG", icc_profile=linear_rgb_profile())).data)
    assert near(kept.getpixel((4, 4)), (128, 128, 128, 90), tolerance=3)


def test_a_broken_colour_profile_is_ignored() -> None:
    kept = opened(decode(encoded(corners(), "PNG", icc_profile=b"no profile")).data)
    assert kept.info == {}
    assert kept.getpixel((10, 10)) == RED


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_a_png_keeps_its_kind_of_colour(mode: str) -> None:
    sent = corners().quantize(8) if mode == "P" else corners().convert(mode)
    kept = opened(decode(encoded(sent, "PNG")).data)
    assert kept.mode == mode
    assert kept.convert("RGBA").tobytes() == sent.convert("RGBA").tobytes()


@pytest.mark.parametrize("mode", ["L", "P", "RGB"])
def test_a_transparent_colour_stays_transparent(mode: str) -> None:
    sent = corners().quantize(8) if mode == "P" else corners().convert(mode)
    sent = encoded(sent, "PNG", transparency=sent.getpixel((0, 0)))
    kept = opened(decode(sent).data).convert("RGBA")
    assert kept.getpixel((0, 0))[3] == 0
    assert kept.getpixel((100, 10))[3] == 255
    assert kept.tobytes() == opened(sent).convert("RGBA").tobytes()


def test_a_lossless_webp_loses_nothing() -> None:
    sent = encoded(noise(), "WEBP", lossless=True)
    assert opened(decode(sent).data).tobytes() == noise().tobytes()


def test_a_jpeg_with_a_second_picture_inside_is_its_first() -> None:
    sent = animated([corners(), noise(120, 80)], "MPO")
    picture = decode(sent)
    assert (picture.extension, picture.is_animated) == ("jpg", False)
    assert near(opened(picture.data).getpixel((10, 10)), RED)


def test_the_same_bytes_give_the_same_picture() -> None:
    for sent in (
        encoded(noise(), "JPEG"),
        encoded(noise(), "PNG"),
        encoded(noise(), "WEBP"),
        animated(bouncing((0, 0, 0, 0)), "GIF"),
        animated(bouncing((0, 0, 0, 0)), "WEBP"),
    ):
        assert decode(sent) == decode(sent)


@pytest.mark.parametrize(
    "data",
    [
        b"<!doctype html><script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        b"%PDF-1.7\n",
        b"GIF88a not one",
        b"\0",
        encoded(Image.new("RGB", (4, 4)), "BMP"),
        encoded(Image.new("RGB", (4, 4)), "TIFF"),
        encoded(Image.new("RGB", (4, 4)), "ICO"),
        encoded(Image.new("RGB", (4, 4)), "PDF"),
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    assert "not a JPEG, PNG, GIF or WebP" in refusal(data)


def test_an_empty_file_is_refused() -> None:
    assert "empty" in refusal(b"")


def test_too_many_bytes_are_refused_and_the_limit_named() -> None:
    data = encoded(corners(), "JPEG")
    assert decode(data, max_bytes=len(data)).width == 120
    assert "0.5 kB" in refusal(data, max_bytes=512)
    assert "10 MB" in refusal(b"\0" * (10 * 1024**2 + 1), max_bytes=10 * 1024**2)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_picture_cut_short_is_refused(kind: str) -> None:
    whole = encoded(noise(), kind)
    for length in (12, 40, len(whole) // 3, len(whole) * 9 // 10):
        assert "damaged" in refusal(whole[:length])


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    for width, height in ((30_000, 30_000), (8_000, 5_001), (40_000_001, 1)):
        assert "40 million" in refusal(png_header_of(width, height))


def test_the_largest_picture_allowed_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_PIXELS", 120 * 80)
    assert decode(encoded(corners(), "PNG")).width == 120
    assert "too many pixels" in refusal(encoded(corners(121), "PNG"))


def test_crafted_bytes_never_raise_anything_else() -> None:
    chance = Random(20260310)
    seeds = [
        encoded(noise(40, 30), "JPEG", exif=revealing_exif(6)),
        encoded(noise(40, 30), "PNG"),
        encoded(noise(40, 30), "WEBP", exif=revealing_exif(3)),
        animated([noise(40, 30), noise(40, 30).rotate(180)], "GIF"),
        animated([noise(40, 30), noise(40, 30).rotate(180)], "WEBP"),
    ]
    outcomes = {survives(damaged(chance.choice(seeds), chance)) for _ in range(400)}
    assert outcomes == {True, False}


def test_a_variant_is_narrower_and_keeps_shape_and_format() -> None:
    for kind in ("JPEG", "PNG", "WEBP"):
        stored = decode(encoded(corners(1200, 800), kind)).data
        narrower = opened(variant(stored, 480))
        assert (narrower.size, narrower.format) == ((480, 320), kind)
        assert near(narrower.convert("RGB").getpixel((400, 40)), GREEN)
        assert variant(stored, 480) == variant(stored, 480)


def test_a_variant_of_a_drawing_keeps_its_palette_or_its_holes() -> None:
    drawing = corners(1200, 800).quantize(8)
    plain = opened(variant(encoded(drawing, "PNG"), 480))
    assert plain.mode == "P"
    assert near(plain.convert("RGB").getpixel((400, 40)), GREEN)

    holed = encoded(drawing, "PNG", transparency=drawing.getpixel((0, 0)))
    kept = opened(variant(holed, 480)).convert("RGBA")
    assert kept.getpixel((10, 10))[3] == 0
    assert kept.getpixel((400, 40))[3] == 255


def test_a_variant_of_black_and_white_is_grey() -> None:
    assert opened(variant(encoded(corners(960, 640).convert("1"), "PNG"), 480)).mode == "L"


def test_a_variant_of_a_thin_picture_is_one_pixel_high() -> None:
    assert opened(variant(encoded(corners(4000, 2), "PNG"), 480)).size == (480, 1)


def test_no_variant_is_made_of_damage() -> None:
    whole = encoded(noise(), "PNG")
    for data in (b"", b"nothing", whole[: len(whole) // 2]):
        with pytest.raises(RuleBroken):
            variant(data, 100)


def survives(data: bytes) -> bool:
    try:
        picture = decode(data)
    except RuleBroken:
        return False
    assert isinstance(picture, Picture)
    assert opened(picture.data).size == (picture.width, picture.height)
    return True


def damaged(data: bytes, chance: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 2, 12))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)
