"""Bars of a plot: what stands where in a drawing a hundred units high."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

HEIGHT, STEP = 100, 10
_MOST_DAYS_APART = 60  # past it a bar is a week
_LEAST_HEIGHT = 1.5


@dataclass(frozen=True)
class Bar:
    """Some days and what was counted on them; `height` is a part of HEIGHT."""

    first: date
    last: date
    count: int
    height: float


@dataclass(frozen=True)
class Plot:
    """Bars from left to right, and the figure at the height of the drawing."""

    bars: Sequence[Bar]
    top: int

    @property
    def width(self) -> int:
        return STEP * len(self.bars)

    @property
    def is_by_day(self) -> bool:
        return all(bar.first == bar.last for bar in self.bars)


def plot_of(days: Sequence[tuple[date, int]]) -> Plot:
    """A bar for each day, or for each week where there are many; the last week is a whole one."""
    size = 1 if len(days) <= _MOST_DAYS_APART else 7
    starts = range(len(days) % size - size if len(days) % size else 0, len(days), size)
    groups = [days[max(start, 0) : start + size] for start in starts]
    sums = [sum(count for _, count in group) for group in groups]
    top = _round_figure(max(sums, default=0))
    bars = [
        Bar(group[0][0], group[-1][0], count, _height(count, top))
        for group, count in zip(groups, sums, strict=True)
    ]
    return Plot(bars, top)


def _height(count: int, top: int) -> float:
    """What is not nothing can be seen."""
    return max(round(HEIGHT * count / top, 2), _LEAST_HEIGHT) if count else 0


def _round_figure(most: int) -> int:
    """The next of 4, 10, 20, 50, 100, 200 ... that none is higher than."""
    figure = 4
    for power in range(1, 12):
        for digit in (1, 2, 5):
            if most <= figure:
                return figure
            figure = digit * 10**power
    return figure
