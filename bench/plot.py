"""Plots as SVG, drawn by hand: no library is worth its weight for some bars."""

from collections.abc import Sequence
from html import escape

_WIDTH, _ROW, _LEFT = 760, 34, 300
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#333}.b{fill:#2b5797}.r{stroke:#333}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}.b{fill:#7aa7e0}.r{stroke:#ddd}}"
)


def bars(title: str, rows: Sequence[tuple[str, float, float, float]]) -> str:
    """A bar a row with its range: label, median, least, most."""
    most = max(row[3] for row in rows) * 1.15
    scale = (_WIDTH - _LEFT - 70) / most
    parts = [f'<text x="0" y="18" font-weight="600">{escape(title)}</text>']
    for number, (label, median, low, high) in enumerate(rows):
        y = 34 + number * _ROW
        parts += [
            f'<text x="{_LEFT - 10}" y="{y + 15}" text-anchor="end">{escape(label)}</text>',
            f'<rect class="b" x="{_LEFT}" y="{y}" width="{median * scale:.1f}" height="22"/>',
            _stroke(_LEFT + low * scale, _LEFT + high * scale, y + 11),
            f'<text x="{_LEFT + high * scale + 8:.1f}" y="{y + 15}">{median:,.0f}</text>',
        ]
    return _svg(parts, 44 + len(rows) * _ROW)


def _stroke(start: float, end: float, y: float) -> str:
    return f'<line class="r" x1="{start:.1f}" x2="{end:.1f}" y1="{y}" y2="{y}"/>'


def _svg(parts: Sequence[str], height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">'
        f"<style>{_STYLE}</style>{''.join(parts)}</svg>\n"
    )
