"""Moving pictures keep moving, within bounds."""

import struct

import pytest

from bluelog.services import pictures
from bluelog.services.pictures import decode
from tests.pictures import (
    SECRET,
    animated,
    bouncing,
    frames,
    noise,
    opened,
    refusal,
    revealing_exif,
)


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
@pytest.mark.parametrize("background", [(0, 0, 80, 255), (0, 0, 0, 0)])
def test_an_animation_keeps_its_frames(kind: str, background: tuple[int, ...]) -> None:
    options = {"disposal": 2} if kind == "GIF" else {"lossless": True}
    durations = [100, 200, 300, 400, 500]
    sent = animated(bouncing(background), kind, duration=durations, loop=3, **options)
    picture = decode(sent)
    assert picture.is_animated
    assert (picture.extension, picture.width, picture.height) == (kind.lower(), 40, 30)
    assert frames(picture.data) == frames(sent)
    assert opened(picture.data).info["loop"] == 3


def test_frames_with_palettes_of_their_own_keep_their_colours() -> None:
    turns = [noise(64, 64).rotate(angle) for angle in (0, 90, 180)]
    sent = animated(turns, "GIF", duration=50)
    assert frames(decode(sent).data) == frames(sent)


def test_an_animation_tells_nothing_either() -> None:
    gif = animated(bouncing((0, 0, 80, 255)), "GIF", comment=SECRET.encode())
    webp = animated(bouncing((0, 0, 80, 255)), "WEBP", exif=revealing_exif(), xmp=SECRET.encode())
    for sent in (gif, webp):
        assert SECRET.encode() in sent
        assert SECRET.encode() not in decode(sent).data


def test_an_animation_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_FRAMES", 4)
    for kind in ("GIF", "WEBP"):
        assert "animation is too long" in refusal(animated(bouncing((0, 0, 80, 255)), kind))
        four = animated(bouncing((0, 0, 80, 255), 4), kind)
        assert len(frames(decode(four).data)) == 4


def test_all_frames_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_ANIMATION_PIXELS", 40 * 30 * 5 - 1)
    assert "animation is too long" in refusal(animated(bouncing((0, 0, 80, 255)), "GIF"))


def test_a_late_frame_larger_than_the_first_is_counted_for_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pictures, "MAX_ANIMATION_PIXELS", 100_000)
    sent = bytearray(animated(bouncing((0, 0, 80, 255)), "GIF", duration=10))
    sent[6:10] = struct.pack("<HH", 1, 1)  # the screen that its head declares
    last = sent.rindex(b",", 0, len(sent) - 30)
    sent[last + 1 : last + 9] = struct.pack("<4H", 0, 0, 200, 200)
    assert "animation is too long" in refusal(bytes(sent))


def test_an_animated_png_is_its_first_picture() -> None:
    picture = decode(animated(bouncing((0, 0, 80, 255)), "PNG", duration=50))
    assert not picture.is_animated
    assert getattr(opened(picture.data), "n_frames", 1) == 1


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_an_animation_cut_short_is_refused(kind: str) -> None:
    whole = animated([noise(), noise().rotate(180)], kind)
    assert "damaged" in refusal(whole[: len(whole) * 9 // 10])
