"""A line a page over the sizes of the blog, both axes logarithmic, as an SVG of its own."""

import math
from pathlib import Path
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 900, 620, 60, 20, 230, 50


def write(path: Path, sizes: list[int], times: dict[str, list[float]]) -> None:
    """Draw milliseconds by page over posts."""
    values = [value for series in times.values() for value in series]
    low, high = 10 ** math.floor(math.log10(min(values))), max(values)
    across = _scale(sizes[0], sizes[-1], LEFT, WIDTH - RIGHT)
    up = _scale(low, high, HEIGHT - BOTTOM, TOP)
    parts = [_text(across(size), HEIGHT - BOTTOM + 20, f"{size:,} posts") for size in sizes]
    mark = low
    while mark <= high:
        y = up(mark)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ccc"/>')
        parts.append(_text(LEFT - 6, y + 4, f"{mark:g} ms", "end"))
        mark *= 10
    for number, (name, series) in enumerate(times.items()):
        colour = f"hsl({number * 137 % 360} 65% 40%)"
        points = " ".join(
            f"{across(s):.1f},{up(v):.1f}" for s, v in zip(sizes, series, strict=True)
        )
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}"/>')
        y = TOP + number * (HEIGHT - TOP - BOTTOM) / len(times)
        parts.append(_text(WIDTH - RIGHT + 12, y + 10, name, "start", colour))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
    style = 'font-family="sans-serif" font-size="11"'
    path.write_text("\n".join([f"{head} {style}>", *parts, "</svg>", ""]))


def _scale(low: float, high: float, start: float, end: float):
    span = math.log(high / low) or 1
    return lambda value: start + (end - start) * math.log(value / low) / span


def _text(x: float, y: float, words: str, anchor: str = "middle", colour: str = "#333") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"'
    return f"<text {place}>{escape(words)}</text>"
