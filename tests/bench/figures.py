# SPDX-License-Identifier: MIT
"""Medians, percentiles, and ratios of medians with the interval in which they lie."""
import math
from typing import NamedTuple, Sequence


class Ratio(NamedTuple):
    value: float
    low: float
    high: float

    def __str__(self):
        return f"{self.value:.3f} ({self.low:.3f}-{self.high:.3f})" if self.value < 10 else f"{self.value:.1f} ({self.low:.1f}-{self.high:.1f})"


def median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest rank: a value that was measured, and no mean of two."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)), 1) - 1]


def median_bounds(values: Sequence[float]) -> tuple[float, float]:
    """Where the median lies in 95 of 100 cases, whatever the distribution: of n values, so many on its either side are a
    binomial number. Few values have no such bounds, and give their ends."""
    ordered = sorted(values)
    count = len(ordered)
    rank = max(math.floor(count / 2 - 0.98 * math.sqrt(count)), 0)
    return ordered[rank], ordered[count - 1 - rank]


def ratio(over: Sequence[float], under: Sequence[float]) -> Ratio:
    """Of the medians. The two sides err independently: the squares of their widths add up, in logarithms."""
    top, bottom = median(over), median(under)
    (top_low, top_high), (bottom_low, bottom_high) = median_bounds(over), median_bounds(under)
    down = math.hypot(math.log(top / top_low), math.log(bottom_high / bottom))
    up = math.hypot(math.log(top_high / top), math.log(bottom / bottom_low))
    value = top / bottom
    return Ratio(value, value * math.exp(-down), value * math.exp(up))


def slope(points: Sequence[tuple[float, float]], first: int, last: int) -> float:
    """What a step along the abscissa adds, between two of the points."""
    return (points[last][1] - points[first][1]) / (points[last][0] - points[first][0])
