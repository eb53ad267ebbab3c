"""A line a page over the sizes of the blog, both axes logarithmic, as an SVG of its own."""

import math
from pathlib import Path
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 900, 1000, 90, 30, 230, 50


def write(path: Path, sizes: list[int], panels: dict[str, dict[str, list[float]]]) -> None:
    """Draw a panel a unit, one below the other: values by page over posts."""
    view = f'viewBox="0 0 {WIDTH} {HEIGHT * len(panels)}"'
    style = 'font-family="sans-serif" font-size="11"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {view} {style}>']
    for number, (unit, lines) in enumerate(panels.items()):
        inside = _panel(sizes, unit, lines)
        parts += [f'<g transform="translate(0 {number * HEIGHT})">', *inside, "</g>"]
    path.write_text("\n".join([*parts, "</svg>", ""]))


def _panel(sizes: list[int], unit: str, lines: dict[str, list[float]]) -> list[str]:
    # A logarithm has no place for nothing at all.
    drawn = {name: [max(value, 0.1) for value in series] for name, series in lines.items()}
    values = [value for series in drawn.values() for value in series]
    low = 10 ** math.floor(math.log10(min(values)))
    across = _scale(sizes[0], sizes[-1], LEFT, WIDTH - RIGHT)
    up = _scale(low, max(values), HEIGHT - BOTTOM, TOP)
    parts = [_text(across(size), HEIGHT - BOTTOM + 20, f"{size:,} posts") for size in sizes]
    mark = low
    while mark <= max(values):
        y = up(mark)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ccc"/>')
        parts.append(_text(LEFT - 6, y + 4, f"{mark:,.9g} {unit}", "end"))
        mark *= 10
    for number, (name, series) in enumerate(drawn.items()):
        colour = f"hsl({number * 137 % 360} 65% 40%)"
        points = " ".join(
            f"{across(s):.1f},{up(v):.1f}" for s, v in zip(sizes, series, strict=True)
        )
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}"/>')
        y = TOP + number * (HEIGHT - TOP - BOTTOM) / len(drawn)
        parts.append(_text(WIDTH - RIGHT + 12, y + 10, name, "start", colour))
    return parts


def _scale(low: float, high: float, start: float, end: float):
    span = math.log(high / low) or 1
    return lambda value: start + (end - start) * math.log(value / low) / span


def _text(x: float, y: float, words: str, anchor: str = "middle", colour: str = "#333") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"'
    return f"<text {place}>{escape(words)}</text>"
