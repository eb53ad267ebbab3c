"""Cover pictures for the demo, drawn rather than shipped."""

import io
import math
import random

WIDTH, HEIGHT = 1600, 800
_Colour = tuple[int, int, int]

# Sky above, sky below, then the layers from far to near.
_PALETTES: dict[str, list[_Colour]] = {
    "harbour": [(214, 226, 233), (247, 232, 214), (126, 158, 178), (74, 108, 134), (34, 58, 84)],
    "hills": [(236, 232, 214), (250, 243, 226), (164, 178, 142), (110, 136, 104), (58, 86, 72)],
    "night": [(16, 24, 48), (44, 54, 92), (30, 38, 70), (20, 28, 54), (10, 16, 34)],
    "paper": [(244, 238, 226), (250, 246, 238), (226, 212, 188), (206, 186, 154), (176, 148, 112)],
    "garden": [(228, 240, 224), (250, 248, 226), (170, 200, 130), (112, 160, 92), (52, 100, 70)],
}


def draw(name: str) -> bytes:
    """A JPEG of layered shapes in the palette of that name; the same bytes every time."""
    from PIL import Image, ImageDraw  # Heavy, and only `flask forge` draws.

    top, bottom, *layers = _PALETTES[name]
    picture = Image.new("RGB", (WIDTH, HEIGHT))
    brush = ImageDraw.Draw(picture)
    for y in range(HEIGHT):
        brush.line([(0, y), (WIDTH, y)], fill=_between(top, bottom, y / HEIGHT))
    chance = random.Random(name)  # noqa: S311 - a picture, not a secret
    for depth, colour in enumerate(layers):
        brush.polygon(_ridge(chance, 0.45 + 0.18 * depth), fill=colour)
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=82)
    return stream.getvalue()


def _ridge(chance: random.Random, height: float) -> list[tuple[float, float]]:
    waves = [(chance.uniform(0.5, 4), chance.uniform(0, 6.3), chance.uniform(8, 46)) for _ in "123"]
    points = [(0.0, float(HEIGHT))]
    for x in range(0, WIDTH + 20, 20):
        lift = sum(math.sin(x / WIDTH * pace * 6.3 + phase) * size for pace, phase, size in waves)
        points.append((float(x), HEIGHT * height + lift))
    return [*points, (float(WIDTH), float(HEIGHT))]


def _between(first: _Colour, second: _Colour, share: float) -> _Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue
